import { ARTICLES } from '../../kernel/articles.ts';
import type { Day, OfficialCalendar } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';
import { problem } from '../../kernel/errors.ts';
import { countDays, lastDayOf } from '../../kernel/limits.ts';
import type { LightLevel } from '../sharing/light-words.ts';
import type { EnquiryKind, TimedKind } from './words.ts';
import { TIMED_KINDS } from './words.ts';

/** Working days within which an answer is due where the node has not set its own. */
export const ANSWER_DAYS: Readonly<Record<TimedKind, number>> = { QUESTION: 5, SUGGESTION: 10 };
/** Most questions and suggestions that a node takes online in a day: whoever sends more fills its disk. */
export const MOST_ONLINE_A_DAY = 500;

/** A node's term for answers, in working days. */
export interface AnswerTerm {
  kind: TimedKind;
  days: number;
}

/** The terms of a node: its own, and the usual ones where it set none. */
export function termsOf(own: readonly AnswerTerm[]): AnswerTerm[] {
  return TIMED_KINDS.map((kind) => ({ kind, days: own.find((t) => t.kind === kind)?.days ?? ANSWER_DAYS[kind] }));
}

/**
 * The last day for the answer; null for an enquiry at the desk, which is answered while the asker stands there. The day
 * it was asked does not count (民法典 Art. 201).
 */
export function answerDueOn(
  kind: EnquiryKind,
  askedAt: Date,
  own: readonly AnswerTerm[],
  calendar: OfficialCalendar,
): Day | null {
  const term = termsOf(own).find((t) => t.kind === kind);
  return term ? lastDayOf(dayOf(askedAt), { days: term.days, unit: 'WORKDAY' }, calendar).day : null;
}

/** 预警: yellow when one working day or less is left, red when the term has passed; null in time, or when answered. */
export function answerLight(
  { dueOn, reportedAt }: { dueOn: Day | null; reportedAt: Date | null },
  now: Date,
  calendar: OfficialCalendar,
): LightLevel | null {
  if (dueOn === null || reportedAt !== null) return null;
  const today = dayOf(now);
  if (today > dueOn) return 'RED';
  return countDays(today, dueOn, 'WORKDAY', calendar) <= 1 ? 'YELLOW' : null;
}

/**
 * Checks that a node takes one more online today.
 * @param today how many it took already
 * @throws {ProblemError} RATE_LIMITED
 */
export function requireRoomOnline(today: number): void {
  if (today < MOST_ONLINE_A_DAY) return;
  throw problem('RATE_LIMITED', 'This desk takes no more questions online today.', { article: ARTICLES.firstAsked });
}
