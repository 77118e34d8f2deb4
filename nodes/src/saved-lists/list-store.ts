import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { SavedListRow } from './tables.ts';
import { savedListsTable } from './tables.ts';

const LISTS = `SELECT ${savedListsTable.select('l')} FROM saved_lists l`;

type Person = Pick<Viewer, 'issuer' | 'sub'>;

/** A person's lists and those that colleagues share, by name. */
export function findLists(queries: NodeQueries, { issuer, sub }: Person): Promise<SavedListRow[]> {
  return queries.query<SavedListRow>(
    `${LISTS} WHERE node = $1 AND (shared OR (issuer = $2 AND person = $3)) ORDER BY name, id`,
    [issuer, sub],
  );
}

/** Names of a person's lists but one. The person's other requests wait until the transaction ends. */
export async function lockOwnNames(tx: SharedTx, { issuer, sub }: Person, but: string | null): Promise<string[]> {
  // there may be no list yet whose row could be locked
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'saved lists', n.node, $2::text, $3::text), 0))
     FROM (SELECT $1::text AS node) n WHERE n.node = $1`,
    [issuer, sub],
  );
  const rows = await tx.query<{ id: string; name: string }>(
    `SELECT id, name FROM saved_lists WHERE node = $1 AND issuer = $2 AND person = $3`,
    [issuer, sub],
  );
  return rows.filter(({ id }) => id !== but).map(({ name }) => name);
}

/** A list that the person may see. @throws {ProblemError} NOT_FOUND */
export async function getList(queries: NodeQueries, { issuer, sub }: Person, id: string): Promise<SavedListRow> {
  const [row] = await queries.query<SavedListRow>(
    `${LISTS} WHERE node = $1 AND id::text = $2 AND (shared OR (issuer = $3 AND person = $4))`,
    [id, issuer, sub],
  );
  if (row) return row;
  throw problem('NOT_FOUND', `${queries.node} has no such list.`, { node: queries.node, field: 'id' });
}

/** Stores a list, or what it says from now on. */
export async function keepList(tx: SharedTx, row: SavedListRow): Promise<void> {
  await insert(tx, savedListsTable, [row], 'REPLACE');
}

export async function dropList(tx: SharedTx, id: string): Promise<void> {
  await tx.query(`DELETE FROM saved_lists WHERE node = $1 AND id = $2`, [id]);
}
