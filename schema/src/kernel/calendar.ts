import { problem } from './errors.ts';

/** A day in the centre's zone, `YYYY-MM-DD`. */
export type Day = string;

/** The zone all days are counted in; China has known no summer time since 1992, so the offset is fixed. */
export const ZONE = 'Asia/Shanghai';
const ZONE_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/**
 * The published calendar (国务院办公厅关于部分节假日安排的通知) as data. A year that is not listed in `years` is not published yet: its
 * weekdays count as working days and every date that depends on it is provisional.
 */
export interface OfficialCalendar {
  /** Years whose notice is published. */
  readonly years: ReadonlySet<number>;
  /** Weekdays that are holidays. */
  readonly restDays: ReadonlySet<Day>;
  /** Saturdays and Sundays that are worked (调休). */
  readonly makeUpDays: ReadonlySet<Day>;
}

/** The day an instant falls on in the centre's zone. */
export function dayOf(instant: Date): Day {
  return new Date(instant.getTime() + ZONE_OFFSET_MS).toISOString().slice(0, 10);
}

/** The first instant of a day in the centre's zone. */
export function startOfDay(day: Day): Date {
  return new Date(epochDay(day) * DAY_MS - ZONE_OFFSET_MS);
}

/** The last millisecond of a day in the centre's zone: a limit ends with its last day. */
export function endOfDay(day: Day): Date {
  return new Date(startOfDay(day).getTime() + DAY_MS - 1);
}

/** The day `count` plain days later (earlier when negative). */
export function plusDays(day: Day, count: number): Day {
  return new Date((epochDay(day) + count) * DAY_MS).toISOString().slice(0, 10);
}

/** Plain days from one day to another; negative if the other is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return epochDay(to) - epochDay(from);
}

/**
 * Whether the text is a day of the calendar. `2026-02-29` is not one, and days of the year zero are refused, because
 * databases lack them.
 */
export function isDay(text: string): text is Day {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '0001') return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

const INSTANT =
  /^(?<day>\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Whether the text is an instant of ISO 8601 with its zone, on an existing day: every reader takes it for the same
 * instant.
 */
export function isInstant(text: string): boolean {
  return isDay(INSTANT.exec(text)?.groups?.['day'] ?? '');
}

/**
 * The year whose notice finally decides whether a day is a workday. In the last week of December it is the next year's:
 * New Year's holiday may reach into it, as 2018-12-29 was worked and 2018-12-31 was free for the 1st of January 2019.
 */
export function noticeYear(day: Day): number {
  const year = Number(day.slice(0, 4));
  return day.slice(5) < '12-25' ? year : year + 1;
}

/** Whether the calendar of a day is published. The last week of December also needs the next year's notice. */
export function isKnown(day: Day, calendar: OfficialCalendar): boolean {
  return calendar.years.has(Number(day.slice(0, 4))) && calendar.years.has(noticeYear(day));
}

/** Whether the day is a workday (行政许可法 Art. 82: limits in working days exclude holidays). */
export function isWorkday(day: Day, calendar: OfficialCalendar): boolean {
  if (calendar.makeUpDays.has(day)) return true;
  if (calendar.restDays.has(day)) return false;
  // day 0 of the epoch was a Thursday
  const weekday = (((epochDay(day) + 4) % 7) + 7) % 7;
  return weekday !== 0 && weekday !== 6;
}

function epochDay(day: Day): number {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) throw problem('BAD_INPUT', `"${day}" is not a day (YYYY-MM-DD).`);
  return ms / DAY_MS;
}

/**
 * The end of the next workday: what is told of today, so that on a Friday people hear of Monday.
 * @returns the last millisecond of that day
 */
export function endOfNextWorkday(now: Date, calendar: OfficialCalendar): Date {
  let day: Day = plusDays(dayOf(now), 1);
  while (!isWorkday(day, calendar)) day = plusDays(day, 1);
  return endOfDay(day);
}

/** The workday an instant counts for: its day, else the next workday. */
export function workdayOf(at: Date, calendar: OfficialCalendar): Day {
  let day = dayOf(at);
  while (!isWorkday(day, calendar)) day = plusDays(day, 1);
  return day;
}
