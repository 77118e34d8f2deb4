import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { OfficialCalendar } from '@liandong/schema';
import { isDay, problem } from '@liandong/schema';
import { z } from 'zod';

const day = z.string().refine(isDay, 'a day YYYY-MM-DD');
const calendarFileSchema = z.object({
  years: z.array(z.int().min(2000).max(2100)).min(1),
  restDays: z.array(day),
  makeUpDays: z.array(day),
});

/**
 * The published calendars that come with the package chinese-days: holidays and make-up days. The years it lists are
 * the years that are known; every weekday of a later year would be called a working day, so those dates are
 * provisional.
 */
export function builtInCalendar(): OfficialCalendar {
  const file = createRequire(import.meta.url).resolve('chinese-days/dist/chinese-days.json');
  const data = z
    .object({ holidays: z.record(z.string(), z.string()), workdays: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  const holidays = Object.keys(data.holidays);
  // a year is published when its National Day is listed; a New Year's Eve alone belongs to the year before
  const years = new Set(holidays.filter((d) => d.slice(5) === '10-01').map((d) => Number(d.slice(0, 4))));
  return { years, restDays: new Set(holidays), makeUpDays: new Set(Object.keys(data.workdays)) };
}

/**
 * A calendar from a file, for years that the built-in one does not know yet.
 * @throws {ProblemError} BAD_CONFIG
 */
export function readCalendar(file: string): OfficialCalendar {
  let parsed;
  try {
    parsed = calendarFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} is no calendar file {years, restDays, makeUpDays}.`, { cause });
  }
  return {
    years: new Set(parsed.years),
    restDays: new Set(parsed.restDays),
    makeUpDays: new Set(parsed.makeUpDays),
  };
}

/** Names the calendar's content, so that dates counted with another one are found and counted again. */
export function calendarMark(calendar: OfficialCalendar): string {
  const years = [...calendar.years].sort((a, b) => a - b);
  return `${years[0] ?? 0}-${years.at(-1) ?? 0}/${calendar.restDays.size}/${calendar.makeUpDays.size}`;
}
