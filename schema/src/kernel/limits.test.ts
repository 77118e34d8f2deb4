import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDay, anyLimit, anyUnit } from '../testing/arbitraries.ts';
import { at, calendar, calendarWith2027 } from '../testing/fixtures.ts';
import { dayOf, endOfDay, isWorkday, plusDays } from './calendar.ts';
import type { Limit } from './limits.ts';
import { countDays, dueInstant, lastDayOf } from './limits.ts';

const workdays = (days: number): Limit => ({ days, unit: 'WORKDAY' });
const plainDays = (days: number): Limit => ({ days, unit: 'DAY' });

describe('a limit in working days', () => {
  test('does not count the day it begins on', () => {
    expect(lastDayOf('2026-03-02', workdays(1), calendar).day).toBe('2026-03-03');
    expect(lastDayOf('2026-03-02', workdays(5), calendar).day).toBe('2026-03-09');
  });

  test('of 0 days ends on the same day, also on a day of rest', () => {
    expect(lastDayOf('2026-03-02', workdays(0), calendar).day).toBe('2026-03-02');
    expect(lastDayOf('2026-03-07', workdays(0), calendar).day).toBe('2026-03-07');
  });

  test('leaps over National Day and counts the make-up Saturday', () => {
    expect(lastDayOf('2026-09-30', workdays(1), calendar).day).toBe('2026-10-08');
    expect(lastDayOf('2026-09-30', workdays(3), calendar).day).toBe('2026-10-10');
    expect(lastDayOf('2026-09-30', workdays(4), calendar).day).toBe('2026-10-12');
  });

  test('leaps over the Spring Festival of 2025 and counts the Saturday after it', () => {
    expect(lastDayOf('2025-01-27', workdays(1), calendar).day).toBe('2025-02-05');
    expect(lastDayOf('2025-01-27', workdays(4), calendar).day).toBe('2025-02-08');
    expect(lastDayOf('2025-01-27', workdays(5), calendar).day).toBe('2025-02-10');
  });

  test('leaps over the Spring Festival of 2024 and counts the Sunday after it', () => {
    expect(lastDayOf('2024-02-09', workdays(1), calendar).day).toBe('2024-02-18');
    expect(lastDayOf('2024-02-09', workdays(2), calendar).day).toBe('2024-02-19');
  });

  test('that begins on a Saturday has its first day on Monday', () => {
    expect(lastDayOf('2026-03-07', workdays(1), calendar).day).toBe('2026-03-09');
  });
});

describe('a limit in plain days', () => {
  test('counts days of rest', () => {
    expect(lastDayOf('2026-03-02', plainDays(15), calendar).day).toBe('2026-03-17');
    expect(lastDayOf('2026-09-28', plainDays(14), calendar).day).toBe('2026-10-12');
  });

  test('whose last day is a Saturday ends on Monday', () => {
    expect(lastDayOf('2026-03-02', plainDays(5), calendar).day).toBe('2026-03-09');
  });

  test('whose last day falls into the National Day week ends on the first working day after it', () => {
    expect(lastDayOf('2026-09-21', plainDays(10), calendar).day).toBe('2026-10-08');
    expect(lastDayOf('2024-09-16', plainDays(15), calendar).day).toBe('2024-10-08');
  });

  test('whose last day is a make-up Saturday ends on it', () => {
    expect(lastDayOf('2026-02-13', plainDays(15), calendar).day).toBe('2026-02-28');
  });

  test('of 0 days ends on the same day, also on a day of rest', () => {
    expect(lastDayOf('2026-03-07', plainDays(0), calendar).day).toBe('2026-03-07');
  });
});

