import { problem } from '../../kernel/errors.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf, endOfDay } from '../../kernel/calendar.ts';
import type { CaseFile, Report } from '../../case/case-file.ts';
import { openProcedures } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import type { LogActor, Material } from '../../case/log-line.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { atOwnCase, handlersOf, isSamePerson, oneLine, requireFollows } from '../../case/step-rules.ts';
import { requireSignOff } from '../handling/sign-off.ts';
import { requireJointDone } from '../joint/rules.ts';
import { awaitsSupplement, mayProgress } from './state.ts';
import type { ReportEventKind, ReportResult, ReportWay } from './words.ts';

/** A case as it goes out. */
export interface ReportDraft {
  to: string;
  number: string;
  sentOn: Day;
  way: ReportWay;
  sent: string;
  dueOn: Day | null;
}

/**
 * Passes a reviewed case on to an organ outside the city (转报), which decides it. The desk's own limit ends with the
 * sending.
 * @throws {ProblemError} ILLEGAL_STEP for an item that is decided here, NOT_COMPETENT, REVIEW_MISSING, PROCEDURE_OPEN,
 * SAME_PERSON, SIGN_OFF_TOO_LOW, BAD_INPUT, and what joint handling refuses
 */
export function reportOutside(desk: Desk, file: CaseFile, draft: ReportDraft): Step {
  const actor = mayReportOutside(desk, file);
  const { to, number, sentOn, way, sent, dueOn } = draft;
  requireDay(desk, sentOn, dayOf(file.filedAt), 'sentOn');
  requireLater(dueOn, sentOn);
  return oneLine({ action: 'REPORTED', actor, note: null, data: { to, number, sentOn, way, sent, dueOn } });
}

/** The person who passes the case on, to any organ. @throws {ProblemError} as {@link reportOutside}, without BAD_INPUT */
export function mayReportOutside(desk: Desk, file: CaseFile): LogActor {
  const { item, node } = desk;
  const actor = atOwnCase(desk, file, 'REPORT_OUTSIDE');
  if (item.handlingWay !== 'FORWARDED') {
    throw problem('ILLEGAL_STEP', `${item.code} is decided here, not by an organ outside.`, {
      article: ARTICLES.reportedOutside,
    });
  }
  if (node !== file.decider) throw notCompetent(node, file);
  const reviewer = file.reviews.at(-1)?.node;
  const reviewed = reviewer === node || reviewer === file.through.review?.grantee;
  if (file.state === 'ACCEPTED' || (file.state === 'REVIEWED' && !reviewed)) {
    throw problem('REVIEW_MISSING', `${node} reviews the case before it goes out.`, {
      article: ARTICLES.reportedOutside,
    });
  }
  requireFollows(file, 'REPORTED');
  const [open] = openProcedures(file);
  if (open) {
    throw problem('PROCEDURE_OPEN', `Procedure ${open.number} (${open.kind}) has not ended; it goes out afterwards.`, {
      article: ARTICLES.excludedTime,
    });
  }
  requireJointDone(item, file.joint, null);
  if (handlersOf(file).some((before) => isSamePerson(before, actor))) {
    throw problem('SAME_PERSON', 'The person who accepted or reviewed a case may not send it out.', {
      article: ARTICLES.twoPersons,
    });
  }
  requireSignOff(desk, actor);
  return actor;
}

/**
 * Refuses a decision of a case that an organ outside decides.
 * @throws {ProblemError} NOT_COMPETENT
 */
export function requireDecidedHere({ item }: Pick<Desk, 'item'>): void {
  if (item.handlingWay !== 'FORWARDED') return;
  throw problem('NOT_COMPETENT', `${item.code} is decided by an organ outside: review it and report it (转报).`, {
    article: ARTICLES.reportedOutside,
  });
}

/** What the organ outside let the desk know, or what the desk sent after. */
export interface ReportNews {
  event: ReportEventKind;
  on: Day;
  number: string | null;
  what: string | null;
  dueOn: Day | null;
}

