import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import type { ProblemError } from '../../kernel/errors.ts';
import { problem } from '../../kernel/errors.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { requireCustody } from '../../case/step-rules.ts';
import { isClosed } from '../../case/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { permittedRole, requireReaderOver } from '../../operation/permissions.ts';
import type { Handler } from '../caseload/rules.ts';
import { handlerOf, isHandler } from '../caseload/rules.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';
import type { AgendaItem, ItemResult, Meeting, Seat } from './meeting.ts';
import { titleOf } from './meeting.ts';
import type { MeetingKind, Presence } from './words.ts';

const article = ARTICLES.meetings;
/** Most cases on one agenda. */
export const MOST_ITEMS = 100;
/** Most people and departments of one meeting. */
export const MOST_SEATS = 100;

export interface PlanAsked {
  kind: MeetingKind;
  department: string | null;
  day: Day;
  begins: string;
  place: string;
  chair: Handler;
  people: readonly Handler[];
  departments: readonly string[];
}

/**
 * Plans a meeting, by a person who may hold one at this desk.
 * @param id random UUID
 * @throws {ProblemError} WRONG_DEPARTMENT for another department's meeting; BAD_INPUT for a day that has passed, and for
 * a joint meeting without another person or department
 */
export function planned(asked: PlanAsked, viewer: Viewer, now: Date, id: string): Meeting {
  const { kind, day, begins, place, chair, people, departments } = asked;
  if (day < dayOf(now)) throw badInput('day', `${day} has passed: a meeting is planned for today or a later day.`);
  const department = kind === 'WINDOW_HEADS' ? null : (asked.department ?? viewer.department);
  if (viewer.department !== null && department !== null && department !== viewer.department) {
    throw wrongDepartment(viewer, department);
  }
  const others = [...new Set(departments)].filter((each) => each !== department);
  const seats = seatsOf([chair, ...people], others);
  const joint = kind === 'JOINT_REVIEW' || kind === 'JOINT_CONFERENCE';
  if (joint && seats.length < 2) {
    throw badInput('departments', 'Name the departments or people that a joint meeting is held with.');
  }
  if (seats.length > MOST_SEATS) throw badInput('people', `A meeting has at most ${MOST_SEATS} seats.`);
  return {
    id,
    kind,
    department,
    day,
    begins,
    place,
    seats,
    agenda: [],
    tasks: [],
    state: 'PLANNED',
    plannedAt: now,
    plannedBy: handlerOf(viewer),
    minutes: null,
    cancelled: null,
  };
}

function seatsOf(people: readonly Handler[], departments: readonly string[]): Seat[] {
  const known = new Map(people.toReversed().map((person) => [`${person.issuer} ${person.sub}`, person]));
  const inOrder = [...new Set(people.map((person) => known.get(`${person.issuer} ${person.sub}`)))];
  const invited = [
    ...inOrder.map((person) => ({ person: person ?? null, department: null })),
    ...departments.map((department) => ({ person: null, department })),
  ];
  return invited.map((one, i) => ({ number: i + 1, ...one, presence: null, by: null }));
}

/**
 * A meeting is worked on by its department's people, by those who sit for all, by its chair, and by the person who
 * planned it.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireOfMeeting(viewer: Viewer, meeting: Meeting): void {
  const { department, plannedBy, seats } = meeting;
  if (viewer.department === null || viewer.department === department) return;
  const own = [plannedBy, seats[0]?.person ?? null].some((one) => one !== null && isHandler(one, viewer));
  if (!own) throw wrongDepartment(viewer, department);
}

/**
 * A desk's meetings are read by its own people and by the supervisors over it.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireMeetingReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requireReaderOver(viewer, 'READ_MEETINGS', node, divisions);
  if (viewer.division === node || viewer.roles.includes('SUPERVISOR')) return;
  throw problem('FORBIDDEN', `The meetings of ${node} are not open to ${viewer.division}.`, { article, node });
}

/**
 * Whether a person sees a desk's meetings beside a case: those of {@link requireMeetingReader}, with a token of their own
 * that is not limited to the case.
 */
