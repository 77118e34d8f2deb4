import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import { NODE_ACTOR } from '../../case/log-line.ts';
import type { LogActor } from '../../case/log-line.ts';
import type { Attendance, ObjectionEnd, PartyAsk, PartyOpinion, ProjectStage } from './words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import { clockOf } from '../../case/clock.ts';
import type { Desk, LineDraft, Step } from '../../case/step-context.ts';
import type { Correction, JointHandling, Party, SiteVisit } from './rules.ts';
import { effectOfSilence, isOutstanding, lapsable, openObjections } from './rules.ts';
import { STAGE_LEADS } from './leads.ts';
import { absenceFrom, visitOf } from './parties.ts';
import { departmentsOf } from '../../operation/permissions.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';
import { actFor, excusedUntil, findParty, jointOf, partyOf, requireAnswerable, workingDaysOn } from './step-parts.ts';
import { actAs, atOwnCase, oneLine, requireFollows, requireReason } from '../../case/step-rules.ts';

const article = ARTICLES.jointHandling;

export interface JointOpening {
  /** The stage of a construction project, whose lead the table names; null if the item's own department leads. */
  stage: ProjectStage | null;
  parties: {
    /** Null for the lead's own node. */
    node: DivisionCode | null;
    department: string;
    ask: PartyAsk;
    /** Working days for the answer, from tomorrow on. */
    days: number;
    /** Names of the case's materials that another node's party may see; left out for all. */
    materials?: readonly string[] | null;
  }[];
}

/**
 * Opens joint handling (启动联合办理) and asks all parties at once, each with its deadline.
 * @throws {ProblemError} JOINT_REPEATED, JOINT_INCOMPLETE, WRONG_DEPARTMENT for a department that does not lead the
 * stage, BAD_INPUT for a deadline outside the case's own limit, or a party that is not an organ
 */
export function openJoint(desk: Desk, file: CaseFile, { stage, parties: named }: JointOpening): Step {
  const actor = mayOpenJoint(desk, file);
  const lead = stage === null ? (departmentsOf(desk.item.department)[0] ?? desk.item.department) : STAGE_LEADS[stage];
  if (stage !== null && desk.viewer.department !== lead) {
    throw problem('WRONG_DEPARTMENT', `${lead} leads this stage, not ${desk.viewer.department ?? 'this window'}.`, {
      article: ARTICLES.projectLeads,
      field: 'stage',
    });
  }
  const parties = named.map((party) => ({ ...party, node: party.node ?? desk.node }));
  const { departments = [], silentApproval = false, absenceDefault = false } = desk.item.bundle ?? {};
  const unasked = departments.filter((name) => !parties.some((p) => p.department === name));
  if (unasked.length > 0 || parties.length === 0) {
    throw problem('JOINT_INCOMPLETE', `Not asked: ${unasked.join('、') || 'any department'}.`, {
      article,
      field: 'parties',
    });
  }
  const due = clockOf(file, desk.calendar, desk.divisions, desk.now)?.dueAt;
  const asked = parties.map(({ days, materials = null, ...party }, index) => {
    const field = `parties.${index}`;
    const twice = parties.findIndex((p) => p.node === party.node && p.department === party.department) < index;
    if (twice) throw problem('BAD_INPUT', `${party.department} is asked twice.`, { field });
    if (desk.divisions.get(party.node).tier === 'VILLAGE') {
      throw problem('BAD_INPUT', `${party.node} is no administrative organ.`, { field, article: ARTICLES.organsOnly });
    }
    if (party.department.trim() === '') throw problem('BAD_INPUT', 'Name the department.', { field });
    const dueAt = workingDaysOn(desk.calendar, desk.now, days, field);
    if (due && dueAt > due) {
      throw problem('BAD_INPUT', `${days} working days end after the case's own limit (${dayOf(due)}).`, { field });
    }
    const one = { party: index + 1, ...party, dueAt: dueAt.toISOString() };
    if (party.node === desk.node) return one;
    if (materials === null) return { ...one, days };
    const unknown = materials.find((name) => !file.materials.some((m) => m.name === name));
    if (unknown !== undefined) {
      throw problem('BAD_INPUT', `The case has no material ${unknown}.`, { field: `${field}.materials` });
    }
    const shown = file.materials.filter((m) => materials.includes(m.name)).map((m) => m.sha256);
    return { ...one, days, materials: shown };
  });
  const data = { lead, stage, silentApproval, absenceDefault, parties: asked };
  return oneLine({ action: 'JOINT_OPENED', actor, note: null, data });
}

/**
 * The person who opens joint handling, with any parties. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT,
 * JOINT_REPEATED
 */
