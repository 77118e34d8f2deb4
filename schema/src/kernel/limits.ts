import type { DayUnit } from '../domains/catalogue/item-words.ts';
import type { Day, OfficialCalendar } from './calendar.ts';
import { dayOf, daysBetween, endOfDay, isKnown, isWorkday, plusDays, startOfDay } from './calendar.ts';

/** A time limit (时限): a number of days with its unit; 0 means the same day. */
export interface Limit {
  /** Whole days; of working days also halves (0.5, 1.5 …). */
  days: number;
  unit: DayUnit;
}

/** Days that do not count toward a limit (行政许可法 Art. 45), as if they had not existed. */
export type ExcludedDays = ReadonlySet<Day>;
const NONE_EXCLUDED: ExcludedDays = new Set();

/** A day reached by counting; provisional when a year on the way has no published calendar yet. */
export interface CountedDay {
  day: Day;
  provisional: boolean;
}

/**
 * The two halves of a centre's working day ({@link ARTICLES.halfDays}), minutes after midnight in the centre's zone:
 * 08:30–12:00 and 14:00–17:30.
 */
const HALF_DAYS = [
  { begins: 8.5 * 60, ends: 12 * 60 },
  { begins: 14 * 60, ends: 17.5 * 60 },
] as const;
const MINUTE_MS = 60_000;

/** The instant a limit ends; provisional when a year on the way has no published calendar yet. */
export interface DueInstant {
  at: Date;
  provisional: boolean;
}

/**
 * The instant a limit ends. Whole days end with their last day ({@link lastDayOf}). A limit with a half day is counted
 * in halves of the centre's working day: the half it begins in does not count, just as the first day does not count for
 * whole days, and the last half ends it, at 12:00 or 17:30. So half a working day from Monday 10:00 ends on Monday
 * 17:30, from Monday 15:00 on Tuesday 12:00, from a Saturday on Monday 12:00. Source: 民法典 Art. 201, 203 (closing time
 * ends the last day); the halves are the centre's rule ({@link ARTICLES.halfDays}), not the law's.
 * @param from the day whole days count from
 * @param startedAt the instant on that day; another day's (a date that was given back) stands for the day's beginning
 * @param excluded days outside the limit (Art. 45)
 */
export function dueInstant(
  from: Day,
  startedAt: Date,
  limit: Limit,
  calendar: OfficialCalendar,
  excluded: ExcludedDays = NONE_EXCLUDED,
): DueInstant {
  if (Number.isInteger(limit.days)) {
    const { day, provisional } = lastDayOf(from, limit, calendar, excluded);
    return { at: endOfDay(day), provisional };
  }
  const start = dayOf(startedAt) === from ? startedAt : startOfDay(from);
  let known = true;
  let left = limit.days * 2;
  for (let day = from; ; day = plusDays(day, 1)) {
    if (day !== from) known &&= isKnown(day, calendar);
    if (!isWorkday(day, calendar) || excluded.has(day)) continue;
    for (const half of HALF_DAYS) {
      const midnight = startOfDay(day).getTime();
      if (midnight + half.begins * MINUTE_MS <= start.getTime()) continue;
      left--;
      if (left === 0) return { at: new Date(midnight + half.ends * MINUTE_MS), provisional: !known };
    }
  }
}

/**
 * Whether a limit never ends later than another. A number of plain days never ends later than the same number of
 * working days; working days may end later.
 */
export function notLonger(limit: Limit, bound: Limit): boolean {
  if (limit.unit === 'WORKDAY' && bound.unit === 'DAY') return limit.days === 0;
  return limit.days <= bound.days;
}

/**
 * The last day of a limit. The day it begins on does not count (民法典 Art. 201). Working days follow the official
 * calendar (行政许可法 Art. 82); plain days count all, and a last day of rest moves to the next working day (民法典
 * Art. 203).
 */
export function lastDayOf(
  start: Day,
  limit: Limit,
  calendar: OfficialCalendar,
  excluded: ExcludedDays = NONE_EXCLUDED,
): CountedDay {
  let day = start;
  let known = true;
  const step = () => {
    day = plusDays(day, 1);
    known &&= isKnown(day, calendar);
  };
  if (limit.unit === 'WORKDAY') {
    for (let left = limit.days; left > 0;) {
      step();
      if (isWorkday(day, calendar) && !excluded.has(day)) left--;
    }
  } else {
    for (let left = limit.days; left > 0;) {
      day = plusDays(day, 1);
      if (!excluded.has(day)) left--;
    }
    // the days in between change nothing, only the last one must be a working day
    known = limit.days === 0 || isKnown(day, calendar);
    if (limit.days > 0) while (!isWorkday(day, calendar)) step();
  }
  return { day, provisional: !known };
}

/**
 * Days of the unit after `from` up to and including `to`, without the excluded ones; negative when `to` lies before
 * `from`. Counting on and back is symmetric: `countDays(a, b) === -countDays(b, a)`.
 */
export function countDays(
  from: Day,
  to: Day,
  unit: DayUnit,
  calendar: OfficialCalendar,
  excluded: ExcludedDays = NONE_EXCLUDED,
): number {
  if (to < from) return 0 - countDays(to, from, unit, calendar, excluded);
  if (unit === 'DAY' && excluded.size === 0) return daysBetween(from, to);
  let count = 0;
  for (let day = from; day < to;) {
    day = plusDays(day, 1);
    if ((unit === 'DAY' || isWorkday(day, calendar)) && !excluded.has(day)) count++;
  }
  return count;
}
