import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKnown, isWorkday, plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, chief, clerk, homestead } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE } from '../testing/test-federation.ts';
import { builtInCalendar, calendarMark, openCalendar } from './index.ts';

describe('the built-in calendar', () => {
  const calendar = builtInCalendar();

  test('knows the published years and no later one', () => {
    expect([2024, 2025, 2026].every((year) => calendar.years.has(year))).toBe(true);
    expect(calendar.years.has(2027)).toBe(false);
  });

  test('agrees with the State Council’s notice for 2026', () => {
    // 国办发明电〔2025〕7号: Spring Festival 15–23 February, made up on 14 and 28 February; National Day 1–7 October
    expect(isWorkday('2026-02-14', calendar)).toBe(true);
    expect(isWorkday('2026-02-28', calendar)).toBe(true);
    for (let day = 15; day <= 23; day++) expect(isWorkday(`2026-02-${day}`, calendar)).toBe(false);
    for (let day = 1; day <= 7; day++) expect(isWorkday(`2026-10-0${day}`, calendar)).toBe(false);
    expect(isWorkday('2026-10-10', calendar)).toBe(true);
  });
});

describe('a calendar file', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-calendar-'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const fileOf = async (content: object) => {
    const file = join(dir, `${randomUUID()}.json`);
    await writeFile(file, JSON.stringify(content));
    return file;
  };
  const built = builtInCalendar();

  test('with a coming year adds that year, and every published year stays as it was', async () => {
    const file = await fileOf({ years: [2027], restDays: ['2026-12-31', '2027-01-01'], makeUpDays: ['2027-01-03'] });
    const calendar = await openCalendar(file);
    expect(calendar.years).toEqual(new Set([...built.years, 2027]));
    expect(isKnown('2026-06-16', calendar) && isKnown('2026-12-31', calendar)).toBe(true);
    for (let at = 0; at < 366; at++) {
      const day = plusDays('2026-01-01', at);
      const expected = day === '2026-12-31' || day === '2027-01-01' ? false : isWorkday(day, built);
      expect({ day, works: isWorkday(day, calendar) }).toEqual({ day, works: expected });
    }
    expect(isWorkday('2027-01-03', calendar)).toBe(true);
  });

  test('with a year that is published replaces what its notice said, in the last days of the year before too, and nothing else', async () => {
    // the notice for 2019 reached into December 2018
    expect([isWorkday('2018-12-29', built), isWorkday('2018-12-31', built)]).toEqual([true, false]);
    const calendar = await openCalendar(await fileOf({ years: [2019], restDays: ['2019-01-02'], makeUpDays: [] }));
    expect([isWorkday('2018-12-29', calendar), isWorkday('2018-12-31', calendar)]).toEqual([false, true]);
    expect([isWorkday('2019-01-01', calendar), isWorkday('2019-01-02', calendar)]).toEqual([true, false]);
    expect(isWorkday('2018-10-01', calendar)).toBe(false);
    expect(isWorkday('2020-01-01', calendar)).toBe(false);
  });

  test('is marked by its days, so that one corrected day is another calendar', async () => {
    const mark = async (day: string) =>
      calendarMark(await openCalendar(await fileOf({ years: [2027], restDays: [day], makeUpDays: [] })));
    expect(await mark('2027-01-01')).toBe(await mark('2027-01-01'));
    expect(await mark('2027-01-01')).not.toBe(await mark('2027-01-04'));
    expect(await mark('2027-01-01')).not.toBe(calendarMark(built));
  });

  test('is refused when it is none, when a day is of no year it names, and when a day is free and worked', async () => {
    const refused = async (content: object, reason: string) => {
      const file = await fileOf(content);
      const message = expect.stringContaining(reason);
      await expect(openCalendar(file)).rejects.toMatchObject({ code: 'BAD_CONFIG', message });
    };
    await refused({ years: [2027], restDays: ['2027-02-30'], makeUpDays: [] }, 'no calendar file');
    await refused({ years: [2027], restDays: ['2072-01-01'], makeUpDays: [] }, '2072-01-01');
    await refused({ years: [2027], restDays: ['2027-01-04'], makeUpDays: ['2027-01-04'] }, '2027-01-04');
    await expect(openCalendar(join(dir, 'none.json'))).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});

describe('dates beyond the published calendars', () => {
  let federation: TestFederation;
  beforeAll(async () => {
    federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  });
  afterAll(() => federation.stop());

  test('are provisional, and counted again when the calendar comes', async () => {
    const steps = new CaseSteps(federation);
    // late December 2026: ten working days reach into 2027
    federation.shiftMs = Date.parse('2026-12-24T02:00:00.000Z') - Date.now();
    const id = await steps.file(
      agent,
      homestead({
        consent: { givenBy: '邵建平', way: 'SIGNATURE', scope: '代办', givenAt: '2026-12-23T01:00:00.000Z' },
      }),
    );
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    const before = await steps.seen(id, clerk);
    expect(before?.clock).toMatchObject({ provisional: true, promised: { days: 10, unit: 'WORKDAY' } });
    expect(before?.clock?.dueAt.toISOString()).toBe('2027-01-07T15:59:59.999Z');

    const days = { years: [2027], restDays: ['2027-01-01', '2027-01-04', '2027-01-05'], makeUpDays: ['2027-01-09'] };
    // 1, 4 and 5 January became days of rest, Saturday the 9th is worked: the tenth working day is 11 January
    expect(await dueAfter(days, id)).toBe('2027-01-11T15:59:59.999Z');
    const after = await steps.seen(id, clerk);
    expect(after?.clock?.dueAt.toISOString()).toBe('2027-01-11T15:59:59.999Z');
    expect(after?.clock?.promised).toEqual({ days: 10, unit: 'WORKDAY' });
    // a notice that is corrected moves dates that were certain, too
    const corrected = { ...days, restDays: ['2027-01-01', '2027-01-04', '2027-01-11'] };
    expect(await dueAfter(corrected, id)).toBe('2027-01-09T15:59:59.999Z');
    await steps.review(id, clerk);
    await steps.decide(id, chief);
  });

  /** The stored date of a case once its host was started with a calendar file. */
  async function dueAfter(content: object, id: string): Promise<string | undefined> {
    const calendarFile = join(federation.dir, `${randomUUID()}.json`);
    await writeFile(calendarFile, JSON.stringify(content));
    await federation.stopHost(TOWNSHIP);
    federation.reconfigure(TOWNSHIP, { calendarFile });
    await federation.startHost(TOWNSHIP);
    const [row] = await federation.rows<{ due_at: Date }>(
      TOWNSHIP,
      `SELECT due_at FROM cases WHERE node = $1 AND id = $2 AND NOT provisional`,
      [TOWNSHIP, id],
    );
    return row?.due_at.toISOString();
  }
});