describe('a date of a year whose calendar is not out', () => {
  test('is provisional', () => {
    expect(lastDayOf('2026-12-25', workdays(10), calendar)).toEqual({ day: '2027-01-08', provisional: true });
    expect(lastDayOf('2026-12-25', plainDays(10), calendar)).toEqual({ day: '2027-01-04', provisional: true });
  });

  test('becomes definite, and another one, when the calendar comes out', () => {
    expect(lastDayOf('2026-12-25', workdays(10), calendarWith2027)).toEqual({ day: '2027-01-11', provisional: false });
    expect(lastDayOf('2027-01-20', plainDays(20), calendar)).toEqual({ day: '2027-02-09', provisional: true });
    expect(lastDayOf('2027-01-20', plainDays(20), calendarWith2027)).toEqual({ day: '2027-02-11', provisional: false });
  });

  test('becomes definite and stays the same when the calendar changes nothing about it', () => {
    expect(lastDayOf('2027-03-01', workdays(3), calendar)).toEqual({ day: '2027-03-04', provisional: true });
    expect(lastDayOf('2027-03-01', workdays(3), calendarWith2027)).toEqual({ day: '2027-03-04', provisional: false });
  });

  test('is definite as long as the limit ends in a published year', () => {
    expect(lastDayOf('2026-12-01', workdays(10), calendar)).toEqual({ day: '2026-12-15', provisional: false });
    expect(lastDayOf('2026-12-01', plainDays(10), calendar)).toEqual({ day: '2026-12-11', provisional: false });
  });

  test('is provisional in that year and definite in the published ones', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 60 }), anyUnit, (start, days, unit) => {
        const { day, provisional } = lastDayOf(start, { days, unit }, calendar);
        // the last days of a year may be moved by the notice for the next
        fc.pre(day < '2026-12-25' || day > '2026-12-31');
        expect(provisional).toBe(day > '2026-12-31');
      }),
    );
  });
});

describe('counting', () => {
  test('does not count the first day and counts the last', () => {
    expect(countDays('2026-03-02', '2026-03-02', 'WORKDAY', calendar)).toBe(0);
    expect(countDays('2026-03-02', '2026-03-03', 'WORKDAY', calendar)).toBe(1);
    expect(countDays('2026-03-06', '2026-03-09', 'WORKDAY', calendar)).toBe(1);
    expect(countDays('2026-03-06', '2026-03-09', 'DAY', calendar)).toBe(3);
  });

  test('leaves the National Day week out and takes the make-up Saturday in', () => {
    expect(countDays('2026-09-30', '2026-10-10', 'WORKDAY', calendar)).toBe(3);
    expect(countDays('2026-09-30', '2026-10-10', 'DAY', calendar)).toBe(10);
  });

  test('gives back the days of a limit in working days', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 300 }), (from, days) => {
        expect(countDays(from, lastDayOf(from, workdays(days), calendar).day, 'WORKDAY', calendar)).toBe(days);
      }),
    );
  });

  test('gives back the days of a limit in plain days, and the days it was moved by', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 300 }), (from, days) => {
        const { day } = lastDayOf(from, plainDays(days), calendar);
        expect(isWorkday(day, calendar)).toBe(true);
        const moved = countDays(from, day, 'DAY', calendar) - days;
        const skipped = Array.from({ length: moved }, (_, i) => plusDays(from, days + i));
        expect(skipped.filter((d) => isWorkday(d, calendar))).toEqual([]);
      }),
    );
  });

  test('on and back is symmetric', () => {
    fc.assert(
      fc.property(anyDay, anyDay, anyUnit, (from, to, unit) => {
        expect(countDays(from, to, unit, calendar) + countDays(to, from, unit, calendar)).toBe(0);
      }),
    );
  });

  test('over a day between adds up', () => {
    fc.assert(
      fc.property(anyDay, anyDay, anyDay, anyUnit, (a, b, c, unit) => {
        const [from, between, to] = [a, b, c].sort() as [string, string, string];
        const whole = countDays(from, to, unit, calendar);
        expect(countDays(from, between, unit, calendar) + countDays(between, to, unit, calendar)).toBe(whole);
      }),
    );
  });

  test('what is used and what remains are the limit, on every day of it and past it', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 120 }), (from, days, passed) => {
        const today = plusDays(from, passed);
        const due = lastDayOf(from, workdays(days), calendar).day;
        const used = countDays(from, today, 'WORKDAY', calendar);
        const remaining = countDays(today, due, 'WORKDAY', calendar);
        expect(used + remaining).toBe(days);
      }),
    );
  });
});

