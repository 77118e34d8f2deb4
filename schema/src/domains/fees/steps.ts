import { problem } from '../../kernel/errors.ts';
import type { LogActor } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { isOrgan } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import type { FeeSchedule, Item } from '../catalogue/catalogue.ts';
import { scheduleOf } from '../catalogue/catalogue.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import type { Charge } from './rules.ts';
import { billOf, dueOf, isReceiptUsed, keptOf, MAX_FEN, sumsOf } from './rules.ts';
import { holdsOn } from '../offices/rules.ts';
import type { Action } from '../../operation/permissions.ts';
import {
  actAs,
  atOwnCase,
  oneLine,
  requireCustody,
  requireFollows,
  requireOffice,
  requireReason,
} from '../../case/step-rules.ts';

/** A charge in a category. */
export interface ItemCharge extends Charge {
  /** A member of the case's bundle; the case's own item when null. */
  item: string | null;
}

export interface BillDraft {
  /** The fee window the bill is paid at; the cashier's own when left out. */
  window: string | null;
  charges: readonly ItemCharge[];
  /** The schedules the case was accepted under: of its item, and of the members of its bundle. */
  schedules: ReadonlyMap<string, FeeSchedule | null>;
  /** The implementation's version they come from. */
  implementationVersion: number;
}

/**
 * Bills (开具缴费单), once, for everything the case is charged for: one bill at one window, also of a joint case.
 * @throws {ProblemError} FEE_BILLED_ALREADY; FEE_UNPUBLISHED, FEE_CATEGORY_UNKNOWN (Art. 58); WINDOW_UNAUTHORIZED
 */
export function billFees(desk: Desk, file: CaseFile, draft: BillDraft): Step {
  const actor = mayBillFees(desk, file);
  const window = requireOpenWindow(desk, draft.window ?? desk.viewer.window ?? null, 'window');
  if (draft.charges.length === 0) throw problem('BAD_INPUT', 'Nothing is charged.', { field: 'charges' });
  const lines = draft.charges.map(({ item, ...charge }, index) => {
    const charged = item ?? file.item;
    return billOf(charged, draft.schedules.get(charged) ?? null, charge, `charges.${index}`);
  });
  const amountFen = lines.reduce((total, line) => total + line.amountFen, 0);
  if (amountFen > MAX_FEN) {
    throw problem('BAD_INPUT', 'The amount is beyond reckoning.', { field: 'charges' });
  }
  const { implementationVersion } = draft;
  const data = { window, lines, amountFen, itemVersion: file.itemVersion, implementationVersion };
  return oneLine({ action: 'BILLED', actor, note: null, data });
}

/** The person who may bill, for any charge. @throws {ProblemError} NOT_COMPETENT, ILLEGAL_STEP, FEE_BILLED_ALREADY */
export function mayBillFees(desk: Desk, file: CaseFile): LogActor {
  const actor = actAs(desk, 'BILL_FEE', file);
  requireCustody(desk.node, file);
  requireOrgan(desk, file);
  if (actor.role !== 'CASHIER') requireOffice(desk);
  requireFollows(file, 'BILLED');
  if (!file.fees.bill) return actor;
  throw problem('FEE_BILLED_ALREADY', 'The case has its bill; there is one for everything.', {
    article: ARTICLES.feeWindow,
  });
}

/**
 * Records a payment: the fee window only, and no more than is due.
 * @throws {ProblemError} FORBIDDEN, WINDOW_UNAUTHORIZED, FEE_NOT_BILLED, FEE_PAID_ALREADY, FEE_OVERPAID, RECEIPT_USED
 */
export function payFees(desk: Desk, file: CaseFile, paid: { amountFen: number; receipt: string }): Step {
  const { actor, window } = atFeeWindow(desk, file, 'RECORD_PAYMENT');
  requireFollows(file, 'PAID');
  const { bill } = file.fees;
  if (!bill) throw problem('FEE_NOT_BILLED', 'The case has no bill yet.', { article: ARTICLES.feesByLaw });
  const stillOpen = desk.offices.windows.some((w) => w.code === bill.window && holdsOn(w, dayOf(desk.now)));
  if (bill.window !== window && stillOpen) {
    throw problem('WINDOW_UNAUTHORIZED', `The bill is paid at window ${bill.window}, not at ${window}.`, {
      article: ARTICLES.feeWindow,
    });
  }
  const { amountFen, receipt } = paid;
  requireAmount(amountFen);
  const due = dueOf(file);
  if (due === 0) {
    throw problem('FEE_PAID_ALREADY', 'Nothing is due any more.', { article: ARTICLES.feesByLaw, field: 'amountFen' });
  }
  if (amountFen > due) {
    throw problem('FEE_OVERPAID', `${due} fen are due, not ${amountFen}.`, {
      article: ARTICLES.feesByLaw,
      field: 'amountFen',
    });
  }
  requireFreshReceipt(file, receipt);
  return oneLine({ action: 'PAID', actor, note: null, data: { amountFen, receipt, window } });
}

