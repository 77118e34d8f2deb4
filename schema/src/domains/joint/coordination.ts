import { ARTICLES } from '../../kernel/articles.ts';
import type { OfficialCalendar } from '../../kernel/calendar.ts';
import { endOfNextWorkday, workdayOf } from '../../kernel/calendar.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { isClosed } from '../../case/words.ts';
import type { LogActor } from '../../case/log-line.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { actAs, atOwnCase, oneLine, requireCustody, requireFollows } from '../../case/step-rules.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requirePermission } from '../../operation/permissions.ts';
import type { JointHandling, Party } from './rules.ts';
import { isOutstanding, jointOpen, outstandingParties } from './rules.ts';
import { findParty, jointOf } from './step-parts.ts';

// 协调保障: the centre looks after joint cases: whose answer is late, and which visit is not called yet.

const article = ARTICLES.jointHandling;

/** Most joint cases of one answer. */
export const MOST_COORDINATED = 200;

/**
 * Whether a joint visit (联合踏勘) is expected and not called yet: the item says what absence from the visit stands for,
 * so its handling has one.
 */
export function visitToCall(joint: JointHandling): boolean {
  return joint.absenceDefault && joint.visit === null && joint.parties.some((p) => p.withdrawn === null);
}

/** Parties that have the question, did not answer, and are past their deadline. */
export function lateParties(parties: readonly Party[], now: Date): Party[] {
  return parties.filter((p) => isOutstanding(p) && p.asked !== null && p.dueAt < now);
}

/**
 * The instant a joint case is looked after by: the next deadline of a party that is waited for, else the visit, else when
 * it was opened. Null if nothing is left to coordinate.
 */
export function coordinationDueAt({
  joint,
  state,
}: {
  joint: JointHandling | null;
  state: CaseFile['state'];
}): Date | null {
  if (!joint || isClosed(state) || state !== 'ACCEPTED' || !(jointOpen(joint) || visitToCall(joint))) return null;
  const due = outstandingParties(joint).map((p) => p.dueAt.getTime());
  if (due.length > 0) return new Date(Math.min(...due));
  return joint.visit && joint.visit.recorded === null ? joint.visit.at : joint.openedAt;
}

/**
 * Checks who reads the list of joint cases of a desk: its own leaders, and supervisors at it and above it.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireCoordinator(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requirePermission(viewer, 'READ_JOINT_CASES', divisions.get(viewer.division).tier);
  const supervises = viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division);
  if (viewer.actsFor === undefined && (viewer.division === node || supervises)) return;
  throw problem('FORBIDDEN', `Joint cases at ${node} are looked after by its own centre and supervisors above it.`, {
    article: ARTICLES.postDuties,
  });
}

/**
 * Reminds a party of its answer (催办), at most once a working day.
 * @throws {ProblemError} NOT_FOUND, OPINION_SETTLED, REMINDER_TOO_EARLY, WRONG_DEPARTMENT for a department that does not
 * lead
 */
export function remindParty(desk: Desk, file: CaseFile, number: number): Step {
  const actor = asReminder(desk, file);
  requireFollows(file, 'PARTY_REMINDED');
  const party = findParty(jointOf(file), number);
  if (!isOutstanding(party)) {
    throw problem('OPINION_SETTLED', `Nothing is waited for of ${party.department}.`, { article, field: 'party' });
  }
  requireDueReminder(party, desk.now, desk.calendar);
  return oneLine({ action: 'PARTY_REMINDED', actor, note: null, data: { party: number } });
}

/** A supervisor of the lead's node reminds for the centre; others belong to the department that leads. */
function asReminder(desk: Desk, file: CaseFile): LogActor {
  const { viewer } = desk;
  if (!viewer.roles.includes('SUPERVISOR')) return atOwnCase(desk, file, 'REMIND_PARTY');
  const actor = actAs({ ...desk, viewer: { ...viewer, roles: ['SUPERVISOR'] } }, 'REMIND_PARTY', file);
  requireCustody(desk.node, file);
  return actor;
}

/** @throws {ProblemError} REMINDER_TOO_EARLY */
function requireDueReminder(party: Party, now: Date, calendar: OfficialCalendar): void {
  const refused = (why: string) => problem('REMINDER_TOO_EARLY', why, { article, field: 'party' });
  if (party.asked === null) throw refused(`The question is still under way to ${party.node}.`);
  if (party.dueAt > endOfNextWorkday(now, calendar)) {
    throw refused(`${party.department} has until ${party.dueAt.toISOString()}; remind it a working day before.`);
  }
  if (party.reminders && workdayOf(party.reminders.lastAt, calendar) === workdayOf(now, calendar)) {
    throw refused(`${party.department} was reminded on this working day already.`);
  }
}
