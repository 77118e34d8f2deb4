import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWorkday } from '@liandong/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, chief, clerk, homestead } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE } from '../testing/test-federation.ts';
import { builtInCalendar, calendarMark, readCalendar } from './index.ts';

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
  test('is read, and refused when it is none', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-calendar-'));
    const file = join(dir, 'calendar.json');
    await writeFile(file, JSON.stringify({ years: [2027], restDays: ['2027-01-01'], makeUpDays: ['2027-01-03'] }));
    expect(readCalendar(file).years).toEqual(new Set([2027]));
    expect(calendarMark(readCalendar(file))).not.toBe(calendarMark(builtInCalendar()));
    await writeFile(file, JSON.stringify({ years: [2027], restDays: ['2027-02-30'], makeUpDays: [] }));
    expect(() => readCalendar(file)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    expect(() => readCalendar(join(dir, 'none.json'))).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    await rm(dir, { recursive: true });
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

    const known = builtInCalendar();
    const file = join(federation.dir, 'calendar-2027.json');
    await writeFile(
      file,
      JSON.stringify({
        years: [...known.years, 2027],
        restDays: [...known.restDays, '2027-01-01', '2027-01-04', '2027-01-05'],
        makeUpDays: [...known.makeUpDays, '2027-01-09'],
      }),
    );
    await federation.stopHost(TOWNSHIP);
    federation.reconfigure(TOWNSHIP, { calendarFile: file });
    await federation.startHost(TOWNSHIP);
    const [row] = await federation.rows<{ due_at: Date; provisional: boolean }>(
      TOWNSHIP,
      `SELECT due_at, provisional FROM cases WHERE node = $1 AND id = $2`,
      [TOWNSHIP, id],
    );
    // 1, 4 and 5 January became days of rest, Saturday the 9th is worked: the tenth working day is 11 January
    expect(row?.due_at.toISOString()).toBe('2027-01-11T15:59:59.999Z');
    const after = await steps.seen(id, clerk);
    expect(after?.clock?.dueAt.toISOString()).toBe('2027-01-11T15:59:59.999Z');
    expect(after?.clock?.promised).toEqual({ days: 10, unit: 'WORKDAY' });
    await steps.review(id, clerk);
    await steps.decide(id, chief);
  });
});
