import { problem } from '../../kernel/errors.ts';
import type { OpinionNotice, PartyWord } from './messages.ts';
import type { LogLine, Material } from '../../case/log-line.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import type { Attendance, RequestState } from './words.ts';
import type { CaseState } from '../../case/words.ts';
import { isClosed } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf, endOfDay, plusDays } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { JointHandling, Party } from './rules.ts';
import { isOutstanding } from './rules.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requireOneOf, requireOwnDesk, requirePermission } from '../../operation/permissions.ts';

// 征求意见: a party's knowledge of its question, at the lead's node or at its own.

/**
 * The department whose questions a person may read at a node: the person's own. Null means all departments: for
 * supervisors, and for a person of no department at a township's comprehensive window.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT for a person of no department elsewhere
 */
export function readableDepartment(viewer: Viewer, node: DivisionCode, divisions: Divisions): string | null {
  requirePermission(viewer, 'READ_OPINIONS', divisions.get(viewer.division).tier);
  if (viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division)) return null;
  requireOwnDesk(viewer, node);
  // without a department the rule is asked for any one: it allows a township's window, and refuses higher organs
  if (viewer.department === null) requireOneOf(viewer, ['任何部门'], divisions.get(node).tier);
  return viewer.department;
}

/**
 * A question is read by the people of the department that was asked, and by supervisors.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT
 */
export function requireRequestReader(
  viewer: Viewer,
  node: DivisionCode,
  department: string,
  divisions: Divisions,
): void {
  const own = readableDepartment(viewer, node, divisions);
  if (own !== null) requireOneOf(viewer, [department], divisions.get(node).tier);
}

/** The visit a party is called to, as far as its node knows it. */
export interface PartyVisit {
  at: Date;
  place: string;
  /** The reason why it can't come; null without an excuse. */
  excuse: string | null;
  /** The recorded attendance; null until it is recorded. */
  as: Attendance | null;
}

/** A question to one department, as the asked desk stores it. */
export interface AskedOpinion {
  case: string;
  number: string;
  item: string;
  /** SHA-256 of the signed line that opened joint handling. */
  opened: string;
  leadNode: DivisionCode;
  lead: string;
  /** The party's standing in the lead's log, with this desk's own later words. */
  party: Party;
  visit: PartyVisit | null;
  state: CaseState;
  /** The case's own limit when the party was asked, which no excuse may exceed; null if the case has no limit. */
  limit: Date | null;
}

/** Materials of a case that another node's party may see: those the lead named, else all. */
export function shownMaterials(file: Pick<CaseFile, 'materials'>, { materials }: Pick<Party, 'materials'>): Material[] {
  return materials === null ? file.materials : file.materials.filter((m) => materials.includes(m.sha256));
}

/** The visit, as one party knows it; null if it is not called to one. */
export function visitOf({ visit }: Pick<JointHandling, 'visit'>, party: number): PartyVisit | null {
  if (!visit?.called.includes(party)) return null;
  const excuse = visit.excused.find((e) => e.party === party)?.reason ?? null;
  const as = visit.recorded?.attendance.find((a) => a.party === party)?.as ?? null;
  return { at: visit.at, place: visit.place, excuse, as };
}

/**
 * A party's current standing, for its node. Each notice is complete, so the newest replaces all earlier ones.
 * @param opened SHA-256 of the signed line that opened joint handling
 */
export function partyStandingOf(file: CaseFile, opened: string, party: Party): OpinionNotice {
  const visit = file.joint ? visitOf(file.joint, party.number) : null;
  return { case: file.id, opened, asOf: file.lastAt, seq: file.seq, state: file.state, standing: party, visit };
}

/**
 * How long a party's node keeps the data it was shown after the question is over, in plain days. An applicant may ask
 * for reconsideration for 60 days (行政复议法 Art. 20), and then the answer is needed; longer storage is not allowed
 * (个人信息保护法 Art. 19, 47). The lead keeps the whole file.
 */
export const SHOWN_DAYS = 90;

/** Until when a party's node keeps the data it was shown; null while the question is open. */
export function shownUntil({ state, asOf, standing }: OpinionNotice): Date | null {
  const over = isClosed(state) ? asOf : (standing.withdrawn?.at ?? null);
  return over === null ? null : endOfDay(plusDays(dayOf(over), SHOWN_DAYS));
}

/** Whether a notice is not older than another on the same question. */
export function isAsNew(notice: OpinionNotice, held: OpinionNotice): boolean {
  const ahead = notice.asOf.getTime() - held.asOf.getTime();
  return ahead > 0 || (ahead === 0 && notice.seq >= held.seq);
}

