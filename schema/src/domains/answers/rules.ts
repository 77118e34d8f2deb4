import { problem } from '../../kernel/errors.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { nameOf } from '../../case/case-file.ts';
import { asDecider } from '../../case/case-grants.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { atOwnCase, departmentAt, oneLine, requireFollows, requireReason } from '../../case/step-rules.ts';
import { requireSignOff } from '../handling/sign-off.ts';
import type { AnswerVerdict } from './words.ts';

/** An answer as its desk words it. */
export interface AnswerDraft {
  verdict: AnswerVerdict;
  reason: string;
  basis: string;
  needs: readonly string[];
  remedies: string | null;
}

/**
 * Answers a case in writing (控制事项明确答复制): whether the matter can be done, cannot, or can under conditions, with
 * reasons and basis. Such a case is neither accepted nor reviewed, and no licence follows.
 * @throws {ProblemError} ILLEGAL_STEP for a case of any other item, NOT_COMPETENT, GRANT_NOT_IN_EFFECT,
 * SIGN_OFF_TOO_LOW, WINDOW_UNAUTHORIZED, REASON_MISSING, BAD_INPUT
 */
export function answerCase(desk: Desk, given: CaseFile, draft: AnswerDraft): Step {
  const actor = atOwnCase(desk, given, 'ANSWER_CASE');
  requireFollows(given, 'ANSWERED');
  if (given.answerLimit === null) {
    throw problem('ILLEGAL_STEP', `${given.item} is decided, not answered: accept it.`, {
      article: ARTICLES.clearAnswer,
    });
  }
  return asDecider(desk, given, ['DECIDE'], (file) => {
    requireSignOff(desk, actor);
    const department = departmentAt(desk, 'DECIDE');
    requireReason(draft.reason, ARTICLES.clearAnswer);
    requireSound(draft);
    const { verdict, reason, basis, needs, remedies } = draft;
    const use = file.through.decide;
    return oneLine({
      action: 'ANSWERED',
      actor,
      note: null,
      data: {
        verdict,
        reason,
        basis,
        ...(needs.length === 0 ? {} : { needs: [...needs] }),
        ...(remedies === null ? {} : { remedies }),
        inNameOf: nameOf(file),
        ...(use ? { grant: use.id } : {}),
        ...(department === null ? {} : { department }),
      },
    });
  });
}

/** What is needed is named for an answer that depends on it, and there is nothing to name for one that is no. */
function requireSound({ verdict, needs }: AnswerDraft): void {
  if (verdict === 'ON_CONDITIONS' && needs.length === 0) {
    throw problem('BAD_INPUT', 'Name what has to be there first.', { article: ARTICLES.clearAnswer, field: 'needs' });
  }
  if (verdict === 'NOT_POSSIBLE' && needs.length > 0) {
    throw problem('BAD_INPUT', 'Nothing is needed for what can’t be done; answer that it can, under conditions.', {
      article: ARTICLES.clearAnswer,
      field: 'needs',
    });
  }
}

/**
 * Refuses the steps of a case that is decided, for one that is answered.
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function requireNotAnswered({ item, answerLimit }: Pick<CaseFile, 'item' | 'answerLimit'>): void {
  if (answerLimit === null) return;
  throw problem('ILLEGAL_STEP', `${item} is answered in writing (明确答复); it is neither accepted nor refused.`, {
    article: ARTICLES.clearAnswer,
  });
}