export function mayOpenJoint(desk: Desk, file: CaseFile): LogActor {
  const actor = atOwnCase(desk, file, 'LEAD_JOINT');
  requireFollows(file, 'JOINT_OPENED');
  if (desk.node !== file.decider) throw notCompetent(desk.node, file);
  if (file.joint) throw problem('JOINT_REPEATED', 'Joint handling of this case is open already.', { article });
  return actor;
}

export interface OpinionInput {
  party: number;
  opinion: PartyOpinion;
  /** Needed for an objection. */
  reason: string | null;
}

/**
 * Gives a party's opinion (部门意见), by a person of that department; an objection gives its reason.
 * @throws {ProblemError} NOT_FOUND, OPINION_SETTLED, WRONG_DEPARTMENT, REASON_MISSING
 */
export function giveOpinion(desk: Desk, file: CaseFile, { party: number, opinion, reason }: OpinionInput): Step {
  const { actor, party } = asParty(desk, file, number, 'OPINION_GIVEN');
  requireAnswerable(party, null);
  if (opinion === 'OBJECT') requireReason(reason ?? '', article);
  return oneLine({ action: 'OPINION_GIVEN', actor, note: reason, data: { party: number, opinion, reason } });
}

/**
 * Excuses a party (说明正当理由) before its deadline, once; it gets a new one within the case's own limit.
 * @param days working days added to the old deadline
 * @throws {ProblemError} EXCUSE_TOO_LATE, REASON_MISSING, BAD_INPUT
 */
export function excuseOpinion(desk: Desk, file: CaseFile, number: number, reason: string, days: number): Step {
  const { actor, party } = asParty(desk, file, number, 'OPINION_EXCUSED');
  const limit = clockOf(file, desk.calendar, desk.divisions, desk.now)?.dueAt ?? null;
  const dueAt = excusedUntil(desk.calendar, party, { reason, days, at: desk.now, limit });
  const data = { party: number, reason, dueAt: dueAt.toISOString() };
  return oneLine({ action: 'OPINION_EXCUSED', actor, note: reason, data });
}

/**
 * The effect of silence past a deadline (超时默许): consent if the item says so, else the party stays overdue; null if no
 * party is late.
 */
export function lapseOpinions(desk: Pick<Desk, 'node' | 'now'>, file: CaseFile): Step | null {
  const { joint } = file;
  const rests = file.custodian === desk.node && file.inTransitTo === null && file.state === 'ACCEPTED';
  if (!joint || !rests) return null;
  const [first, ...rest] = lapsable(joint)
    .filter((p) => desk.now > p.dueAt)
    .map((p): LineDraft => {
      const effect = effectOfSilence(joint, p);
      const note = `${p.department}逾期未答复,${effect === 'CONSENT' ? '视为同意' : '仍须答复'}`;
      return { action: 'OPINION_LAPSED', actor: NODE_ACTOR, note, data: { party: p.number, effect } };
    });
  return first ? { lines: [first, ...rest], handOff: null } : null;
}

/** Calls the parties to the one joint visit (联合踏勘); may be moved until it is recorded. */
export function scheduleVisit(desk: Desk, file: CaseFile, visit: { at: Date; place: string; parties: number[] }): Step {
  const { actor, joint } = mayScheduleVisit(desk, file);
  if (visit.at <= desk.now) throw problem('BAD_INPUT', 'The visit lies ahead.', { field: 'at' });
  if (visit.place.trim() === '') throw problem('BAD_INPUT', 'Name the place.', { field: 'place' });
  if (visit.parties.length === 0 || new Set(visit.parties).size < visit.parties.length) {
    throw problem('BAD_INPUT', 'Name each party once.', { field: 'parties' });
  }
  for (const number of visit.parties) {
    if (findParty(joint, number).withdrawn === null) continue;
    throw problem('OPINION_SETTLED', `The question to party ${number} was taken back.`, { article, field: 'parties' });
  }
  return oneLine({ action: 'VISIT_SCHEDULED', actor, note: null, data: { ...visit, at: visit.at.toISOString() } });
}

/** The person who calls the visit, at any time. @throws {ProblemError} ILLEGAL_STEP, JOINT_MISSING, JOINT_REPEATED */
export function mayScheduleVisit(desk: Desk, file: CaseFile): ByLead {
  const lead = asLead(desk, file, 'VISIT_SCHEDULED');
  if (!lead.joint.visit?.recorded) return lead;
  throw problem('JOINT_REPEATED', 'The visit is recorded; there is one.', { article });
}

