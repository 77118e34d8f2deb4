import type { FeeLine } from './state.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { Day } from '../../kernel/calendar.ts';

/** Lines that move money or change the amount owed. */
export const FEE_ENTRY_ACTIONS = ['BILLED', 'PAID', 'FEE_WAIVED', 'REFUNDED'] as const;
export type FeeEntryAction = (typeof FEE_ENTRY_ACTIONS)[number];

/** One line of a fee window's day. */
export interface FeeEntry {
  case: string;
  /** Number of the line in the case's log. */
  seq: number;
  action: FeeEntryAction;
  at: Date;
  /** The day it counts for, in the centre's zone. */
  day: Day;
  window: string;
  amountFen: number;
  receipt: string | null;
  /** Of a refund, the payment's receipt. */
  refundOf: string | null;
  /** Subject of the person who acted. */
  person: string;
}

/**
 * The entry a log line makes in the fee window's book; null if no money moves. A waiver counts at the window where the
 * bill is paid.
 * @param billWindow window of the case's bill
 */
export function feeEntryOf(line: FeeLine, billWindow: string): FeeEntry | null {
  const { case: id, seq, actor, action } = line;
  if (action === 'FEE_WAIVER_PROPOSED') return null;
  const at = new Date(line.at);
  const { amountFen } = line.data;
  const entry = { case: id, seq, action, at, day: dayOf(at), window: billWindow, amountFen, person: actor.sub };
  switch (action) {
    case 'BILLED':
    case 'FEE_WAIVED':
      return { ...entry, receipt: null, refundOf: null };
    case 'PAID':
      return { ...entry, window: line.data.window, receipt: line.data.receipt, refundOf: null };
    case 'REFUNDED':
      return { ...entry, window: line.data.window, receipt: line.data.receipt, refundOf: line.data.of };
    default:
      return line satisfies never;
  }
}

/** Sums and counts of a day at a window; amounts in fen. */
export interface FeeTotals {
  bills: number;
  payments: number;
  waivers: number;
  refunds: number;
  billedFen: number;
  paidFen: number;
  waivedFen: number;
  refundedFen: number;
  /**
   * The amount that must be in the till: paid less refunded. It is negative on a day with more refunds than payments.
   */
  netFen: number;
}

export function feeTotalsOf(entries: readonly Pick<FeeEntry, 'action' | 'amountFen'>[]): FeeTotals {
  const of = (action: FeeEntryAction) => entries.filter((entry) => entry.action === action);
  const fen = (action: FeeEntryAction) => of(action).reduce((total, entry) => total + entry.amountFen, 0);
  const paidFen = fen('PAID');
  const refundedFen = fen('REFUNDED');
  return {
    bills: of('BILLED').length,
    payments: of('PAID').length,
    waivers: of('FEE_WAIVED').length,
    refunds: of('REFUNDED').length,
    billedFen: fen('BILLED'),
    paidFen,
    waivedFen: fen('FEE_WAIVED'),
    refundedFen,
    netFen: paidFen - refundedFen,
  };
}

/** 日对账单 as CSV (RFC 4180): a line an entry, then the totals; amounts in fen. */
export function reconciliationCsv(entries: readonly FeeEntry[]): string {
  const { billedFen, paidFen, waivedFen, refundedFen, netFen } = feeTotalsOf(entries);
  const rows: (string | number)[][] = [
    ['at', 'case', 'seq', 'action', 'amount_fen', 'receipt', 'refund_of', 'person'],
    ...entries.map((e) => [
      e.at.toISOString(),
      e.case,
      e.seq,
      e.action,
      e.amountFen,
      e.receipt ?? '',
      e.refundOf ?? '',
      e.person,
    ]),
    ['total', '', '', 'BILLED', billedFen, '', '', ''],
    ['total', '', '', 'PAID', paidFen, '', '', ''],
    ['total', '', '', 'FEE_WAIVED', waivedFen, '', '', ''],
    ['total', '', '', 'REFUNDED', refundedFen, '', '', ''],
    ['total', '', '', 'NET', netFen, '', '', ''],
  ];
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

/** Quoted where it must be; a text that a spreadsheet would run as a formula is set behind an apostrophe. */
function cellOf(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