/**
 * Proposes that something be waived (减免), with its ground.
 * @throws {ProblemError} REASON_MISSING, FEE_NOT_BILLED, FEE_OVERPAID for more than is due
 */
export function proposeWaiver(desk: Desk, file: CaseFile, asked: { amountFen: number; ground: string }): Step {
  const actor = atWaiver(desk, file, 'PROPOSE_WAIVER', 'FEE_WAIVER_PROPOSED');
  const { amountFen, ground } = asked;
  requireGround(ground);
  requireBilled(file);
  requireAmount(amountFen);
  requireWithinDue(file, amountFen);
  const waiver = file.fees.waivers.length + 1;
  return oneLine({ action: 'FEE_WAIVER_PROPOSED', actor, note: null, data: { waiver, amountFen, ground } });
}

/**
 * Checks that an amount is due that could be waived.
 * @throws {ProblemError} NOT_COMPETENT, ILLEGAL_STEP, FEE_NOT_BILLED, FEE_OVERPAID
 */
export function mayProposeWaiver(desk: Desk, file: CaseFile): void {
  atWaiver(desk, file, 'PROPOSE_WAIVER', 'FEE_WAIVER_PROPOSED');
  requireBilled(file);
  requireWithinDue(file, 1);
}

function atWaiver(
  desk: Desk,
  file: CaseFile,
  by: 'PROPOSE_WAIVER' | 'GRANT_WAIVER',
  line: 'FEE_WAIVER_PROPOSED' | 'FEE_WAIVED',
): LogActor {
  const actor = atOwnCase(desk, file, by);
  requireOrgan(desk, file);
  requireFollows(file, line);
  return actor;
}

function requireBilled({ fees: { bill } }: CaseFile): void {
  if (!bill) throw problem('FEE_NOT_BILLED', 'The case has no bill yet.', { article: ARTICLES.feeWaiver });
}

/**
 * Grants a waiver as it was proposed; never by the person who proposed it.
 * @throws {ProblemError} NOT_FOUND, SAME_PERSON, FEE_OVERPAID where less than that is due by now
 */
export function grantWaiver(desk: Desk, file: CaseFile, waiver: number): Step {
  const actor = atWaiver(desk, file, 'GRANT_WAIVER', 'FEE_WAIVED');
  const proposed = file.fees.waivers.find((w) => w.number === waiver && w.grantedBy === null);
  if (!proposed) throw problem('NOT_FOUND', `No waiver ${waiver} is proposed.`, { field: 'waiver' });
  if (proposed.proposedBy.sub === actor.sub) {
    throw problem('SAME_PERSON', 'The person who proposed a waiver may not grant it.', { article: ARTICLES.feeWaiver });
  }
  const { amountFen, ground } = proposed;
  requireWithinDue(file, amountFen);
  return oneLine({ action: 'FEE_WAIVED', actor, note: ground, data: { waiver, amountFen, ground } });
}

/**
 * Gives a payment back, or a part of it (退费); also after the case ended.
 * @throws {ProblemError} REASON_MISSING, REFUND_UNPAID for more than that payment left, RECEIPT_USED
 */
export function refundFees(
  desk: Desk,
  file: CaseFile,
  given: { of: string; amountFen: number; reason: string; receipt: string },
): Step {
  const { actor, window } = atRefund(desk, file);
  const { of, amountFen, reason, receipt } = given;
  requireReason(reason, ARTICLES.feeRefund);
  requireAmount(amountFen);
  const kept = keptOf(file.fees, of);
  if (amountFen > kept) {
    const known = file.fees.payments.some((p) => p.receipt === of);
    throw problem('REFUND_UNPAID', `Of receipt ${of.slice(0, 60)} ${kept} fen can be given back, not ${amountFen}.`, {
      article: ARTICLES.feeRefund,
      field: known ? 'amountFen' : 'of',
    });
  }
  requireFreshReceipt(file, receipt);
  return oneLine({ action: 'REFUNDED', actor, note: reason, data: { of, amountFen, reason, receipt, window } });
}