export interface VisitRecord {
  record: string;
  attendance: { party: number; as: Attendance; reason: string | null }[];
  corrections: { party: number; text: string; mandatory: boolean }[];
}

/**
 * Records the visit: who came, and the one list of corrections (一次性整改意见) by the parties who came.
 * @throws {ProblemError} NOT_FOUND without a visit; JOINT_REPEATED, JOINT_INCOMPLETE, REASON_MISSING, BAD_INPUT
 */
export function recordVisit(desk: Desk, file: CaseFile, record: VisitRecord): Step {
  const { actor, visit } = mayRecordVisit(desk, file);
  if (record.record.trim() === '') throw problem('BAD_INPUT', 'Say what the visit found.', { field: 'record' });
  const named = record.attendance.map((a) => a.party);
  if (named.length !== visit.called.length || !visit.called.every((n) => named.includes(n))) {
    throw problem('JOINT_INCOMPLETE', 'Say of each party that was called whether it came.', {
      article,
      field: 'attendance',
    });
  }
  const said = record.attendance.findIndex((a) => a.as === 'ABSENT' && visit.excused.some((e) => e.party === a.party));
  if (said >= 0) {
    const field = `attendance.${said}.as`;
    throw problem('BAD_INPUT', 'This party excused itself beforehand; its absence is not unexcused.', {
      article,
      field,
    });
  }
  record.attendance.forEach((a, index) => {
    if (a.as !== 'EXCUSED' || a.reason?.trim()) return;
    throw problem('REASON_MISSING', 'Give the reason of an excuse.', { article, field: `attendance.${index}.reason` });
  });
  record.corrections.forEach((c, index) => {
    const came = record.attendance.some((a) => a.party === c.party && a.as === 'PRESENT');
    if (came && c.text.trim() !== '') return;
    throw problem('BAD_INPUT', 'A correction has a text, and comes from a party that was there.', {
      field: `corrections.${index}`,
    });
  });
  return oneLine({ action: 'VISIT_RECORDED', actor, note: record.record, data: { ...record } });
}

/**
 * The person who records a visit, with any findings, and that visit.
 * @throws {ProblemError} ILLEGAL_STEP, JOINT_MISSING, NOT_FOUND, JOINT_REPEATED, BAD_INPUT before the visit
 */
export function mayRecordVisit(desk: Desk, file: CaseFile): { actor: LogActor; visit: SiteVisit } {
  const { actor, joint } = asLead(desk, file, 'VISIT_RECORDED');
  const { visit } = joint;
  if (!visit) throw problem('NOT_FOUND', 'No visit was called.', { article });
  if (visit.recorded)
    throw problem('JOINT_REPEATED', 'The visit is recorded; corrections are named once.', { article });
  if (desk.now < visit.at) throw problem('BAD_INPUT', 'The visit has not been yet.', { field: 'attendance' });
  return { actor, visit };
}

/**
 * Excuses a party from the visit in advance (踏勘请假); its absence then has no effect.
 * @throws {ProblemError} NOT_FOUND, WRONG_DEPARTMENT, EXCUSE_TOO_LATE, REASON_MISSING
 */
export function excuseFromVisit(desk: Desk, file: CaseFile, number: number, reason: string): Step {
  const { actor } = asParty(desk, file, number, 'VISIT_EXCUSED');
  const visitAt = absenceFrom(visitOf(jointOf(file), number), desk.now, reason);
  const data = { party: number, visitAt: visitAt.toISOString(), reason };
  return oneLine({ action: 'VISIT_EXCUSED', actor, note: reason, data });
}

/** Confirms that a correction is made (整改完成), with evidence. @throws {ProblemError} NOT_FOUND, REASON_MISSING */
export function confirmCorrection(desk: Desk, file: CaseFile, correction: number, evidence: string): Step {
  const { actor, open } = mayConfirmCorrection(desk, file);
  if (!open.some((c) => c.number === correction)) {
    throw problem('NOT_FOUND', `No correction ${correction} is open.`, { field: 'correction' });
  }
  requireReason(evidence, article);
  return oneLine({ action: 'CORRECTION_MADE', actor, note: evidence, data: { correction, evidence } });
}

/**
 * The person who confirms a correction, and the open corrections, of which there is at least one.
 * @throws {ProblemError} ILLEGAL_STEP, JOINT_MISSING, NOT_FOUND
 */
export function mayConfirmCorrection(desk: Desk, file: CaseFile): { actor: LogActor; open: Correction[] } {
  const { actor, joint } = asLead(desk, file, 'CORRECTION_MADE');
  const open = joint.corrections.filter((c) => c.made === null);
  if (open.length > 0) return { actor, open };
  throw problem('NOT_FOUND', 'No correction is open.', { field: 'correction' });
}

