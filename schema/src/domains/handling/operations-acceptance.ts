import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import { ruledStep, SOME_REASON } from '../../operation/case-step.ts';
import * as drafts from '../filing/steps.ts';
import * as rules from './acceptance.ts';
import { note, reasoned } from './input-parts.ts';
import { Case } from './views.ts';

// Operations on a new case at its organ: pre-check, acceptance, and the alternatives to acceptance.

const missing = z.array(
  z.object({ material: text(100), reason: text(500) }).meta({ inputType: 'MissingMaterialInput' }),
);

/**
 * Accepts a case. After the five days for the notice, acceptance counts from the day its materials came in.
 * @throws {ProblemError} NOT_COMPETENT, GRANT_NOT_IN_EFFECT, ITEM_NOT_IN_FORCE, MATERIALS_MISSING
 */
export const acceptCase = ruledStep('acceptCase', {
  zh: '受理',
  by: 'ACCEPT_CASE',
  article: ARTICLES.writtenAcceptance,
  keyedAs: 'accept',
  inputType: 'CaseStepInput',
  input: { note },
  inBulk: ['id'],
  answer: Case,
  guard: (context, file) => rules.acceptCase(context, file, null),
  rule: (context, file, input) => rules.acceptCase(context, file, input.note),
});

/**
 * Does not accept a case, with the reason and the remedies.
 * @throws {ProblemError} REASON_MISSING, NOT_COMPETENT, GRANT_NOT_IN_EFFECT, RENEWAL_EXPIRED
 */
export const refuseCase = ruledStep('refuseCase', {
  zh: '不予受理',
  by: 'REFUSE_CASE',
  article: ARTICLES.writtenAcceptance,
  keyedAs: 'refuse',
  ...reasoned,
  answer: Case,
  guard: (context, file) => rules.refuseCase(context, file, SOME_REASON),
  rule: (context, file, { reason }) => rules.refuseCase(context, file, reason),
});

/**
 * Names all missing materials once, and returns the case to the desk that took it in.
 * @throws {ProblemError} SUPPLEMENT_REPEATED, SUPPLEMENT_TOO_LATE, SUPPLEMENT_INCOMPLETE, GRANT_NOT_IN_EFFECT
 */
export const requestSupplement = ruledStep('requestSupplement', {
  zh: '一次告知补正',
  about: 'names everything that is missing, once, and gives the case back to the desk that took it in.',
  by: 'REQUEST_SUPPLEMENT',
  article: ARTICLES.oneTimeNotice,
  input: { missing: missing.max(50).meta({ description: 'All of them: they are named once.' }), note },
  answer: Case,
  guard: rules.requireNoticeDue,
  rule: (context, file, input) => rules.requestSupplement(context, file, input.missing, input.note),
});

/**
 * Sends a draft to the deciding desk for its pre-check.
 * @throws {ProblemError} NOT_COMPETENT if the desk decides itself; ILLEGAL_STEP
 */
export const requestPrecheck = ruledStep('requestPrecheck', {
  zh: '申请预审',
  about: 'sends a draft to the deciding desk.',
  by: 'FORWARD_CASE',
  oneCase: true,
  article: ARTICLES.precheck,
  inputType: 'CaseStepInput',
  input: { note },
  answer: Case,
  guard: (context, file) => drafts.requestPrecheck(context, file, null),
  rule: (context, file, input) => drafts.requestPrecheck(context, file, input.note),
});

/**
 * Pre-checks a draft with one complete list, and returns it to the desk that made it.
 * @throws {ProblemError} NOT_COMPETENT, SUPPLEMENT_INCOMPLETE, ILLEGAL_STEP
 */
export const precheckCase = ruledStep('precheckCase', {
  zh: '预审',
  about: 'one complete list, and back to the desk that drew the draft up.',
  by: 'PRECHECK_CASE',
  article: ARTICLES.precheck,
  keyedAs: 'precheck',
  input: {
    missing: missing.max(50).meta({ description: 'All of them: the list comes once; empty where nothing is missing.' }),
    remarks: optionalText(1000),
  },
  answer: Case,
  guard: drafts.atPrecheck,
  rule: (context, file, input) => drafts.precheckCase(context, file, input.missing, input.remarks),
});
