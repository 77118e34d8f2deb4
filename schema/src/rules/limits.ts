import type { DayUnit } from '../vocabulary.ts';
import type { Day, OfficialCalendar } from './calendar.ts';
import { daysBetween, isKnown, isWorkday, plusDays } from './calendar.ts';

/** A time limit (时限): a number of days with its unit; 0 means the same day. */
export interface Limit {
  days: number;
  unit: DayUnit;
}

/** A day reached by counting; provisional when a year on the way has no published calendar yet. */
export interface CountedDay {
  day: Day;
  provisional: boolean;
}

/**
 * The last day of a limit. The day it begins on does not count (民法典 Art. 201). Working days follow the official
 * calendar (行政许可法 Art. 82); plain days count all, and a last day of rest moves to the next working day (民法典
 * Art. 203).
 */
export function lastDayOf(start: Day, limit: Limit, calendar: OfficialCalendar): CountedDay {
  let day = start;
  let known = true;
  const step = () => {
    day = plusDays(day, 1);
    known &&= isKnown(day, calendar);
  };
  if (limit.unit === 'WORKDAY') {
    for (let left = limit.days; left > 0;) {
      step();
      if (isWorkday(day, calendar)) left--;
    }
  } else {
    // the days in between change nothing, only the last one must be a working day
    day = plusDays(start, limit.days);
    known = limit.days === 0 || isKnown(day, calendar);
    if (limit.days > 0) while (!isWorkday(day, calendar)) step();
  }
  return { day, provisional: !known };
}

/**
 * Days of the unit after `from` up to and including `to`; negative when `to` lies before `from`. Counting on and back
 * is symmetric: `countDays(a, b) === -countDays(b, a)`.
 */
export function countDays(from: Day, to: Day, unit: DayUnit, calendar: OfficialCalendar): number {
  if (unit === 'DAY') return daysBetween(from, to);
  if (to < from) return 0 - countDays(to, from, unit, calendar);
  let count = 0;
  for (let day = from; day < to;) {
    day = plusDays(day, 1);
    if (isWorkday(day, calendar)) count++;
  }
  return count;
}
