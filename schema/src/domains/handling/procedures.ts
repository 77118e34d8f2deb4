import { problem } from '../../kernel/errors.ts';
import type { LogActor, Staff } from '../../case/log-line.ts';
import { SPECIAL_PROCEDURE_LABELS } from '../../case/words.ts';
import type { SpecialProcedure } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile, Procedure } from '../../case/case-file.ts';
import { isOrgan, openProcedures } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { clockOf } from '../../case/clock.ts';
import { hearingOpen } from '../hearings/rules.ts';
import { isJointHandling } from '../joint/rules.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { atOwnCase, oneLine, requireFollows, requireReason } from '../../case/step-rules.ts';

/** The closed list of procedures that the law excludes from the limit (Art. 45). */
export const EXCLUDED_BY_LAW: readonly SpecialProcedure[] = [
  'HEARING',
  'TENDER',
  'AUCTION',
  'INSPECTION',
  'TESTING',
  'QUARANTINE',
  'APPRAISAL',
  'EXPERT_REVIEW',
];

/** Whether a procedure's time is outside an item's limit, by law or by the item's own basis. */
export function stopsClock(kind: SpecialProcedure, item: Pick<Item, 'excludedTime'>): boolean {
  return EXCLUDED_BY_LAW.includes(kind) || item.excludedTime.includes(kind);
}

export interface ProcedureStart {
  kind: SpecialProcedure;
  /** The written notice to the applicant. */
  notice: string;
  /** Expected duration, in plain days. */
  expectedDays: number | null;
}

/**
 * Begins a special procedure (特别程序). A procedure that the law excludes stops the clock; a site survey or a public
 * notice stops it only if the item's own basis says so (Art. 45).
 * @throws {ProblemError} NOTICE_MISSING, NOT_COMPETENT, PROCEDURE_OPEN if one of the same kind already runs;
 * ILLEGAL_STEP for a licence's hearing, which begins with its request or its call
 */
export function startProcedure(desk: Desk, file: CaseFile, start: ProcedureStart): Step {
  const actor = mayStartProcedure(desk, file);
  if (start.kind === 'HEARING' && file.itemKind === 'LICENSE') {
    throw problem('ILLEGAL_STEP', "A licence's hearing is offered, asked for and called; its time is kept with it.", {
      article: ARTICLES.hearingOffered,
      field: 'kind',
    });
  }
  const stops = stopsClock(start.kind, desk.item);
  if (start.notice.trim() === '' || (stops && start.expectedDays === null)) {
    throw problem('NOTICE_MISSING', 'The applicant is told in writing of the procedure and of the time it needs.', {
      article: ARTICLES.excludedTime,
      field: start.notice.trim() === '' ? 'notice' : 'expectedDays',
    });
  }
  if (openProcedures(file).some((p) => p.kind === start.kind)) {
    const label = SPECIAL_PROCEDURE_LABELS[start.kind];
    throw problem('PROCEDURE_OPEN', `A ${start.kind} (${label}) of this case runs already.`, {
      article: ARTICLES.excludedTime,
    });
  }
  const data = { procedure: file.procedures.length + 1, ...start, stopsClock: stops };
  return oneLine({ action: 'PROCEDURE_STARTED', actor, note: start.notice, data });
}

/** The person who begins a procedure of any kind. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT */
export function mayStartProcedure(desk: Desk, file: CaseFile): LogActor {
  const actor = atOwnCase(desk, file, 'RUN_PROCEDURE');
  requireFollows(file, 'PROCEDURE_STARTED');
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  return actor;
}

/**
 * Ends a special procedure with its result; the clock goes on.
 * @param staff the people who surveyed the site; two if the item's substance is checked (Art. 34)
 * @throws {ProblemError} NOT_FOUND for a procedure that does not run here, REASON_MISSING without a result
 */
