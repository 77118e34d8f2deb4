import type { FeeEntryAction } from '@liandong/schema/domains/fees';
import { bigInteger, day, instant, integer, nullable, table, text, textOf } from '../db/table.ts';

/** The book of the fee windows (收费台账), append-only: a line of a case's log each, written with it. */
export const feeEntriesTable = table('fee_entries', ['caseId', 'seq'], {
  caseId: text,
  seq: integer,
  action: textOf<FeeEntryAction>(),
  at: instant,
  day,
  windowCode: text,
  amountFen: bigInteger,
  receipt: nullable(text),
  refundOf: nullable(text),
  person: text,
});

/** Receipt numbers in use (票据号): each is of one payment, of a case or of a bundle's cases together, or of one refund. */
export const feeReceiptsTable = table('fee_receipts', ['receipt'], {
  receipt: text,
  windowCode: text,
  at: instant,
  amountFen: bigInteger,
});
