import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Grade } from '../../case/words.ts';
import { DELIVERY_WAY, DELIVERY_WAYS } from '../../case/words.ts';
import { fromNode, ruledStep, SOME_REASON } from '../../operation/case-step.ts';
import { word } from '../../operation/fields.ts';
import type { DocumentDraft } from './delivery.ts';
import * as delivery from './delivery.ts';
import * as rules from './endings.ts';
import { note, reasoned } from './input-parts.ts';
import { Case } from './views.ts';

// Operations that end a case: document, delivery, closing and rating; or withdrawal, termination, voiding.

/**
 * Issues the result's document in the name of the decision; the node writes and stores the text.
 * @throws {ProblemError} NOT_COMPETENT, SEAL_MISSING, WINDOW_UNAUTHORIZED, ILLEGAL_STEP, FEE_DUE
 */
export const issueDocument = ruledStep('issueDocument', {
  zh: '制发结果文书',
  by: 'ISSUE_DOCUMENT',
  article: ARTICLES.seal,
  inputType: 'CaseStepInput',
  input: { note },
  needs: fromNode<DocumentDraft>(),
  answer: Case,
  guard: delivery.documentSeal,
  rule: (context, file, _input, document) => delivery.issueDocument(context, file, document),
});

/**
 * Delivers the result, and closes the case if no amount is due.
 * @throws {ProblemError} DOCUMENT_MISSING, ILLEGAL_STEP, FEE_DUE
 */
export const deliverCase = ruledStep('deliverCase', {
  zh: '送达',
  about: ', and closes the case with nothing left open.',
  by: 'DELIVER_CASE',
  oneCase: true,
  article: ARTICLES.delivery,
  keyedAs: 'deliver',
  input: { way: word(DELIVERY_WAY, DELIVERY_WAYS), note },
  inBulk: ['id'],
  answer: Case,
  guard: (context, file) => delivery.deliverCase(context, file, 'WINDOW', null),
  rule: (context, file, input) => delivery.deliverCase(context, file, input.way, input.note),
});

/**
 * Closes a case that was delivered before it was paid for.
 * @throws {ProblemError} ILLEGAL_STEP, FEE_DUE
 */
export const closeCase = ruledStep('closeCase', {
  zh: '办结归档',
  by: 'DELIVER_CASE',
  oneCase: true,
  article: ARTICLES.delivery,
  keyedAs: 'close',
  inputType: 'CaseStepInput',
  input: { note },
  answer: Case,
  guard: (context, file) => delivery.closeCase(context, file, null),
  rule: (context, file, input) => delivery.closeCase(context, file, input.note),
});

export const grade = z
  .int()
  .min(1)
  .max(5)
  .transform((given) => given as Grade)
  .meta({ description: '5 非常满意 … 1 非常不满意' });

/**
 * Records the applicant's rating of the service, at a desk.
 * @throws {ProblemError} ILLEGAL_STEP, RATED_ALREADY
 */
export const rateCase = ruledStep('rateCase', {
  zh: '评价',
  about: ', at a desk.',
  by: 'RATE_CASE',
  oneCase: true,
  article: ARTICLES.rating,
  keyedAs: 'rate',
  input: { grade },
  answer: Case,
  guard: (context, file) => delivery.rateCase(context, file, 5),
  rule: (context, file, input) => delivery.rateCase(context, file, input.grade),
});

/**
 * Withdraws a case at the applicant's wish, or sends the wish to the desk that holds it.
 * @throws {ProblemError} REASON_MISSING, ILLEGAL_STEP
 */
export const withdrawCase = ruledStep('withdrawCase', {
  zh: '撤回',
  about: '. At a desk that no longer holds the case the wish is carried to the one that does.',
  by: 'WITHDRAW_CASE',
  oneCase: true,
  article: ARTICLES.postDuties,
  keyedAs: 'withdraw',
  ...reasoned,
  answer: Case,
  guard: (context, file) => rules.askToWithdraw(context, file, SOME_REASON),
  rule: (context, file, input) => rules.askToWithdraw(context, file, input.reason),
});

/**
 * Ends the handling of a case that can't go on, before its decision.
 * @throws {ProblemError} NOT_COMPETENT, REASON_MISSING, ILLEGAL_STEP
 */
export const terminateCase = ruledStep('terminateCase', {
  zh: '终止办理',
  by: 'TERMINATE_CASE',
  article: ARTICLES.termination,
  keyedAs: 'terminate',
  ...reasoned,
  answer: Case,
  guard: (context, file) => rules.terminateCase(context, file, SOME_REASON),
  rule: (context, file, input) => rules.terminateCase(context, file, input.reason),
});

/**
 * Declares a case void: it was entered wrongly, or its document must not go out.
 * @throws {ProblemError} NOT_COMPETENT, REASON_MISSING, ILLEGAL_STEP
 */
export const voidCase = ruledStep('voidCase', {
  zh: '作废',
  by: 'VOID_CASE',
  article: ARTICLES.termination,
  keyedAs: 'void',
  ...reasoned,
  answer: Case,
  guard: (context, file) => rules.voidCase(context, file, SOME_REASON),
  rule: (context, file, input) => rules.voidCase(context, file, input.reason),
});
