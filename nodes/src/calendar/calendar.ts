import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readJson } from '@liandong/runtime';
import type { Day, OfficialCalendar } from '@liandong/schema/kernel';
import { isDay, noticeYear, problem } from '@liandong/schema/kernel';
import { z } from 'zod';

const day = z.string().refine(isDay, 'a day YYYY-MM-DD');
const calendarFileSchema = z.object({
  years: z.array(z.int().min(2000).max(2100)).min(1),
  restDays: z.array(day),
  makeUpDays: z.array(day),
});

/**
 * The published calendars that come with the package chinese-days: holidays and make-up days. Only the years it lists
 * are known: every weekday of a later year would count as a working day, so those dates are provisional.
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
 * The calendar of a host: the built-in years, and those of a file beside them. A year of the file replaces only that
 * year.
 * @param file null for the built-in years alone
 * @throws {ProblemError} BAD_CONFIG
 */
export async function openCalendar(file: string | null): Promise<OfficialCalendar> {
  const built = builtInCalendar();
  if (file === null) return built;
  const own = await readCalendarFile(file);
  const kept = (days: ReadonlySet<Day>) =>
    [...days].filter((day) => !own.years.has(noticeYear(day)) && !own.restDays.has(day) && !own.makeUpDays.has(day));
  return {
    years: new Set([...built.years, ...own.years]),
    restDays: new Set([...kept(built.restDays), ...own.restDays]),
    makeUpDays: new Set([...kept(built.makeUpDays), ...own.makeUpDays]),
  };
}

async function readCalendarFile(file: string): Promise<OfficialCalendar> {
  const { data, error } = calendarFileSchema.safeParse(await readJson(file));
  if (!data) {
    const what = 'no calendar file {years, restDays, makeUpDays}';
    throw problem('BAD_CONFIG', `${file} is ${what}: ${error.issues[0]?.path.join('.')} ${error.issues[0]?.message}.`);
  }
  const years = new Set(data.years);
  const [restDays, makeUpDays] = [new Set(data.restDays), new Set(data.makeUpDays)];
  const strange = [...restDays, ...makeUpDays].find((day) => !years.has(noticeYear(day)) && !years.has(yearOf(day)));
  if (strange !== undefined) throw problem('BAD_CONFIG', `${file}: ${strange} is of no year that it names.`);
  const both = [...restDays].find((day) => makeUpDays.has(day));
  if (both !== undefined) throw problem('BAD_CONFIG', `${file}: ${both} is a day of rest and worked.`);
  return { years, restDays, makeUpDays };
}

const yearOf = (day: Day) => Number(day.slice(0, 4));

/** Names the calendar's content, so that dates counted with another one are found and counted again. */
export function calendarMark({ years, restDays, makeUpDays }: OfficialCalendar): string {
  const content = [[...years].sort((a, b) => a - b), [...restDays].sort(), [...makeUpDays].sort()];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
