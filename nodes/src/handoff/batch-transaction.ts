import type { DivisionCode } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { HostDb, NodeTx } from '../db/index.ts';
import { isLost } from './answers.ts';

/** How a batch is done: a fault in one item undoes all of them, or that item alone. */
export type BatchMode = 'TOGETHER' | 'ONE_BY_ONE';

/**
 * Does a batch in one transaction. First all items together, without savepoints, which cost two round trips to the
 * database each. If one of them fails, all are undone and done again one by one, so that only the faulty one is left
 * out.
 * @param work done a second time where it failed; what it did before is undone then
 * @throws DATABASE_UNAVAILABLE where the database could not do it: nothing is wrong with the batch
 */
export async function transactBatch<T>(
  db: HostDb,
  node: DivisionCode,
  log: Logger,
  work: (tx: NodeTx, mode: BatchMode) => Promise<T>,
): Promise<T> {
  try {
    return await db.transact(node, (tx) => work(tx, 'TOGETHER'));
  } catch (error) {
    if (isLost(error)) throw error;
    log.debug({ err: error, node }, 'batch failed, processing its messages one by one');
    return db.transact(node, (tx) => work(tx, 'ONE_BY_ONE'));
  }
}
