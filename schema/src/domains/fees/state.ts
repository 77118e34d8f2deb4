import type { LogLine } from '../../case/log-line.ts';
import type { FeeLedger } from './rules.ts';
import { amountOf, isReceiptUsed, keptOf, sumsOf } from './rules.ts';

/** The lines that are about money. */
export const FEE_ACTIONS = ['BILLED', 'PAID', 'FEE_WAIVER_PROPOSED', 'FEE_WAIVED', 'REFUNDED'] as const;
export type FeeLine = Extract<LogLine, { action: (typeof FEE_ACTIONS)[number] }>;

/**
 * The ledger after one more line; null if the line is invalid: a second bill, an amount other than the schedule's, more
 * than is due, a receipt number used before, a waiver granted by the person who proposed it, a refund of an amount that
 * was not paid.
 */
export function foldFees(fees: FeeLedger, line: FeeLine): FeeLedger | null {
  const { node, actor } = line;
  const made = { at: new Date(line.at), node, actor };
  const { outstandingFen } = sumsOf(fees);
  switch (line.action) {
    case 'BILLED': {
      const { window, lines, amountFen } = line.data;
      const sound =
        lines.every((l) => l.amountFen === amountOf(l.baseFen, l.quantity, l.percent)) &&
        lines.reduce((total, l) => total + l.amountFen, 0) === amountFen;
      if (fees.bill || !sound) return null;
      return { ...fees, bill: { ...made, window, lines, amountFen } };
    }
    case 'PAID': {
      const { amountFen, receipt, window } = line.data;
      if (amountFen > outstandingFen || isReceiptUsed(fees, receipt)) return null;
      return { ...fees, payments: [...fees.payments, { ...made, window, amountFen, receipt }] };
    }
    case 'FEE_WAIVER_PROPOSED': {
      const { waiver: number, amountFen, ground } = line.data;
      if (number !== fees.waivers.length + 1 || amountFen > outstandingFen) return null;
      return { ...fees, waivers: [...fees.waivers, { number, proposedBy: actor, amountFen, ground, grantedBy: null }] };
    }
    case 'FEE_WAIVED': {
      const { waiver: number, amountFen } = line.data;
      const proposed = fees.waivers.find((w) => w.number === number && w.grantedBy === null);
      if (!proposed || proposed.amountFen !== amountFen || amountFen > outstandingFen) return null;
      if (proposed.proposedBy.sub === actor.sub) return null;
      const waivers = fees.waivers.map((w) => (w === proposed ? { ...w, grantedBy: actor } : w));
      return { ...fees, waivers };
    }
    case 'REFUNDED': {
      const { of, amountFen, reason, receipt, window } = line.data;
      if (amountFen > keptOf(fees, of) || isReceiptUsed(fees, receipt)) return null;
      return { ...fees, refunds: [...fees.refunds, { ...made, window, of, amountFen, reason, receipt }] };
    }
    default:
      return line satisfies never;
  }
}
