import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDay } from '../testing/arbitraries.ts';
import { calendar, calendarWith2027 } from '../testing/fixtures.ts';
import { refusalCode } from '../testing/refusals.ts';
import {
  dayOf,
  daysBetween,
  endOfDay,
  isDay,
  isInstant,
  isKnown,
  isWorkday,
  plusDays,
  startOfDay,
} from './calendar.ts';

/** Days of a stretch, both ends included, as `MM-DD`. */
function stretch(year: number, from: string, to: string): string[] {
  const days = [];
  for (let day = `${year}-${from}`; day <= `${year}-${to}`; day = plusDays(day, 1)) days.push(day);
  return days;
}

describe('the published calendars', () => {
  test.each([
    ['National Day', 2024, '10-01', '10-07'],
    ['National Day and Mid-Autumn', 2025, '10-01', '10-08'],
    ['National Day', 2026, '10-01', '10-07'],
    ['Spring Festival', 2024, '02-10', '02-17'],
    ['Spring Festival', 2025, '01-28', '02-04'],
    ['Spring Festival', 2026, '02-15', '02-23'],
    ['Labour Day', 2026, '05-01', '05-05'],
  ])('%s of %i is a holiday from %s to %s', (_, year, from, to) => {
    expect(stretch(year, from, to).filter((day) => isWorkday(day, calendar))).toEqual([]);
    expect(isWorkday(plusDays(`${year}-${to}`, 1), calendar)).toBe(true);
  });

  test.each([
    ['2024-02-04', 'Sunday'],
    ['2024-02-18', 'Sunday'],
    ['2024-10-12', 'Saturday'],
    ['2025-01-26', 'Sunday'],
    ['2025-02-08', 'Saturday'],
    ['2025-10-11', 'Saturday'],
    ['2026-02-14', 'Saturday'],
    ['2026-02-28', 'Saturday'],
    ['2026-10-10', 'Saturday'],
  ])('people work on %s, a %s, to make up for a holiday', (day) => {
    expect(isWorkday(day, calendar)).toBe(true);
  });

  test('a plain Saturday and a plain Sunday are days of rest', () => {
    expect(['2026-03-07', '2026-03-08'].filter((day) => isWorkday(day, calendar))).toEqual([]);
  });

  test('Monday to Friday of a plain week are worked', () => {
    expect(stretch(2026, '03-02', '03-06').every((day) => isWorkday(day, calendar))).toBe(true);
  });

  test.each([
    [2024, 251],
    [2025, 248],
    [2026, 248],
  ])('%i has %i working days', (year, count) => {
    expect(stretch(year, '01-01', '12-31').filter((day) => isWorkday(day, calendar))).toHaveLength(count);
  });

  test('the calendar of 2026 is out, the one of 2027 is not', () => {
    expect(isKnown('2026-12-24', calendar)).toBe(true);
    expect(isKnown('2027-01-01', calendar)).toBe(false);
  });

  test("the last week of December waits for the next year's notice, which may move its days", () => {
    expect(isKnown('2025-12-31', calendar)).toBe(true);
    expect(isKnown('2026-12-25', calendar)).toBe(false);
    expect(isKnown('2026-12-31', calendar)).toBe(false);
    expect(isKnown('2026-12-31', calendarWith2027)).toBe(true);
  });

  test("a year without a calendar works on its weekdays, New Year's Day among them, until the notice says otherwise", () => {
    expect(isWorkday('2027-01-01', calendar)).toBe(true);
    expect(isWorkday('2027-01-01', calendarWith2027)).toBe(false);
    expect(isWorkday('2027-01-30', calendar)).toBe(false);
    expect(isWorkday('2027-01-30', calendarWith2027)).toBe(true);
  });

  test('the week turns rightly also before 1970', () => {
    const bare = { years: new Set<number>(), restDays: new Set<string>(), makeUpDays: new Set<string>() };
    expect(isWorkday('1969-12-28', bare)).toBe(false);
    expect(isWorkday('1969-12-29', bare)).toBe(true);
    expect(isWorkday('1949-10-01', bare)).toBe(false);
  });
});