/** Whether two notices give a party the same standing. */
export function sameStanding(one: OpinionNotice, other: OpinionNotice): boolean {
  const told = ({ standing, visit, state }: OpinionNotice) =>
    JSON.stringify([standing, visit, isClosed(state) ? state : null]);
  return told(one) === told(other);
}

/** The state of a question at the desk that was asked. */
export function requestStateOf({ party, state }: Pick<AskedOpinion, 'party' | 'state'>): RequestState {
  if (party.given !== null) return 'ANSWERED';
  if (party.withdrawn !== null) return 'WITHDRAWN';
  if (isClosed(state)) return 'ENDED';
  return isOutstanding(party) ? 'WAITING' : 'LAPSED';
}

/**
 * A party as its own desk knows it: the lead's log, plus the desk's own words that are under way, or were accepted but
 * are not in that log yet.
 * @param words signed words of this party that the lead has not refused, oldest first
 */
export function withOwnWords(
  { party, visit }: Pick<AskedOpinion, 'party' | 'visit'>,
  words: readonly { word: PartyWord; jws: string }[],
): Pick<AskedOpinion, 'party' | 'visit'> {
  return words.reduce<Pick<AskedOpinion, 'party' | 'visit'>>(
    (known, { word, jws }) => {
      const at = new Date(word.at);
      switch (word.says) {
        case 'OPINION': {
          if (known.party.given !== null && known.party.given.at >= at) return known;
          const { actor, opinion, reason } = word;
          return { ...known, party: { ...known.party, given: { at, actor, opinion, reason, answer: jws } } };
        }
        case 'EXCUSE': {
          if (known.party.excuse !== null) return known;
          const excuse = { at, reason: word.reason, dueBefore: known.party.dueAt };
          return { ...known, party: { ...known.party, excuse } };
        }
        case 'ABSENCE': {
          const same = known.visit?.at.getTime() === new Date(word.visitAt).getTime();
          return known.visit && same ? { ...known, visit: { ...known.visit, excuse: word.reason } } : known;
        }
        case 'ASKED':
        case 'CALLED':
          return known;
        default:
          return word satisfies never;
      }
    },
    { party, visit },
  );
}

/**
 * The visit a person says they can't attend: it is still ahead, and they have not been excused yet.
 * @throws {ProblemError} NOT_FOUND, EXCUSE_TOO_LATE, REASON_MISSING
 */
export function absenceFrom(visit: PartyVisit | null, now: Date, reason: string): Date {
  const article = ARTICLES.jointHandling;
  if (!visit || visit.as !== null) {
    throw problem('NOT_FOUND', 'This party is called to no visit that is still to come.', { article, field: 'party' });
  }
  if (visit.excuse !== null || now > visit.at) {
    throw problem('EXCUSE_TOO_LATE', 'A party excuses itself from the visit once, and before it begins.', { article });
  }
  if (reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { article, field: 'reason' });
  return visit.at;
}

/** The signed word of another node's party that a line rests on; null if it rests on none. */
export function wordBehind(line: LogLine): string | null {
  return 'answer' in line.data ? (line.data.answer ?? null) : null;
}

/**
 * Whether a line says exactly what its party signed, on this question.
 * @param party the party that was asked, by the line that opened joint handling
 * @param opened SHA-256 of that signed line
 */
export function saysTheSame(
  line: LogLine,
  word: PartyWord,
  party: Pick<Party, 'number' | 'node' | 'department'>,
  opened: string,
): boolean {
  const same =
    word.case === line.case &&
    word.opened === opened &&
    word.party === party.number &&
    word.node === party.node &&
    word.department === party.department;
  if (!same || !('party' in line.data) || line.data.party !== party.number) return false;
  switch (line.action) {
    case 'PARTY_ASKED':
      return word.says === 'ASKED' && word.at === line.data.askedAt;
    case 'PARTY_CALLED':
      return word.says === 'CALLED' && word.at === line.data.calledAt && word.visitAt === line.data.visitAt;
    case 'OPINION_GIVEN':
      return word.says === 'OPINION' && spoken(line.data, word) && word.opinion === line.data.opinion;
    case 'OPINION_EXCUSED':
      return word.says === 'EXCUSE' && spoken(line.data, word);
    case 'VISIT_EXCUSED':
      return word.says === 'ABSENCE' && spoken(line.data, word) && word.visitAt === line.data.visitAt;
    default:
      return false;
  }

  function spoken(
    data: { answeredAt?: string | undefined; reason: string | null },
    { at, reason, actor }: { at: string; reason: string | null; actor: { sub: string; role: string | null } },
  ): boolean {
    const who = actor.sub === line.actor.sub && actor.role === line.actor.role;
    return who && data.answeredAt === at && data.reason === reason;
  }
}
