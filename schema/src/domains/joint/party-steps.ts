import type { DivisionCode } from '../../kernel/divisions.ts';
import type { PartySays, PartyWord } from './messages.ts';
import { NODE_ACTOR } from '../../case/log-line.ts';
import { problem } from '../../kernel/errors.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { clockOf } from '../../case/clock.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { isClosed } from '../../case/words.ts';
import type { AskedOpinion } from './parties.ts';
import { absenceFrom, visitOf } from './parties.ts';
import type { OpinionInput } from './steps.ts';
import { actFor, excusedUntil, jointOf, partyOf, requireAnswerable, workingDaysOn } from './step-parts.ts';
import type { Post } from '../../case/step-rules.ts';
import { oneLine, requireReason } from '../../case/step-rules.ts';

// Parties at other nodes: the words their desks sign, and how the lead's desk enters them.

const article = ARTICLES.jointHandling;

/** The desk of a party at another node. */
export type PartyDesk = Post & Pick<Desk, 'calendar'>;

/**
 * An opinion of a department that another node asked.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, OPINION_SETTLED, REASON_MISSING
 */
export function answerRequest(desk: PartyDesk, asked: AskedOpinion, { opinion, reason }: OpinionInput): PartySays {
  const actor = actFor(desk, asked.party);
  requireOpen(asked);
  requireAnswerable(asked.party, desk.now);
  if (opinion === 'OBJECT') requireReason(reason ?? '', article);
  return { says: 'OPINION', at: desk.now.toISOString(), actor, opinion, reason };
}

/**
 * An excuse for a later answer, before the deadline and once.
 * @throws {ProblemError} EXCUSE_TOO_LATE, REASON_MISSING, BAD_INPUT for a day after the case's own limit
 */
export function excuseRequest(desk: PartyDesk, asked: AskedOpinion, reason: string, days: number): PartySays {
  const actor = actFor(desk, asked.party);
  requireOpen(asked);
  excusedUntil(desk.calendar, asked.party, { reason, days, at: desk.now, limit: asked.limit });
  return { says: 'EXCUSE', at: desk.now.toISOString(), actor, reason, days };
}

/** An excuse from the visit, before it begins. @throws {ProblemError} NOT_FOUND, EXCUSE_TOO_LATE, REASON_MISSING */
export function excuseAttendance(desk: PartyDesk, asked: AskedOpinion, reason: string): PartySays {
  const actor = actFor(desk, asked.party);
  requireOpen(asked);
  const visitAt = absenceFrom(asked.visit, desk.now, reason).toISOString();
  return { says: 'ABSENCE', at: desk.now.toISOString(), actor, reason, visitAt };
}

/**
 * A party's deadline: so many working days after its node received the question, and never before the deadline in the
 * question. A limit runs from the service of its notice (送达之次日起算,《民法典》第二百零一条), so a cut link costs a party no time.
 */
export function dueFrom(calendar: Desk['calendar'], party: { dueAt: Date; days: number | null }, askedAt: Date): Date {
  if (party.days === null) return party.dueAt;
  const counted = workingDaysOn(calendar, askedAt, party.days, 'days');
  return counted > party.dueAt ? counted : party.dueAt;
}

/** A party's word, checked by the lead's node. */
export interface SignedWord {
  node: DivisionCode;
  word: PartyWord;
  jws: string;
}

/**
 * Enters a signed word of another node's party (登记外单位答复) at the lead's desk: that it has the question or knows of the
 * visit, its opinion, or its excuse. Null if the log has it already.
 * @throws {ProblemError} NOT_CUSTODIAN, CASE_IN_TRANSIT, ILLEGAL_STEP, NOT_COMPETENT, NOT_FOUND, OPINION_SETTLED,
 * EXCUSE_TOO_LATE, REASON_MISSING, BAD_INPUT
 */
export function enterWord(
  desk: Pick<Desk, 'node' | 'now' | 'divisions' | 'calendar'>,
  file: CaseFile,
  { node, word, jws }: SignedWord,
): Step | null {
  const party = partyOf(desk, file, word.party, node);
  const at = new Date(word.at);
  const signed = { party: party.number, answeredAt: word.at, answer: jws };
  switch (word.says) {
    case 'ASKED': {
      if (party.asked || party.withdrawn) return null;
      const dueAt = dueFrom(desk.calendar, party, at).toISOString();
      const data = { party: party.number, askedAt: word.at, dueAt, answer: jws };
      return oneLine({ action: 'PARTY_ASKED', actor: NODE_ACTOR, note: null, data });
    }
    case 'CALLED': {
      const visit = file.joint?.visit;
      const current = visit && visit.recorded === null && visit.at.toISOString() === word.visitAt;
      if (!current || !visit.called.includes(party.number) || visit.notified.includes(party.number)) return null;
      const data = { party: party.number, calledAt: word.at, visitAt: word.visitAt, answer: jws };
      return oneLine({ action: 'PARTY_CALLED', actor: NODE_ACTOR, note: null, data });
    }
    case 'OPINION': {
      const { actor, opinion, reason } = word;
      requireAnswerable(party, at);
      if (opinion === 'OBJECT') requireReason(reason ?? '', article);
      return oneLine({ action: 'OPINION_GIVEN', actor, note: reason, data: { ...signed, opinion, reason } });
    }
    case 'EXCUSE': {
      const { actor, reason, days } = word;
      const limit = clockOf(file, desk.calendar, desk.divisions, desk.now)?.dueAt ?? null;
      const dueAt = excusedUntil(desk.calendar, party, { reason, days, at, limit }).toISOString();
      return oneLine({ action: 'OPINION_EXCUSED', actor, note: reason, data: { ...signed, reason, dueAt } });
    }
    case 'ABSENCE': {
      const { actor, reason, visitAt } = word;
      const visit = visitOf(jointOf(file), party.number);
      absenceFrom(visit?.at.toISOString() === visitAt ? visit : null, at, reason);
      return oneLine({ action: 'VISIT_EXCUSED', actor, note: reason, data: { ...signed, reason, visitAt } });
    }
    default:
      return word satisfies never;
  }
}

/** @throws {ProblemError} OPINION_SETTLED once the case has ended */
function requireOpen({ state }: AskedOpinion): void {
  if (!isClosed(state)) return;
  throw problem('OPINION_SETTLED', `The case is ${state}; no opinion is waited for any more.`, { article });
}
