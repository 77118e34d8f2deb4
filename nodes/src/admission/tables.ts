import type { FeeChangeKind } from '@liandong/schema/domains/catalogue';
import { bigInteger, day, instant, nullable, table, text, textOf } from '../db/table.ts';

/** The register of the places where the node handles its items: at its centre, or exempt until a day. */
export const admissionTable = table('admission', ['item'], {
  item: text,
  admittedFrom: nullable(day),
  exemptReason: nullable(text),
  exemptApprover: nullable(text),
  exemptUntil: nullable(day),
  changedAt: instant,
  changedBy: text,
});

/** Changes of fees (收费项目变动), append-only: the fees of a day follow from them. */
export const feeChangesTable = table('fee_changes', ['item', 'name', 'effectiveFrom'], {
  item: text,
  name: text,
  effectiveFrom: day,
  change: textOf<FeeChangeKind>(),
  amountFen: nullable(bigInteger),
  basis: text,
  recordedAt: instant,
  recordedBy: text,
});
