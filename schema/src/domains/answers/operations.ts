import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { SOME_REASON, ruledStep } from '../../operation/case-step.ts';
import { domain } from '../../operation/domain.ts';
import { word } from '../../operation/fields.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import { reason } from '../handling/input-parts.ts';
import { Case } from '../handling/views.ts';
import * as rules from './rules.ts';
import { ANSWER_VERDICT, ANSWER_VERDICTS } from './words.ts';

/**
 * Answers a case of an item that is answered in writing, within the item's promise from the day its materials are in.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, GRANT_NOT_IN_EFFECT, SIGN_OFF_TOO_LOW, WINDOW_UNAUTHORIZED,
 * REASON_MISSING, BAD_INPUT
 */
export const answerCase = ruledStep('answerCase', {
  zh: '明确答复',
  about: 'in writing, of an item that is answered and not decided; the answer is issued and delivered like a decision.',
  by: 'ANSWER_CASE',
  article: ARTICLES.clearAnswer,
  input: {
    verdict: word(ANSWER_VERDICT, ANSWER_VERDICTS),
    reason,
    basis: text(500).meta({ description: 'The rules the answer goes by.' }),
    needs: z
      .array(text(500))
      .max(20)
      .nullish()
      .meta({ description: 'What has to be there first, one by one; needed where the answer depends on it.' }),
    remedies: optionalText(500).meta({ description: '救济途径, where a law gives any against such an answer.' }),
  },
  answer: Case,
  guard: (context, file) =>
    rules.answerCase(context, file, {
      verdict: 'POSSIBLE',
      reason: SOME_REASON,
      basis: SOME_REASON,
      needs: [],
      remedies: null,
    }),
  rule: (context, file, { verdict, reason: why, basis, needs, remedies }) =>
    rules.answerCase(context, file, { verdict, reason: why, basis, needs: needs ?? [], remedies }),
});

export const answers = domain('answers', {
  zh: '答复件',
  role: 'handling',
  operations: { answerCase },
});