/**
 * Resolves an objection (协调异议), by the lead's chief. The lead can't settle an objection in a statutory decision: it is
 * upheld, or its own party takes it back.
 * @throws {ProblemError} NOT_FOUND, NOT_COMPETENT, REASON_MISSING
 */
export function resolveObjection(
  desk: Desk,
  file: CaseFile,
  { party: number, end, resolution }: { party: number; end: ObjectionEnd; resolution: string },
): Step {
  const { actor, joint } = mayResolveObjection(desk, file);
  const party = findParty(joint, number);
  if (party.given?.opinion !== 'OBJECT' || party.resolved) {
    throw problem('NOT_FOUND', `Party ${number} has no objection to resolve.`, { field: 'party' });
  }
  if (party.ask === 'STATUTORY' && end === 'SETTLED') {
    throw problem('NOT_COMPETENT', `${party.department} decides this by law; only it takes its objection back.`, {
      article,
      field: 'end',
    });
  }
  requireReason(resolution, article);
  return oneLine({ action: 'OBJECTION_RESOLVED', actor, note: resolution, data: { party: number, end, resolution } });
}

/**
 * The person who resolves an objection, if at least one is open.
 * @throws {ProblemError} ILLEGAL_STEP, JOINT_MISSING, NOT_FOUND
 */
export function mayResolveObjection(desk: Desk, file: CaseFile): ByLead {
  const lead = asLead(desk, file, 'OBJECTION_RESOLVED');
  if (openObjections(lead.joint).length > 0) return lead;
  throw problem('NOT_FOUND', 'No objection is to be resolved.', { field: 'party' });
}

/**
 * Takes an unanswered question back (撤回征询), for example from a node that can't be reached. The lead no longer waits for
 * this party, and the visit no longer includes it. A statutory decision can't be taken back, because only its party can
 * make it; nor can the only question to a department the item names.
 * @throws {ProblemError} NOT_FOUND, OPINION_SETTLED, NOT_COMPETENT, JOINT_INCOMPLETE, REASON_MISSING, BAD_INPUT
 */
export function withdrawQuestion(desk: Desk, file: CaseFile, number: number, reason: string): Step {
  const { actor, joint } = asLead(desk, file, 'QUESTION_WITHDRAWN');
  const party = findParty(joint, number);
  if (!isOutstanding(party)) {
    throw problem('OPINION_SETTLED', `Nothing is waited for of ${party.department}.`, { article, field: 'party' });
  }
  if (party.ask === 'STATUTORY') {
    throw problem('NOT_COMPETENT', `${party.department} decides this by law; the case waits for it.`, {
      article,
      field: 'party',
    });
  }
  const others = joint.parties.filter((p) => p !== party && p.withdrawn === null);
  const named = desk.item.bundle?.departments.includes(party.department) ?? false;
  if (named && !others.some((p) => p.department === party.department)) {
    throw problem('JOINT_INCOMPLETE', `${file.item} is handled with ${party.department}.`, { article, field: 'party' });
  }
  requireReason(reason, article);
  requireNoPersonalData(reason, 'reason');
  return oneLine({ action: 'QUESTION_WITHDRAWN', actor, note: reason, data: { party: number, reason } });
}

const LEADS_BY = {
  VISIT_SCHEDULED: 'LEAD_JOINT',
  VISIT_RECORDED: 'LEAD_JOINT',
  CORRECTION_MADE: 'LEAD_JOINT',
  OBJECTION_RESOLVED: 'RESOLVE_OBJECTION',
  QUESTION_WITHDRAWN: 'WITHDRAW_QUESTION',
} as const;

interface ByLead {
  actor: LogActor;
  joint: JointHandling;
}

function asLead(desk: Desk, file: CaseFile, line: keyof typeof LEADS_BY): ByLead {
  const actor = atOwnCase(desk, file, LEADS_BY[line]);
  requireFollows(file, line);
  return { actor, joint: jointOf(file) };
}

/**
 * Checks that the person belongs to the party's department at the lead's node; the item itself belongs to another
 * department.
 */
function asParty(
  desk: Desk,
  file: CaseFile,
  number: number,
  line: 'OPINION_GIVEN' | 'OPINION_EXCUSED' | 'VISIT_EXCUSED',
): { actor: LogActor; party: Party } {
  // the person's right is checked first, because its refusal reveals nothing about the case
  actAs(desk, 'GIVE_OPINION', file);
  const party = partyOf(desk, file, number, desk.node);
  requireFollows(file, line);
  return { actor: actFor(desk, party), party };
}