export function endProcedure(
  desk: Desk,
  file: CaseFile,
  procedure: number,
  result: string,
  staff: readonly Staff[] = [],
): Step {
  const actor = atOwnCase(desk, file, 'RUN_PROCEDURE');
  requireFollows(file, 'PROCEDURE_ENDED');
  const open = runningAt(desk, file).find((p) => p.number === procedure);
  if (!open) {
    throw problem('NOT_FOUND', `No procedure ${procedure} of this case runs at ${desk.node}.`, { field: 'procedure' });
  }
  requireReason(result, ARTICLES.excludedTime);
  if (endsWithRecord(open, file)) throw heldOpen();
  requireSurveyors(desk, open.kind, staff);
  const data = { procedure, result, ...(staff.length > 0 ? { staff: [...staff] } : {}) };
  return oneLine({ action: 'PROCEDURE_ENDED', actor, note: result, data });
}

/**
 * Checks that a procedure runs here that could be ended.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_FOUND, HEARING_OPEN
 */
export function mayEndProcedure(desk: Desk, file: CaseFile): void {
  atOwnCase(desk, file, 'RUN_PROCEDURE');
  requireFollows(file, 'PROCEDURE_ENDED');
  const running = runningAt(desk, file);
  if (running.length === 0) {
    throw problem('NOT_FOUND', `No procedure of this case runs at ${desk.node}.`, { field: 'procedure' });
  }
  if (running.every((procedure) => endsWithRecord(procedure, file))) throw heldOpen();
}

const runningAt = ({ node }: Pick<Desk, 'node'>, file: CaseFile) => openProcedures(file).filter((p) => p.node === node);
const endsWithRecord = ({ kind }: Procedure, { hearing }: CaseFile) => kind === 'HEARING' && hearingOpen(hearing);
const heldOpen = () => problem('HEARING_OPEN', 'The hearing ends with its record.', { article: ARTICLES.hearingRules });

function requireSurveyors({ item }: Desk, kind: SpecialProcedure, staff: readonly Staff[]): void {
  const article = ARTICLES.substanceCheck;
  if (new Set(staff.map(({ sub }) => sub)).size < staff.length) {
    throw problem('SAME_PERSON', 'Each of staff is named once.', { article, field: 'staff' });
  }
  if (kind !== 'SITE_SURVEY' || !item.substanceCheck || staff.length >= 2) return;
  throw problem('SECOND_PERSON_MISSING', `The site survey of ${item.code} is done by two of staff; name them.`, {
    article,
    field: 'staff',
  });
}

/** Most working days an organ's head may add (Art. 42); in joint handling, the head of the government. */
export const EXTENSION_MOST = { ALONE: 10, JOINT: 15 } as const;

/**
 * Extends the limit (延长期限), once, before it ends, by the organ's head; the applicant is told the reason.
 * @param days working days
 * @throws {ProblemError} EXTENSION_REPEATED, EXTENSION_TOO_LONG, EXTENSION_TOO_LATE, NOT_COMPETENT, REASON_MISSING
 */
export function extendCase(desk: Desk, file: CaseFile, days: number, reason: string): Step {
  const actor = atOwnCase(desk, file, 'EXTEND_CASE');
  requireFollows(file, 'EXTENDED');
  if (desk.node !== file.decider) throw notCompetent(desk.node, file);
  requireReason(reason, ARTICLES.decisionLimit);
  const refuse = (code: 'EXTENSION_REPEATED' | 'EXTENSION_TOO_LONG' | 'EXTENSION_TOO_LATE', why: string) =>
    problem(code, why, { article: ARTICLES.decisionLimit, field: 'days' });
  if (file.extension) throw refuse('EXTENSION_REPEATED', 'The limit was extended already; that is done once.');
  const most = isJointHandling(desk.item) ? EXTENSION_MOST.JOINT : EXTENSION_MOST.ALONE;
  if (!Number.isInteger(days) || days < 1 || days > most) {
    throw refuse('EXTENSION_TOO_LONG', `The limit is extended by 1 to ${most} working days, not by ${days}.`);
  }
  if (clockOf(file, desk.calendar, desk.divisions, desk.now)?.overdue) {
    throw refuse('EXTENSION_TOO_LATE', 'The limit has ended; it is extended before.');
  }
  return oneLine({ action: 'EXTENDED', actor, note: reason, data: { days, reason } });
}
