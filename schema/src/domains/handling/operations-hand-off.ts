import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { ruledStep, SOME_REASON } from '../../operation/case-step.ts';
import * as rules from './hand-off.ts';
import { note, reason, reasoned } from './input-parts.ts';
import { Case } from './views.ts';

// Operations between desks: up, back, to a neighbour, to the desk that delivers, and back to the grantor.

/**
 * Forwards a case to the accepting organ, or with the review to the deciding one.
 * @throws {ProblemError} NOT_COMPETENT, ILLEGAL_STEP
 */
export const forwardCase = ruledStep('forwardCase', {
  zh: '上报',
  by: 'FORWARD_CASE',
  oneCase: true,
  article: ARTICLES.firstReview,
  keyedAs: 'forward',
  inputType: 'CaseStepInput',
  input: { note },
  inBulk: ['id'],
  answer: Case,
  guard: (context, file) => rules.forwardCase(context, file, null),
  rule: (context, file, input) => rules.forwardCase(context, file, input.note),
});

/**
 * Returns a case to the desk it came from, with the reason.
 * @throws {ProblemError} REASON_MISSING, NOT_COMPETENT, ILLEGAL_STEP
 */
export const returnCase = ruledStep('returnCase', {
  zh: '退回',
  by: 'RETURN_CASE',
  oneCase: true,
  article: ARTICLES.postDuties,
  keyedAs: 'return',
  ...reasoned,
  inBulk: ['id'],
  answer: Case,
  guard: (context, file) => rules.returnCase(context, file, SOME_REASON),
  rule: (context, file, input) => rules.returnCase(context, file, input.reason),
});

/**
 * Hands a case to another desk of the same township before it is accepted.
 * @throws {ProblemError} REASON_MISSING, NOT_COMPETENT, ILLEGAL_STEP
 */
export const transferCase = ruledStep('transferCase', {
  zh: '转办',
  about: 'to another desk of the same township, before acceptance.',
  by: 'TRANSFER_CASE',
  oneCase: true,
  article: ARTICLES.postDuties,
  keyedAs: 'transfer',
  input: {
    to: z
      .string()
      .refine(isDivisionCode, 'is no division code')
      .meta({ scalar: 'ID', description: 'The township over a village desk, or a village of it.' }),
    reason,
  },
  answer: Case,
  guard: rules.mayTransferCase,
  rule: (context, file, input) => rules.transferCase(context, file, input.to, input.reason),
});

/**
 * Sends a decided case to the desk that took it in.
 * @throws {ProblemError} DOCUMENT_MISSING, NOT_COMPETENT, FEE_DUE
 */
export const assignCase = ruledStep('assignCase', {
  zh: '交办送达',
  about: 'sends what was decided to the desk that took the case in.',
  by: 'ASSIGN_CASE',
  article: ARTICLES.delivery,
  keyedAs: 'assign',
  inputType: 'CaseStepInput',
  input: { note },
  inBulk: ['id'],
  answer: Case,
  guard: (context, file) => rules.assignCase(context, file, null),
  rule: (context, file, input) => rules.assignCase(context, file, input.note),
});

/**
 * Calls a case back from the grantee that would decide it; the desk that holds the case does so.
 * @throws {ProblemError} REASON_MISSING, NOT_COMPETENT, ILLEGAL_STEP
 */
export const recallCase = ruledStep('recallCase', {
  zh: '收回办件',
  about: ', by the grantor: calls one case back from the grantee that would decide it.',
  by: 'RECALL_CASE',
  article: ARTICLES.delegation,
  ...reasoned,
  answer: Case,
  guard: (context, file) => rules.askToRecall(context, file, SOME_REASON),
  rule: (context, file, input) => rules.askToRecall(context, file, input.reason),
});
