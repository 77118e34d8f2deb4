import type { Action } from '../../operation/permissions.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { custodyAt, isOrgan } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import type { Desk, Step, Wish } from '../../case/step-context.ts';
import { isUndecided } from '../../case/words.ts';
import { actAs, atOwnCase, oneLine, requireFollows, requireReason } from '../../case/step-rules.ts';

/** Withdraws (撤回) at the applicant's wish, before a decision. */
export function withdrawCase(desk: Desk, file: CaseFile, reason: string): Step {
  const actor = atOwnCase(desk, file, 'WITHDRAW_CASE');
  requireFollows(file, 'WITHDRAWN');
  requireReason(reason, ARTICLES.postDuties);
  return oneLine({ action: 'WITHDRAWN', actor, note: reason, data: { reason, requestedAt: desk.node } });
}

/**
 * Withdraws a case at the desk that holds it. At the desk that took it in and passed it on, it sends the wish to the
 * holder instead.
 * @throws {ProblemError} REASON_MISSING, ILLEGAL_STEP, NOT_CUSTODIAN, CASE_IN_TRANSIT
 */
export function askToWithdraw(desk: Desk, file: CaseFile, reason: string): Step | Wish {
  const { node } = desk;
  const carried = node === file.home && custodyAt(file, node) === 'ELSEWHERE' && isUndecided(file.state);
  if (!carried) return withdrawCase(desk, file, reason);
  const actor = actAs(desk, 'WITHDRAW_CASE', file);
  requireReason(reason, ARTICLES.postDuties);
  return { wish: 'WITHDRAWAL', actor, reason };
}

/**
 * Ends the handling of a case that can't go on (终止办理)before its decision: the applicant died or dissolved, did not
 * answer, or the matter no longer exists.
 * @throws {ProblemError} NOT_COMPETENT, REASON_MISSING, ILLEGAL_STEP
 */
export function terminateCase(desk: Desk, file: CaseFile, reason: string): Step {
  return ended(desk, file, 'TERMINATE_CASE', 'TERMINATED', reason);
}

/**
 * Declares a case void (作废): it was entered wrongly, or its document must not go out.
 * @throws {ProblemError} NOT_COMPETENT, REASON_MISSING, ILLEGAL_STEP
 */
export function voidCase(desk: Desk, file: CaseFile, reason: string): Step {
  return ended(desk, file, 'VOID_CASE', 'VOIDED', reason);
}

function ended(desk: Desk, file: CaseFile, by: Action, action: 'TERMINATED' | 'VOIDED', reason: string): Step {
  const actor = atOwnCase(desk, file, by);
  requireFollows(file, action);
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  requireReason(reason, ARTICLES.termination);
  return oneLine({ action, actor, note: reason, data: { reason } });
}
