import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { IDEMPOTENT } from '../../operation/operation.ts';
import { OPINION, OPINIONS, OUTCOME, OUTCOMES, SPECIAL_PROCEDURE, SPECIAL_PROCEDURES } from '../../case/words.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import { fromNode, ruledStep, SOME_REASON } from '../../operation/case-step.ts';
import { word } from '../../operation/fields.ts';
import type { CitableMeeting } from '../meetings/citation.ts';
import * as rules from './decision.ts';
import { note, reason, staff } from './input-parts.ts';
import * as procedures from './procedures.ts';
import { Case } from './views.ts';

// Operations from the review to the decision, with the procedures and the extension between.

const outcome = word(OUTCOME, OUTCOMES);
/** Left out, it is no part of the text that idempotency keys are hashed with. */
const discretion = z
  .string()
  .trim()
  .min(1)
  .max(20)
  .nullish()
  .meta({ description: '裁量基准 the decision goes by: an id of the implementation the case was accepted under.' });
const decisionReason = optionalText(1000).meta({ description: 'Needed for a refusal.' });

/**
 * Reviews a case at the accepting or the deciding desk.
 * @throws {ProblemError} SECOND_PERSON_MISSING, SAME_PERSON, HEARING_CHAIR, RENEWAL_EXPIRED, REASON_MISSING, BAD_INPUT
 */
export const reviewCase = ruledStep('reviewCase', {
  zh: '审查',
  by: 'REVIEW_CASE',
  article: ARTICLES.onTheSpot,
  keyedAs: 'review',
  input: {
    opinion: word(OPINION, OPINIONS),
    amountFen: z
      .int()
      .min(0)
      .nullish()
      .transform((fen) => fen ?? null)
      .meta({ scalar: 'Fen', description: 'The amount as the review assesses it, in fen.' }),
    note,
    second: staff
      .nullish()
      .meta({ description: "Who checked with the reviewer, where the item's substance is checked." }),
    conditions: z
      .array(text(500))
      .max(20)
      // no default: the input is hashed as it was sent, and earlier programs sent none
      .nullish()
      .meta({ description: '附条件: what a favourable opinion depends on, one by one.' }),
  },
  answer: Case,
  guard: rules.mayReviewCase,
  rule: (context, file, input) =>
    rules.reviewCase(
      context,
      file,
      input.opinion,
      input.note,
      input.amountFen,
      input.second ?? null,
      input.conditions ?? [],
    ),
});

/**
 * Decides a case, never by a person who accepted or reviewed it.
 * @throws {ProblemError} REVIEW_MISSING, SAME_PERSON, REASON_MISSING, GRANT_NOT_IN_EFFECT, RENEWAL_EXPIRED,
 * HEARING_NOT_OFFERED, HEARING_OPEN, HEARING_MISSING, PROCEDURE_OPEN, SIGN_OFF_TOO_LOW, MINUTES_MISSING,
 * MEETING_CONTRADICTED, NOT_FOUND for a meeting or a discretion standard there is not
 */
export const decideCase = ruledStep('decideCase', {
  zh: '决定',
  by: 'DECIDE_CASE',
  article: ARTICLES.reasonsForRefusal,
  keyedAs: 'decide',
  input: {
    outcome,
    reason: decisionReason,
    minutes: optionalText(200).meta({
      description:
        '会议纪要 that are kept elsewhere, say on paper: their number or title. An item that is decided together needs these or `meeting`.',
    }),
    discretion,
    // left out, it is no part of the text that idempotency keys are hashed with
    meeting: z.string().trim().min(1).max(100).nullish().meta({
      description:
        "Number of the minutes of this desk's meeting that discussed the case; its outcome supports the decision.",
    }),
  },
  answer: Case,
  needs: fromNode<CitableMeeting | null>(),
  // an item that is never granted may still be refused, with a reason and the meeting's minutes
  guard: (context, file) => rules.decideCase(context, file, 'REFUSED', SOME_REASON, SOME_REASON),
  rule: (context, file, input, meeting) =>
    rules.decideCase(context, file, input.outcome, input.reason, input.minutes, input.discretion ?? null, meeting),
});

