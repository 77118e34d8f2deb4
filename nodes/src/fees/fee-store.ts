import { receiptUsed } from '@liandong/schema/domains/fees';
import type { Day } from '@liandong/schema/kernel';
import type { FeeEntry } from '@liandong/schema/domains/fees';
import type { NodeReader, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { feeEntriesTable, feeReceiptsTable } from './tables.ts';

/** Adds entries to the book; called in the transaction that wrote their lines. */
export async function insertFeeEntries(tx: SharedTx, entries: readonly FeeEntry[]): Promise<void> {
  const rows = entries.map(({ case: caseId, window: windowCode, ...entry }) => ({ ...entry, caseId, windowCode }));
  await insert(tx, feeEntriesTable, rows);
}

/**
 * Marks a receipt number as used; two windows that use it at the same time wait for each other here.
 * @throws {ProblemError} RECEIPT_USED
 */
export async function takeReceipt(
  tx: SharedTx,
  { receipt, window, at, amountFen }: { receipt: string; window: string; at: Date; amountFen: number },
): Promise<void> {
  const taken = await insert(tx, feeReceiptsTable, [{ receipt, windowCode: window, at, amountFen }], 'KEEP');
  if (taken === 0) throw receiptUsed(receipt);
}

/** The entries of a window's day, in order. */
export async function findFeeEntries(queries: NodeReader, day: Day, window: string): Promise<FeeEntry[]> {
  const rows = await queries.reads.feeEntry.findMany({
    where: { windowCode: window, day: new Date(day) },
    orderBy: [{ at: 'asc' }, { caseId: 'asc' }, { seq: 'asc' }],
    omit: { node: true },
  });
  const entries = await opened(queries, feeEntriesTable, rows);
  return entries.map(({ caseId, windowCode, ...entry }) => ({ ...entry, case: caseId, window: windowCode }));
}