describe('limits compared', () => {
  test('more days never end sooner', () => {
    fc.assert(
      fc.property(anyDay, anyLimit, fc.integer({ min: 0, max: 40 }), (start, limit, more) => {
        const later = { ...limit, days: limit.days + more };
        expect(lastDayOf(start, later, calendar).day >= lastDayOf(start, limit, calendar).day).toBe(true);
      }),
    );
  });

  test('a limit in working days never ends before the same number of plain days', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 100 }), (start, days) => {
        const byWorkdays = lastDayOf(start, workdays(days), calendar).day;
        expect(byWorkdays >= lastDayOf(start, plainDays(days), calendar).day).toBe(true);
      }),
    );
  });
});

describe('a limit with half a working day', () => {
  const due = (start: Date, days: number) => {
    const { at: ends } = dueInstant(dayOf(start), start, workdays(days), calendar);
    return new Date(ends.getTime() + 8 * 3_600_000).toISOString().slice(0, 16);
  };

  // Monday, 2 March 2026; the half day it begins in does not count
  test.each([
    ['before the morning begins', '08:00', 0.5, '2026-03-02T12:00'],
    ['at the minute the morning begins', '08:30', 0.5, '2026-03-02T17:30'],
    ['in the morning', '10:00', 0.5, '2026-03-02T17:30'],
    ['over noon', '12:30', 0.5, '2026-03-02T17:30'],
    ['in the afternoon', '15:00', 0.5, '2026-03-03T12:00'],
    ['in the evening', '20:00', 0.5, '2026-03-03T12:00'],
    ['in the morning, with a whole day more', '10:00', 1.5, '2026-03-03T17:30'],
    ['in the afternoon, with a whole day more', '15:00', 1.5, '2026-03-04T12:00'],
  ])('that begins %s ends at noon or at closing time', (_, time, days, ends) => {
    expect(due(at('2026-03-02', time), days)).toBe(ends);
  });

  test('leaps over days of rest, and counts a make-up Saturday', () => {
    expect(due(at('2026-03-07', '10:00'), 0.5)).toBe('2026-03-09T12:00');
    expect(due(at('2026-03-06', '15:00'), 0.5)).toBe('2026-03-09T12:00');
    expect(due(at('2026-10-09', '15:00'), 0.5)).toBe('2026-10-10T12:00');
  });

  test('counts from the beginning of the day where only the day is given back', () => {
    const { at: ends } = dueInstant('2026-03-02', at('2026-03-20'), workdays(0.5), calendar);
    expect(ends).toEqual(at('2026-03-02', '12:00'));
  });

  test('says when it ends in a year whose calendar is not out', () => {
    expect(dueInstant('2026-12-31', at('2026-12-31', '15:00'), workdays(0.5), calendar).provisional).toBe(true);
    expect(dueInstant('2026-03-02', at('2026-03-02'), workdays(0.5), calendar).provisional).toBe(false);
  });

  test('is not counted for whole days: they end with their last day', () => {
    fc.assert(
      fc.property(anyDay, anyLimit, (from, limit) => {
        const { day, provisional } = lastDayOf(from, limit, calendar);
        expect(dueInstant(from, at(from, '15:00'), limit, calendar)).toEqual({ at: endOfDay(day), provisional });
      }),
    );
  });

  test('never falls on an earlier day than a shorter limit, and always on a working day at noon or closing time', () => {
    const anyHalves = fc.integer({ min: 1, max: 60 }).map((halves) => halves / 2);
    const anyMinute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(anyDay, anyMinute, anyHalves, anyHalves, (day, minute, a, b) => {
        const start = new Date(at(day, '00:00').getTime() + minute * 60_000);
        const ends = (days: number) => dueInstant(day, start, workdays(days), calendar).at;
        expect(dayOf(ends(Math.max(a, b))) >= dayOf(ends(Math.min(a, b)))).toBe(true);
        if (Number.isInteger(a)) return;
        expect(isWorkday(dayOf(ends(a)), calendar)).toBe(true);
        expect([at(dayOf(ends(a)), '12:00'), at(dayOf(ends(a)), '17:30')]).toContainEqual(ends(a));
      }),
    );
  });
});