describe('days of the zone Asia/Shanghai', () => {
  test('a day ends at 15:59:59.999Z and the next begins at 16:00Z', () => {
    expect(dayOf(new Date('2026-03-02T15:59:59.999Z'))).toBe('2026-03-02');
    expect(dayOf(new Date('2026-03-02T16:00:00.000Z'))).toBe('2026-03-03');
  });

  test("New Year's Eve in UTC is New Year's Day at the centre", () => {
    expect(dayOf(new Date('2026-12-31T16:00:00.000Z'))).toBe('2027-01-01');
  });

  test('the first and the last instant of a day are 24 hours less a millisecond apart', () => {
    expect(startOfDay('2026-03-02').toISOString()).toBe('2026-03-01T16:00:00.000Z');
    expect(endOfDay('2026-03-02').toISOString()).toBe('2026-03-02T15:59:59.999Z');
  });

  test("an instant lies in the day that it is said to lie in, by the zone's own clock", () => {
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });
    fc.assert(
      fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), (at) => {
        const day = dayOf(at);
        expect(day).toBe(clock.format(at));
        expect(at >= startOfDay(day) && at <= endOfDay(day)).toBe(true);
      }),
    );
  });
});

describe('days', () => {
  test.each(['2026-02-28', '2024-02-29', '2000-02-29', '2026-12-31'])('%s is a day', (text) => {
    expect(isDay(text)).toBe(true);
  });

  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-3-2',
    '20260302',
    '',
    'today',
  ])('"%s" is no day', (text) => {
    expect(isDay(text)).toBe(false);
  });

  test('the year before the first is none: no database has it', () => {
    expect(isDay('0000-01-01')).toBe(false);
    expect(isDay('0001-01-01')).toBe(true);
  });

  test.each([
    '2026-06-16T10:00:00.000Z',
    '2026-06-16T10:00:00+08:00',
    '2026-06-16T10:00Z',
    '2028-02-29T23:59:59.123456Z',
  ])('%s is an instant', (text) => expect(isInstant(text)).toBe(true));

  test.each([
    ['without a zone', '2026-06-16 10:00'],
    ['without a zone', '2026-06-16T10:00:00'],
    ['that is a number', '1'],
    ['that is a month', 'June 2026'],
    ['that is a day', '2026-06-16'],
    ['on a day that does not exist', '2026-02-30T00:00:00Z'],
    ['on a day that does not exist', '2027-02-29T00:00:00+08:00'],
    ['at an hour that does not exist', '2026-06-16T24:00:00Z'],
    ['at a second that does not exist', '2026-06-16T10:00:60Z'],
    ['with a zone that does not exist', '2026-06-16T10:00:00+25:00'],
    ['in the year zero', '0000-06-16T10:00:00Z'],
    ['with something behind it', '2026-06-16T10:00:00Z\n'],
  ])('a text %s is no instant: %j', (_, text) => expect(isInstant(text)).toBe(false));

  test.each(['2026-03-02T00:00:00Z', ' 2026-03-02', '2026-03-02\n', '+002026-03-02'])(
    'a day with anything around it, %j, is no day',
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );

  test('adding days and counting them are each other undone, over years and leap days', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -2000, max: 2000 }), (day, count) => {
        const other = plusDays(day, count);
        expect(isDay(other)).toBe(true);
        expect(daysBetween(day, other)).toBe(count);
        expect(plusDays(other, -count)).toBe(day);
      }),
    );
  });

  test('to count from what is no day is refused', () => {
    expect(refusalCode(() => plusDays('soon', 1))).toBe('BAD_INPUT');
    expect(refusalCode(() => startOfDay('2026-13-01'))).toBe('BAD_INPUT');
    expect(refusalCode(() => isWorkday('', calendar))).toBe('BAD_INPUT');
  });
});