function atRefund(desk: Desk, file: CaseFile): { actor: LogActor; window: string } {
  const at = atFeeWindow(desk, file, 'REFUND_FEE');
  requireFollows(file, 'REFUNDED');
  return at;
}

/**
 * Checks that a payment could be refunded.
 * @throws {ProblemError} NOT_COMPETENT, WINDOW_UNAUTHORIZED, ILLEGAL_STEP, REFUND_UNPAID
 */
export function mayRefundFees(desk: Desk, file: CaseFile): void {
  atRefund(desk, file);
  if (file.fees.payments.some(({ receipt }) => keptOf(file.fees, receipt) > 0)) return;
  throw problem('REFUND_UNPAID', 'Nothing was paid that can be given back.', {
    article: ARTICLES.feeRefund,
    field: 'of',
  });
}

/**
 * If the item says so, no approval document is issued before the amount due is paid. A refusal's document is issued
 * anyway: the applicant needs it to seek a remedy.
 * @throws {ProblemError} FEE_DUE
 */
export function requirePaidForDocument(desk: Desk, file: CaseFile): void {
  if (!desk.item.payBeforeDocument || file.decision?.outcome !== 'GRANTED') return;
  const schedule = scheduleOf(desk.item, desk.implementation);
  // a fee that was never billed is not paid; where the schedule names no amount there is nothing to bill
  if (!file.fees.bill && schedule && schedule.baseFen !== null) {
    throw problem('FEE_DUE', `${desk.item.code} must be paid before its document is delivered, and has no bill yet.`, {
      article: ARTICLES.payFirst,
    });
  }
  requireNothingDue(file);
}

/**
 * @throws {ProblemError} FEE_DUE, unless the item has the document delivered and paid for afterwards
 */
export function requirePaidForDelivery(item: Item, file: CaseFile): void {
  if (!item.deliverBeforePayment) requireNothingDue(file);
}

/** @throws {ProblemError} FEE_DUE */
export function requireNothingDue(file: CaseFile): void {
  const due = dueOf(file);
  if (due === 0) return;
  throw problem('FEE_DUE', `${due} fen are due at window ${file.fees.bill?.window}.`, { article: ARTICLES.payFirst });
}

/** The person sits at an open fee window of an organ that holds the case; which department's item it is does not count. */
function atFeeWindow(desk: Desk, file: CaseFile, action: Action): { actor: LogActor; window: string } {
  const actor = actAs(desk, action, file);
  requireCustody(desk.node, file);
  requireOrgan(desk, file);
  return { actor, window: requireOpenWindow(desk, desk.viewer.window ?? null, null) };
}

function requireOrgan(desk: Desk, file: CaseFile): void {
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
}

function requireOpenWindow({ offices, now }: Desk, window: string | null, field: string | null): string {
  const open = offices.windows.find((w) => w.code === window);
  if (open && holdsOn(open, dayOf(now))) return open.code;
  throw problem('WINDOW_UNAUTHORIZED', `${window?.slice(0, 60) ?? 'No window'} is no fee window open today.`, {
    article: ARTICLES.feeWindow,
    field,
  });
}

function requireAmount(amountFen: number): void {
  if (Number.isSafeInteger(amountFen) && amountFen >= 1) return;
  throw problem('BAD_INPUT', 'amountFen is a whole number of fen from 1 on.', { field: 'amountFen' });
}

function requireWithinDue(file: CaseFile, amountFen: number): void {
  const { outstandingFen } = sumsOf(file.fees);
  if (amountFen <= outstandingFen) return;
  throw problem('FEE_OVERPAID', `${outstandingFen} fen are due; ${amountFen} can't be waived.`, {
    article: ARTICLES.feeWaiver,
    field: 'amountFen',
  });
}

function requireGround(ground: string): void {
  if (ground.trim() !== '') return;
  throw problem('REASON_MISSING', 'Give the ground of the waiver.', { article: ARTICLES.feeWaiver, field: 'ground' });
}

function requireFreshReceipt(file: CaseFile, receipt: string): void {
  if (receipt.trim() === '') throw problem('BAD_INPUT', 'The receipt has a number.', { field: 'receipt' });
  if (isReceiptUsed(file.fees, receipt)) throw receiptUsed(receipt);
}

/** A node may use a receipt number for one payment or refund only. */
export function receiptUsed(receipt: string): Error {
  return problem('RECEIPT_USED', `Receipt ${receipt.slice(0, 60)} was given out before.`, {
    article: ARTICLES.feeWindow,
    field: 'receipt',
  });
}
