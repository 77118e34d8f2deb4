import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { BillLine, LogActor } from '../../case/log-line.ts';
import type { CaseState } from '../../case/words.ts';
import { isClosed } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { FeeSchedule } from '../catalogue/catalogue.ts';

/** 缴费单: the charges of a case, billed once, by the schedule under which it was accepted. */
export interface Bill {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  /** The fee window it is paid at. */
  window: string;
  lines: BillLine[];
  /** Sum of the lines, fen. */
  amountFen: number;
}

/** 缴费: an amount received at the fee window. */
export interface Payment {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  window: string;
  amountFen: number;
  receipt: string;
}

/** 减免: proposed by one person, granted by another; null while it is only proposed. */
export interface Waiver {
  /** 1, 2, 3 … within the case. */
  number: number;
  proposedBy: LogActor;
  amountFen: number;
  ground: string;
  grantedBy: LogActor | null;
}

/** 退费, of one payment. */
export interface Refund {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  window: string;
  /** Receipt of the payment that is given back. */
  of: string;
  amountFen: number;
  reason: string;
  receipt: string;
}

/** The fees in a case's log. All amounts are whole fen. */
export interface FeeLedger {
  bill: Bill | null;
  payments: Payment[];
  waivers: Waiver[];
  refunds: Refund[];
}
export const NO_FEES: FeeLedger = { bill: null, payments: [], waivers: [], refunds: [] };

/** The sums of a case's ledger, in fen. `billed = paid - refunded + waived + outstanding` always. */
export interface FeeSums {
  billedFen: number;
  paidFen: number;
  waivedFen: number;
  refundedFen: number;
  /** Amount billed and neither paid nor waived. */
  outstandingFen: number;
}

export function sumsOf(fees: FeeLedger): FeeSums {
  const billedFen = fees.bill?.amountFen ?? 0;
  const paidFen = sum(fees.payments);
  const waivedFen = sum(fees.waivers.filter((waiver) => waiver.grantedBy !== null));
  const refundedFen = sum(fees.refunds);
  return { billedFen, paidFen, waivedFen, refundedFen, outstandingFen: billedFen - waivedFen - paidFen + refundedFen };
}

/**
 * The amount due now, in fen, never below zero. An ended case owes nothing more: it can't close while an amount is due,
 * and nothing is collected from a case that ended in another way.
 */
export function dueOf({ fees, state }: { fees: FeeLedger; state: CaseState }): number {
  return isClosed(state) ? 0 : sumsOf(fees).outstandingFen;
}

/** The part of a payment that was not refunded, in fen. */
export function keptOf(fees: FeeLedger, receipt: string): number {
  const paid = sum(fees.payments.filter((payment) => payment.receipt === receipt));
  return paid - sum(fees.refunds.filter((refund) => refund.of === receipt));
}

/** Whether the case already has a payment or a refund with this receipt number. */
export function isReceiptUsed(fees: FeeLedger, receipt: string): boolean {
  return [...fees.payments, ...fees.refunds].some((entry) => entry.receipt === receipt);
}

/** 单价 × 数量 × 比例. */
export interface Charge {
  category: string;
  /** Number of the schedule's units; whole. */
  quantity: number;
}

/**
 * The amount of a charge, in fen. A fraction of a fen is dropped, so that no applicant pays more than the public
 * standard says (Art. 58).
 */
export function amountOf(baseFen: number, quantity: number, percent: number): number {
  return Number((BigInt(baseFen) * BigInt(quantity) * BigInt(percent)) / 100n);
}

/** The most one bill may come to, in fen (ten billion yuan): nine thousand of them still add up exactly. */
export const MAX_FEN = 1_000_000_000_000;

/** Charges that are never allowed: for forms (Art. 58), and for an agent's help (代办/帮办免费). */
const FREE_OF_CHARGE = /表格|格式文本|申请书|代办|帮办/;

/**
 * One line of a bill, by the public schedule alone.
 * @param field path of the charge in the input
 * @throws {ProblemError} FEE_UNPUBLISHED if no amount is published, or for a form or proxy handling (Art. 58);
 * FEE_CATEGORY_UNKNOWN; BAD_INPUT for a quantity that is not a whole number of at least 1, or a sum too large to
 * compute
 */
export function billOf(
  item: string,
  schedule: FeeSchedule | null,
  { category, quantity }: Charge,
  field = 'charges.0',
): BillLine {
  const by = { article: ARTICLES.feesByLaw };
  if (!schedule) throw problem('FEE_UNPUBLISHED', `${item} costs nothing.`, { ...by, field: `${field}.item` });
  const { baseFen, unit, rates } = schedule;
  if (FREE_OF_CHARGE.test(category) || FREE_OF_CHARGE.test(unit)) {
    throw problem('FEE_UNPUBLISHED', 'Nothing is charged for a form or for handling by proxy.', {
      ...by,
      field: `${field}.category`,
    });
  }
  const rate = rates.find((r) => r.category === category);
  if (!rate) {
    throw problem(
      'FEE_CATEGORY_UNKNOWN',
      `The schedule of ${item} has no category ${category.slice(0, 60)}. Its categories: ${rates.map((r) => r.category).join(', ')}.`,
      { ...by, field: `${field}.category` },
    );
  }
  if (baseFen === null) {
    throw problem('FEE_UNPUBLISHED', `The schedule of ${item} names no amount.`, { ...by, field: `${field}.item` });
  }
  if (!Number.isSafeInteger(quantity) || quantity < 1) {
    throw problem('BAD_INPUT', 'quantity is a whole number from 1 on.', { field: `${field}.quantity` });
  }
  const amountFen = amountOf(baseFen, quantity, rate.percent);
  if (amountFen > MAX_FEN) {
    throw problem('BAD_INPUT', 'The amount is beyond reckoning.', { field: `${field}.quantity` });
  }
  return { item, category, unit, baseFen, quantity, percent: rate.percent, amountFen, rounding: 'DOWN' };
}

function sum(entries: readonly { amountFen: number }[]): number {
  return entries.reduce((total, { amountFen }) => total + amountFen, 0);
}
