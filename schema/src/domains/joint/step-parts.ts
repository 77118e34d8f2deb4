import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { LogActor } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf, endOfDay } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { Desk } from '../../case/step-context.ts';
import type { JointHandling, Party } from './rules.ts';
import { takesAnswer, takesExcuse } from './rules.ts';
import { lastDayOf } from '../../kernel/limits.ts';
import { requireOneOf } from '../../operation/permissions.ts';
import type { Post } from '../../case/step-rules.ts';
import { actAs, requireCustody, requireFollows, requireReason } from '../../case/step-rules.ts';

// Rules that apply both to the lead's desk and to the parties' desks.

const article = ARTICLES.jointHandling;

/**
 * The actor for a party: a person of the department that was asked. A township's comprehensive window answers for all
 * departments of the township.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT
 */
export function actFor(desk: Post, { department }: Pick<Party, 'department'>): LogActor {
  const actor = actAs(desk, 'GIVE_OPINION', null);
  requireOneOf(desk.viewer, [department], desk.divisions.get(desk.node).tier);
  return actor;
}

/** A party of the case at this desk, which the given node speaks for. @throws {ProblemError} NOT_FOUND, NOT_COMPETENT */
export function partyOf(desk: Pick<Desk, 'node'>, file: CaseFile, number: number, node: DivisionCode): Party {
  requireCustody(desk.node, file);
  requireFollows(file, 'OPINION_GIVEN');
  const party = findParty(jointOf(file), number);
  if (party.node === node) return party;
  throw problem('NOT_COMPETENT', `Party ${number} is of ${party.node}, not of ${node}.`, { article, field: 'party' });
}

/** @throws {ProblemError} OPINION_SETTLED */
export function requireAnswerable(party: Party, answeredAt: Date | null): void {
  if (takesAnswer(party, answeredAt)) return;
  const stands = party.withdrawn ? 'is not asked any more' : 'has answered, or its silence or absence stands';
  throw problem('OPINION_SETTLED', `${party.department} ${stands}.`, { article });
}

/**
 * The deadline an excuse leads to.
 * @param limit the case's own limit, which the deadline may not exceed
 * @throws {ProblemError} EXCUSE_TOO_LATE, REASON_MISSING, BAD_INPUT
 */
export function excusedUntil(
  calendar: Desk['calendar'],
  party: Party,
  { reason, days, at, limit }: { reason: string; days: number; at: Date; limit: Date | null },
): Date {
  if (!takesExcuse(party, at)) {
    throw problem('EXCUSE_TOO_LATE', 'A party excuses itself once, before its deadline and its answer.', { article });
  }
  requireReason(reason, article);
  const dueAt = workingDaysOn(calendar, party.dueAt, days, 'days');
  if (limit && dueAt > limit) {
    throw problem('BAD_INPUT', `The new deadline lies after the case's own limit (${dayOf(limit)}).`, {
      field: 'days',
    });
  }
  return dueAt;
}

/** The end of the day so many working days after an instant. @throws {ProblemError} BAD_INPUT */
export function workingDaysOn(calendar: Desk['calendar'], from: Date, days: number, field: string): Date {
  if (!Number.isInteger(days) || days < 1 || days > 60) {
    throw problem('BAD_INPUT', 'A deadline is 1 to 60 working days.', { field });
  }
  return endOfDay(lastDayOf(dayOf(from), { days, unit: 'WORKDAY' }, calendar).day);
}

/** @throws {ProblemError} JOINT_MISSING */
export function jointOf(file: CaseFile): JointHandling {
  if (!file.joint) throw problem('JOINT_MISSING', 'Joint handling of this case is not open.', { article });
  return file.joint;
}

/** @throws {ProblemError} NOT_FOUND */
export function findParty(joint: JointHandling, number: number): Party {
  const party = joint.parties.find((p) => p.number === number);
  if (!party) throw problem('NOT_FOUND', `Joint handling has no party ${number}.`, { field: 'party' });
  return party;
}