export function isMeetingReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): boolean {
  if (viewer.actsFor !== undefined || viewer.onlyCase !== undefined) return false;
  if (permittedRole(viewer, 'READ_MEETINGS', divisions.get(viewer.division).tier) === undefined) return false;
  return viewer.division === node || (viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division));
}

/**
 * The department whose meetings, and those it is invited to, a person sees; null for all of the desk's.
 */
export function departmentSeen(viewer: Viewer): string | null {
  return viewer.roles.includes('SUPERVISOR') ? null : viewer.department;
}

/** Whether a person sees a meeting: of the department, invited, or seeing all. */
export function seesMeeting(viewer: Viewer, { department, seats, plannedBy }: Meeting): boolean {
  const seen = departmentSeen(viewer);
  if (seen === null || department === null || department === seen || isHandler(plannedBy, viewer)) return true;
  return seats.some((seat) => seat.department === seen || (seat.person !== null && isHandler(seat.person, viewer)));
}

/**
 * Checks that the desk may discuss a case: it holds it, or a department of it is a party of its joint handling.
 * @throws {ProblemError} NOT_CUSTODIAN, CASE_IN_TRANSIT; ILLEGAL_STEP for a case that has ended
 */
export function requireOwnAgenda(node: DivisionCode, file: CaseFile): void {
  const isParty = file.joint?.parties.some((party) => party.node === node) ?? false;
  if (!isParty) requireCustody(node, file);
  if (isClosed(file.state)) throw illegal(`Case ${file.number} is ${file.state}: it has ended.`);
}

/**
 * Puts a case on the agenda.
 * @throws {ProblemError} ILLEGAL_STEP for a case that stands on it; BAD_INPUT for numbers in the question
 */
export function putOn(
  meeting: Meeting,
  about: Pick<AgendaItem, 'caseId' | 'caseNumber' | 'item'>,
  question: string,
  number: number,
): AgendaItem {
  requirePlanned(meeting);
  requireNoPersonalData(question, 'question');
  if (meeting.agenda.some(({ caseId }) => caseId === about.caseId)) {
    throw illegal(`Case ${about.caseNumber} is on this agenda already.`);
  }
  if (meeting.agenda.length >= MOST_ITEMS) throw badInput('case', `An agenda has at most ${MOST_ITEMS} cases.`);
  return { number, ...about, question, result: null };
}

/** One case of the agenda of a meeting that is not closed. @throws {ProblemError} NOT_FOUND, ILLEGAL_STEP */
export function openItem(meeting: Meeting, number: number): AgendaItem {
  requirePlanned(meeting);
  const found = meeting.agenda.find((item) => item.number === number);
  if (found) return found;
  throw problem('NOT_FOUND', `${titleOf(meeting)} has no item ${number} on its agenda.`, {
    article,
    field: 'agendaItem',
  });
}

/**
 * Records what the meeting found on a case; until the meeting is closed, another result replaces it.
 * @throws {ProblemError} NOT_FOUND, ILLEGAL_STEP; REASON_MISSING for a refusal or a deferral without one; BAD_INPUT for
 * conditions that do not go with the outcome, and for numbers in a text
 */
export function resolved(meeting: Meeting, number: number, result: ItemResult, now: Date): AgendaItem {
  const item = openItem(meeting, number);
  requireBegun(meeting, now);
  const { outcome, reason, conditions } = result;
  if ((outcome === 'REFUSED' || outcome === 'DEFERRED') && reason === null) {
    throw problem('REASON_MISSING', `Say why it is ${outcome}.`, { article, field: 'reason' });
  }
  const conditional = outcome === 'AGREED_WITH_CONDITIONS';
  if (conditional && conditions.length === 0) throw badInput('conditions', 'Name what the agreement depends on.');
  if (!conditional && conditions.length > 0) throw badInput('conditions', `${outcome} depends on no conditions.`);
  if (reason !== null) requireNoPersonalData(reason, 'reason');
  for (const condition of conditions) requireNoPersonalData(condition, 'conditions');
  return { ...item, result };
}

/** Attendance of one seat, as it is told. */
export interface AttendanceAsked {
  seat: number;
  presence: Presence;
  by: string | null;
}

