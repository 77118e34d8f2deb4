import type { DivisionCode, Divisions } from '../divisions.ts';
import type { DayUnit, Tier } from '../vocabulary.ts';
import type { Day, OfficialCalendar } from './calendar.ts';
import { dayOf, endOfDay, plusDays } from './calendar.ts';
import type { CaseFile } from './case-state.ts';
import type { Limit } from './limits.ts';
import { countDays, dueInstant, lastDayOf } from './limits.ts';

/** What one desk used of the time (分级用时). */
export interface DeskTime {
  node: DivisionCode;
  tier: Tier;
  /** Days of the clock's unit that ended while this desk held the case. */
  usedDays: number;
  /** The desk's own limit where the law gives one (first review of a licence: Art. 43); null elsewhere. */
  limit: Limit | null;
}

/** The clock of an accepted case (办理时限), counted by the official calendar. */
export interface Clock {
  /** The day acceptance counts from. */
  startedOn: Day;
  promised: Limit;
  statutory: Limit | null;
  /** End of the promise's last day; of a promise in half days 12:00 or 17:30 ({@link dueInstant}). */
  dueAt: Date;
  /** End of the statute's last day; null where the item's basis names no days. */
  statutoryDueAt: Date | null;
  /** Whether a date depends on a year whose calendar is not out yet; such dates are recomputed when it is. */
  provisional: boolean;
  unit: DayUnit;
  /**
   * Days of the unit until the promise ends: 0 on its last day and on days of rest behind it, negative once a counted
   * day has passed; frozen when the case closed.
   */
  remainingDays: number;
  usedDays: number;
  overdue: boolean;
  desks: DeskTime[];
}

/** The lower organ's own limit for the first review of a licence: 20 working days from acceptance (Art. 43). */
export const FIRST_REVIEW_LIMIT: Limit = { days: 20, unit: 'WORKDAY' };

/** Working days in which missing materials must be named (Art. 32). */
export const ONE_TIME_NOTICE_LIMIT: Limit = { days: 5, unit: 'WORKDAY' };

/**
 * The clock of a case; null before it is accepted. Pure: the same file, calendar and instant give the same clock on
 * every node.
 */
export function clockOf(file: CaseFile, calendar: OfficialCalendar, divisions: Divisions, now: Date): Clock | null {
  const { acceptance } = file;
  if (!acceptance) return null;
  const { promised, statutory, from } = acceptance;
  const { unit } = promised;
  const startedAt = acceptance.deemed ? file.materialsInAt : acceptance.at;
  const due = dueInstant(from, startedAt, promised, calendar);
  const statutoryDue = statutory && dueInstant(from, startedAt, statutory, calendar);
  const until = file.closedAt ?? now;
  const today = dayOf(until) < from ? from : dayOf(until);
  const remainingDays = countDays(today, dayOf(due.at), unit, calendar);
  return {
    startedOn: from,
    promised,
    statutory,
    dueAt: due.at,
    statutoryDueAt: statutoryDue && statutoryDue.at,
    provisional: due.provisional || (statutoryDue?.provisional ?? false),
    unit,
    remainingDays,
    usedDays: countDays(from, today, unit, calendar),
    overdue: until > due.at,
    desks: deskTimes(file, from, today, unit, calendar, divisions),
  };
}

/** Each counted day belongs to the desk that held the case when the day ended, so the desks' days add up to the whole. */
function deskTimes(
  file: CaseFile,
  from: Day,
  today: Day,
  unit: DayUnit,
  calendar: OfficialCalendar,
  divisions: Divisions,
): DeskTime[] {
  const used = new Map<DivisionCode, number>();
  const holderAtEndOf = (day: Day): DivisionCode => {
    const end = endOfDay(day).getTime();
    let holder = file.acceptance?.node ?? file.filingNode;
    for (const span of file.spans) if (span.from.getTime() <= end) holder = span.node;
    return holder;
  };
  for (const span of file.spans) {
    if (file.acceptance && (span.to === null || span.to >= file.acceptance.at)) used.set(span.node, 0);
  }
  for (let day = from; day < today;) {
    const next = plusDays(day, 1);
    const counted = countDays(day, next, unit, calendar);
    if (counted > 0) {
      const holder = holderAtEndOf(next);
      used.set(holder, (used.get(holder) ?? 0) + counted);
    }
    day = next;
  }
  return [...used].map(([node, usedDays]) => ({
    node,
    tier: divisions.get(node).tier,
    usedDays,
    limit: node === file.acceptor && node !== file.decider && file.itemKind === 'LICENSE' ? FIRST_REVIEW_LIMIT : null,
  }));
}

/** By when missing materials must be named: the fifth working day after they came in (Art. 32). */
export function noticeDueAt(materialsInAt: Date, calendar: OfficialCalendar): { at: Date; provisional: boolean } {
  const due = lastDayOf(dayOf(materialsInAt), ONE_TIME_NOTICE_LIMIT, calendar);
  return { at: endOfDay(due.day), provisional: due.provisional };
}
