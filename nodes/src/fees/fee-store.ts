import { receiptUsed } from '@liandong/schema/domains/fees';
import type { Day } from '@liandong/schema/kernel';
import type { FeeEntry, FeeEntryAction } from '@liandong/schema/domains/fees';
import type { NodeQueries, SharedTx } from '../db/index.ts';

interface EntryRow {
  case_id: string;
  seq: number;
  action: FeeEntryAction;
  at: Date;
  day: string;
  window_code: string;
  // bigint comes as text
  amount_fen: string;
  receipt: string | null;
  refund_of: string | null;
  person: string;
}

/** Adds entries to the book; called in the transaction that wrote their lines. */
export async function insertFeeEntries(tx: SharedTx, entries: readonly FeeEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `INSERT INTO fee_entries (node, case_id, seq, action, at, day, window_code, amount_fen, receipt, refund_of, person)
     SELECT $1, e.* FROM unnest($2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::date[], $7::text[],
       $8::bigint[], $9::text[], $10::text[], $11::text[]) AS e`,
    [
      entries.map((e) => e.case),
      entries.map((e) => e.seq),
      entries.map((e) => e.action),
      entries.map((e) => e.at),
      entries.map((e) => e.day),
      entries.map((e) => e.window),
      entries.map((e) => e.amountFen),
      entries.map((e) => e.receipt),
      entries.map((e) => e.refundOf),
      entries.map((e) => e.person),
    ],
  );
}

/**
 * Marks a receipt number as used; two windows that use it at the same time wait for each other here.
 * @throws {ProblemError} RECEIPT_USED
 */
export async function takeReceipt(
  tx: SharedTx,
  { receipt, window, at, amountFen }: { receipt: string; window: string; at: Date; amountFen: number },
): Promise<void> {
  const taken = await tx.query(
    `INSERT INTO fee_receipts (node, receipt, window_code, at, amount_fen) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (node, receipt) DO NOTHING RETURNING receipt`,
    [receipt, window, at, amountFen],
  );
  if (taken.length === 0) throw receiptUsed(receipt);
}

/** The entries of a window's day, in order. */
export async function findFeeEntries(queries: NodeQueries, day: Day, window: string): Promise<FeeEntry[]> {
  const rows = await queries.query<EntryRow>(
    `SELECT case_id, seq, action, at, day::text AS day, window_code, amount_fen, receipt, refund_of, person
     FROM fee_entries WHERE node = $1 AND window_code = $2 AND day = $3::date ORDER BY at, case_id, seq`,
    [window, day],
  );
  return rows.map((row) => ({
    case: row.case_id,
    seq: row.seq,
    action: row.action,
    at: row.at,
    day: row.day,
    window: row.window_code,
    amountFen: Number(row.amount_fen),
    receipt: row.receipt,
    refundOf: row.refund_of,
    person: row.person,
  }));
}