/**
 * Records how a case goes on outside: received there, a supplement asked for, the supplement sent.
 * @throws {ProblemError} ILLEGAL_STEP, BAD_INPUT
 */
export function recordProgress(desk: Desk, file: CaseFile, news: ReportNews): Step {
  const { actor, report } = atReport(desk, file, 'REPORT_PROGRESSED');
  const { event, on, number, what, dueOn } = news;
  if (!mayProgress(report, event)) {
    const why = event === 'RECEIVED' ? 'is written down already' : 'does not follow the last supplement';
    throw problem('BAD_INPUT', `${event} ${why}.`, { article: ARTICLES.reportedOutside, field: 'event' });
  }
  if (event === 'SUPPLEMENT_ASKED' && what === null) {
    throw problem('BAD_INPUT', 'Say what the organ outside asks for.', {
      article: ARTICLES.reportedOutside,
      field: 'what',
    });
  }
  requireDay(desk, on, report.events.at(-1)?.on ?? report.sentOn, 'on');
  requireLater(dueOn, on);
  return oneLine({ action: 'REPORT_PROGRESSED', actor, note: null, data: { event, on, number, what, dueOn } });
}

/** Checks that some news may be recorded. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT */
export function mayRecordProgress(desk: Desk, file: CaseFile): void {
  atReport(desk, file, 'REPORT_PROGRESSED');
}

/** The result of the organ outside, with its document. */
export interface ReportOutcome {
  result: ReportResult;
  number: string;
  on: Day;
  reason: string | null;
  document: Material;
}

/**
 * Records the outside organ's result (转报办结). Its document is what is delivered to the applicant.
 * @throws {ProblemError} ILLEGAL_STEP, REASON_MISSING for a result other than a grant, BAD_INPUT
 */
export function recordResult(desk: Desk, file: CaseFile, outcome: ReportOutcome): Step {
  const { actor, report } = atReport(desk, file, 'REPORT_DECIDED');
  const { result, number, on, reason, document } = outcome;
  if (result !== 'GRANTED' && reason === null) {
    throw problem('REASON_MISSING', 'Say why, as the document of the organ outside does.', {
      article: ARTICLES.reasonsForRefusal,
      field: 'reason',
    });
  }
  requireDay(desk, on, report.events.at(-1)?.on ?? report.sentOn, 'on');
  const data = { result, number, on, document, reason };
  return oneLine({ action: 'REPORT_DECIDED', actor, note: reason, data });
}

/** Checks that some result may be recorded. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT */
export function mayRecordResult(desk: Desk, file: CaseFile): void {
  atReport(desk, file, 'REPORT_DECIDED');
}

/** By when the organ outside is expected to answer; null without a date, or while it waits for a supplement. */
export function reportDueAt({ report, state }: Pick<CaseFile, 'report' | 'state'>): Date | null {
  if (state !== 'REPORTED' || !report || awaitsSupplement(report)) return null;
  return report.dueOn === null ? null : endOfDay(report.dueOn);
}

function atReport(
  desk: Desk,
  file: CaseFile,
  action: 'REPORT_PROGRESSED' | 'REPORT_DECIDED',
): { actor: LogActor; report: Report } {
  const actor = atOwnCase(desk, file, 'RECORD_REPORT');
  requireFollows(file, action);
  if (desk.node !== file.decider || !file.report) throw notCompetent(desk.node, file);
  return { actor, report: file.report };
}

/** @param from the earliest day it may be */
function requireDay({ now }: Desk, day: Day, from: Day, field: string): void {
  const today = dayOf(now);
  if (day >= from && day <= today) return;
  throw problem('BAD_INPUT', `${field} is a day from ${from} to ${today}, not ${day}.`, { field });
}

function requireLater(dueOn: Day | null, than: Day): void {
  if (dueOn === null || dueOn > than) return;
  throw problem('BAD_INPUT', `dueOn lies after ${than}.`, { field: 'dueOn' });
}
