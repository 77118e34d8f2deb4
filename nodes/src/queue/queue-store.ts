import type { QueueNumber } from '@liandong/schema/domains/queue';
import type { Day } from '@liandong/schema/kernel';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { QueueNumberRow } from './tables.ts';
import { queueNumbersTable } from './tables.ts';

/** Locks this node's queue until the transaction ends: two windows never call one number, and no number is given twice. */
export async function lockQueue(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('queue'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}

/** The numbers of a day as they were taken. */
export async function findNumbers(queries: NodeQueries, day: Day): Promise<QueueNumber[]> {
  const rows = await queries.query<QueueNumberRow>(
    `SELECT ${queueNumbersTable.select('q')} FROM queue_numbers q WHERE q.node = $1 AND q.day = $2::date ORDER BY q.serial`,
    [day],
  );
  return rows.map(({ windowCode, ...row }) => ({ ...row, window: windowCode }));
}

/** Stores a number as it is now. */
export async function saveNumber(tx: SharedTx, { window, ...number }: QueueNumber): Promise<void> {
  await insert(tx, queueNumbersTable, [{ ...number, windowCode: window }], 'REPLACE');
}
