import { z } from 'zod';
import type { CaseFile } from '../../case/case-file.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { forOneOf, fromNode, handledAtNode, ruledStep } from '../../operation/case-step.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id } from '../../operation/fields.ts';
import { dayInput, optionalText, text } from '../../operation/input-parts.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import type { FeeSchedule } from '../catalogue/catalogue.ts';
import { MAX_FEN } from './rules.ts';
import * as rules from './steps.ts';
import { CaseFees, FeeReconciliation, PaidFees } from './views.ts';

/** Most cases that are asked for at once. */
const MOST_CASES = 50;

const amountFen = z.int('is no whole number of fen').min(1).max(MAX_FEN).meta({ scalar: 'Fen' });
/** Proposed waivers that have not been granted yet. */
const proposed = ({ fees: { waivers } }: CaseFile) =>
  waivers.filter((waiver) => waiver.grantedBy === null).map((waiver) => waiver.number);
/** May be empty: the rule refuses that, and cites its source. */
const reason = z.string().trim().max(1000);

/**
 * Charges of several cases: the members of a bundle are asked for together.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export const caseFees = query('caseFees', {
  zh: '缴费情况',
  about: 'what cases cost, as the desk knows it; the members of a bundle are asked for together.',
  by: 'READ_FEES',
  article: ARTICLES.feeWindow,
  input: {
    division: askedDivision,
    cases: z.array(z.string().meta({ scalar: 'ID' })).max(MOST_CASES, `names more than ${MOST_CASES} cases`),
  },
  route: ASKED_DIVISION,
  answer: listOf(CaseFees),
});

/**
 * A fee window's book of one day, with its totals.
 * @throws {ProblemError} FORBIDDEN
 */
export const feeReconciliation = query('feeReconciliation', {
  zh: '日对账',
  about: 'the day of a fee window, in the zone Asia/Shanghai.',
  by: 'READ_FEES',
  article: ARTICLES.feeWindow,
  input: { division: askedDivision, day: dayInput, window: z.string() },
  route: ASKED_DIVISION,
  answer: FeeReconciliation,
});

/**
 * Bills, once, for everything the case is charged for.
 * @throws {ProblemError} FEE_BILLED_ALREADY, FEE_UNPUBLISHED, FEE_CATEGORY_UNKNOWN, WINDOW_UNAUTHORIZED
 */
export const billFees = ruledStep('billFees', {
  zh: '开具缴费单',
  about: 'by the public schedule the case was accepted under, and by nothing else.',
  by: 'BILL_FEE',
  article: ARTICLES.feesByLaw,
  input: {
    window: optionalText(10).meta({ description: "The fee window it is paid at; the cashier's own when left out." }),
    charges: z
      .array(
        z
          .object({
            item: optionalText(50).meta({
              scalar: 'ID',
              description: "A member of the case's bundle; its own item when left out.",
            }),
            category: text(100).meta({ description: 'Of the public schedule.' }),
            quantity: z.int().min(1).max(1_000_000).default(1).meta({ description: '1 when left out.' }),
          })
          .meta({ inputType: 'ChargeInput' }),
      )
      .min(1)
      .max(50),
  },
  /** The schedules the case was accepted under, by item. */
  needs: fromNode<ReadonlyMap<string, FeeSchedule | null>>(),
  answer: CaseFees,
  guard: rules.mayBillFees,
  rule: (context, file, { window, charges }, schedules) =>
    rules.billFees(context, file, {
      window,
      charges,
      schedules,
      implementationVersion: context.implementation.version,
    }),
});

/**
 * Records one payment for one case, or for all cases of one bundle; it succeeds for all or for none.
 * @throws {ProblemError} FEE_NOT_BILLED, FEE_PAID_ALREADY, FEE_OVERPAID, RECEIPT_USED, WINDOW_UNAUTHORIZED, FORBIDDEN
 */
export const payFees = mutation('payFees', {
  zh: '缴费',
  about: 'recorded by the fee window only; several cases with one receipt, all of them or none.',
  by: 'RECORD_PAYMENT',
  judgedBy: 'RULES',
  article: ARTICLES.feeWindow,
  input: {
    receipt: text(60).meta({ description: 'Its number, used once at this node.' }),
    payments: z
      .array(z.object({ id: id(), amountFen }).meta({ inputType: 'PaymentInput' }))
      .min(1)
      .max(50)
      .refine((list) => new Set(list.map((p) => p.id)).size === list.length, 'names a case twice')
      .meta({ description: 'One case, or those of one bundle.' }),
  },
  answer: PaidFees,
});

/**
 * Proposes that something be waived, with its ground.
 * @throws {ProblemError} REASON_MISSING, FEE_NOT_BILLED, FEE_OVERPAID
 */
export const proposeFeeWaiver = ruledStep('proposeFeeWaiver', {
  zh: '申请减免',
  by: 'PROPOSE_WAIVER',
  article: ARTICLES.feeWaiver,
  keyedAs: 'proposeWaiver',
  input: { amountFen, ground: reason },
  answer: CaseFees,
  guard: rules.mayProposeWaiver,
  rule: (context, file, { amountFen: asked, ground }) =>
    rules.proposeWaiver(context, file, { amountFen: asked, ground }),
});

/**
 * Grants a waiver as it was proposed.
 * @throws {ProblemError} NOT_FOUND, SAME_PERSON, FEE_OVERPAID
 */
export const grantFeeWaiver = ruledStep('grantFeeWaiver', {
  zh: '批准减免',
  about: 'never by the person who proposed it.',
  by: 'GRANT_WAIVER',
  article: ARTICLES.feeWaiver,
  keyedAs: 'grantWaiver',
  input: { waiver: z.int().min(1) },
  answer: CaseFees,
  guard: forOneOf(proposed, 1, rules.grantWaiver),
  rule: (context, file, { waiver }) => rules.grantWaiver(context, file, waiver),
});

/**
 * Gives a payment back, or a part of it; also after the case ended.
 * @throws {ProblemError} REASON_MISSING, REFUND_UNPAID, RECEIPT_USED, WINDOW_UNAUTHORIZED
 */
export const refundFees = ruledStep('refundFees', {
  zh: '退费',
  about: 'no more than was paid under that receipt.',
  by: 'REFUND_FEE',
  article: ARTICLES.feeRefund,
  input: {
    of: text(60).meta({ description: 'Receipt of the payment.' }),
    amountFen,
    reason,
    receipt: text(60).meta({ description: "The refund's own number." }),
  },
  // the node takes the receipt's number once the rule has allowed the refund
  needs: handledAtNode,
  answer: CaseFees,
  guard: rules.mayRefundFees,
  rule: (context, file, { of, amountFen: given, reason: why, receipt }) =>
    rules.refundFees(context, file, { of, amountFen: given, reason: why, receipt }),
});

export const fees = domain('fees', {
  zh: '统一收费',
  role: 'fees',
  operations: { caseFees, feeReconciliation, billFees, payFees, proposeFeeWaiver, grantFeeWaiver, refundFees },
});