/**
 * Accepts, reviews and decides an instant item in one step, by one person.
 * @throws {ProblemError} ILLEGAL_STEP for an item that is not instant; SAME_PERSON for one with more signatures;
 * SECOND_PERSON_MISSING, NOT_COMPETENT, NOT_FOUND for a discretion standard there is not
 */
export const decideOnTheSpot = ruledStep('decideOnTheSpot', {
  zh: '即办',
  about: 'accepts, reviews and decides an instant item at one go.',
  by: 'DECIDE_ON_THE_SPOT',
  article: ARTICLES.onTheSpot,
  input: { outcome, reason: decisionReason, discretion },
  answer: Case,
  guard: (context, file) => rules.decideOnTheSpot(context, file, { outcome: 'GRANTED', reason: null }),
  rule: (context, file, input) => rules.decideOnTheSpot(context, file, input, input.discretion ?? null),
});

/**
 * Begins a special procedure; one that the law excludes from the limit stops the clock.
 * @throws {ProblemError} NOTICE_MISSING, NOT_COMPETENT, PROCEDURE_OPEN, ILLEGAL_STEP
 */
export const startProcedure = ruledStep('startProcedure', {
  zh: '特别程序开始',
  by: 'RUN_PROCEDURE',
  article: ARTICLES.excludedTime,
  input: {
    // the key stays second, because the input is hashed in this order
    ...IDEMPOTENT,
    kind: word(SPECIAL_PROCEDURE, SPECIAL_PROCEDURES),
    // may be empty: the rule refuses that, and cites its source
    notice: z.string().trim().max(2000).meta({ description: 'What the applicant is told in writing.' }),
    expectedDays: z
      .int()
      .min(1)
      .max(3650)
      .nullish()
      .transform((days) => days ?? null)
      .meta({ description: 'Plain days it is expected to need; needed where it stops the clock.' }),
  },
  answer: Case,
  guard: procedures.mayStartProcedure,
  rule: (context, file, input) => procedures.startProcedure(context, file, input),
});

/**
 * Ends a special procedure with its result.
 * @throws {ProblemError} NOT_FOUND, PROCEDURE_ENDED, SECOND_PERSON_MISSING, ILLEGAL_STEP
 */
export const endProcedure = ruledStep('endProcedure', {
  zh: '特别程序结束',
  by: 'RUN_PROCEDURE',
  article: ARTICLES.excludedTime,
  input: {
    procedure: z.int().min(1).meta({ description: 'Its number within the case.' }),
    result: z.string().trim().max(2000),
    staff: z
      .array(staff)
      .max(20)
      .nullish()
      .meta({ description: 'Who surveyed the site; two of them where the substance is checked.' }),
  },
  answer: Case,
  guard: procedures.mayEndProcedure,
  rule: (context, file, input) =>
    procedures.endProcedure(context, file, input.procedure, input.result, input.staff ?? []),
});

/**
 * Extends the limit once, before it ends, by the head of the organ.
 * @throws {ProblemError} EXTENSION_REPEATED, EXTENSION_TOO_LONG, EXTENSION_TOO_LATE, REASON_MISSING, NOT_COMPETENT
 */
export const extendCase = ruledStep('extendCase', {
  zh: '延长期限',
  about: 'once, before it ends, by the head of the organ.',
  by: 'EXTEND_CASE',
  article: ARTICLES.decisionLimit,
  keyedAs: 'extend',
  input: {
    days: z.int().meta({ description: 'Working days, at most 10; of joint handling 15.' }),
    reason,
  },
  answer: Case,
  guard: (context, file) => procedures.extendCase(context, file, 1, SOME_REASON),
  rule: (context, file, input) => procedures.extendCase(context, file, input.days, input.reason),
});