/**
 * Records who came; until the meeting is closed, another record replaces it. A department that came, and a person who is
 * represented, names who sat there.
 * @throws {ProblemError} NOT_FOUND for a seat there is not, ILLEGAL_STEP, BAD_INPUT
 */
export function attended(meeting: Meeting, asked: readonly AttendanceAsked[], now: Date): Meeting {
  requirePlanned(meeting);
  requireBegun(meeting, now);
  const told = new Map(asked.map((one) => [one.seat, one]));
  const unknown = asked.find(({ seat }) => !meeting.seats.some(({ number }) => number === seat));
  if (unknown) {
    throw problem('NOT_FOUND', `${titleOf(meeting)} has no seat ${unknown.seat}.`, { article, field: 'attendance' });
  }
  return {
    ...meeting,
    seats: meeting.seats.map((seat) => {
      const one = told.get(seat.number);
      if (!one) return seat;
      const { presence, by } = one;
      const named = presence === 'REPRESENTED' || (presence === 'PRESENT' && seat.person === null);
      if (named && by === null) throw badInput('attendance', `Name who sat on seat ${seat.number}.`);
      if (!named && by !== null) throw badInput('attendance', `Seat ${seat.number} is ${presence}: name no other.`);
      return { ...seat, presence, by };
    }),
  };
}

/** What a meeting lacks to be closed, in words; empty if it lacks nothing. */
export function lackingToClose({ seats, agenda }: Meeting): string[] {
  const unmarked = seats.filter(({ presence }) => presence === null).map(({ number }) => number);
  const chaired = seats.some(({ number, presence }) => number === 1 && presence !== 'EXCUSED' && presence !== 'ABSENT');
  const open = agenda.filter(({ result }) => result === null).map(({ number }) => number);
  return [
    ...(unmarked.length === 0 ? [] : [`the attendance of seats ${unmarked.join(', ')}`]),
    ...(chaired ? [] : ['a chair: the chair did not come and has no stand-in']),
    ...(open.length === 0 ? [] : [`the outcome of items ${open.join(', ')}`]),
  ];
}

/**
 * Checks that a meeting may be closed.
 * @throws {ProblemError} ILLEGAL_STEP unless it is planned and its day has come; MEETING_INCOMPLETE
 */
export function requireClosable(meeting: Meeting, now: Date): void {
  requirePlanned(meeting);
  requireBegun(meeting, now);
  const lacking = lackingToClose(meeting);
  if (lacking.length === 0) return;
  throw problem('MEETING_INCOMPLETE', `${titleOf(meeting)} lacks ${lacking.join('; ')}.`, { article });
}

/** Cancels a meeting that was not held. @throws {ProblemError} ILLEGAL_STEP, BAD_INPUT */
export function cancelled(meeting: Meeting, reason: string, by: string, now: Date): Meeting {
  requirePlanned(meeting);
  requireNoPersonalData(reason, 'reason');
  return { ...meeting, state: 'CANCELLED', cancelled: { at: now, by, reason } };
}

/** Nothing of a meeting changes after it was closed or cancelled. @throws {ProblemError} ILLEGAL_STEP */
export function requirePlanned(meeting: Meeting): void {
  if (meeting.state === 'PLANNED') return;
  throw illegal(`${titleOf(meeting)} is ${meeting.state}: nothing of it changes.`);
}

function requireBegun(meeting: Meeting, now: Date): void {
  if (meeting.day <= dayOf(now)) return;
  throw illegal(`${titleOf(meeting)} has not begun.`);
}

function wrongDepartment({ department }: Viewer, of: string | null): ProblemError {
  const whose = of === null ? 'the whole desk' : of;
  return problem('WRONG_DEPARTMENT', `The meeting is ${whose}'s; this person is of ${department ?? 'no department'}.`, {
    article,
  });
}

const illegal = (why: string) => problem('ILLEGAL_STEP', `${why.charAt(0).toUpperCase()}${why.slice(1)}`, { article });
const badInput = (field: string, why: string) => problem('BAD_INPUT', why, { article, field });
