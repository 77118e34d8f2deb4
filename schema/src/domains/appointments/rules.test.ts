import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, divisions, itemOf, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import type { OfficialCalendar } from '../../kernel/calendar.ts';
import { plusDays } from '../../kernel/calendar.ts';
import type { ServiceWindow } from '../offices/rules.ts';
import { NO_OFFICES, UNPLACED } from '../offices/rules.ts';
import { serves } from '../offices/serving.ts';
import type { Slot } from './rules.ts';
import {
  appointmentNumber,
  instantOf,
  MOST_OF_A_PHONE,
  requireAppointmentReader,
  requireBookable,
  requireCapacity,
  requireClosingReason,
  requireNewSlot,
  requireSlotKeeper,
  requireTime,
} from './rules.ts';
import type { AppointmentEvent } from './states.ts';
import { afterEvent, takesPlace } from './states.ts';
import type { AppointmentState } from './words.ts';

const calendar: OfficialCalendar = { years: new Set([2026]), restDays: new Set(['2026-10-01']), makeUpDays: new Set() };
const window: ServiceWindow = {
  code: 'A1',
  name: '民政',
  department: '民政',
  from: '2026-01-01',
  until: '2026-12-31',
  ...UNPLACED,
};
const DAY = '2026-06-01';
/** 08:00 of that Monday. */
const now = new Date('2026-06-01T00:00:00Z');
const period = { window: 'A1', day: DAY, begins: '09:00', ends: '09:30' };
const slot: Slot = { ...period, id: 's', capacity: 2, afterHours: false, booked: 0, last: 0, closedFor: null };

describe('an appointment', () => {
  const EVENTS: AppointmentEvent[] = ['CANCEL', 'CALL_OFF', 'ARRIVE', 'MISS'];

  test('goes through known states by any events, is cancelled or kept once, and then ends', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 12 }), (events) => {
        const path: AppointmentState[] = ['BOOKED'];
        const codes = events.map((event) => {
          const state = path.at(-1) ?? 'BOOKED';
          const code = refusalOrNull(() => void afterEvent(state, event));
          if (code === null) path.push(afterEvent(state, event));
          return code;
        });
        expect(codes.every((code) => code === null || code === 'ILLEGAL_STEP')).toBe(true);
        expect(new Set(path).size).toBe(path.length);
        expect(path.length).toBeLessThanOrEqual(3);
        // a place given back is never taken again, so that a slot's count of places only follows from its states
        const given = path.findIndex((state) => !takesPlace(state));
        expect(given === -1 || given === path.length - 1).toBe(true);
      }),
    );
  });

  test('is cancelled until it begins, met on its day, and missed when it has ended', () => {
    const at = (time: string) => instantOf(DAY, time);
    expect(() => requireTime('CANCEL', period, at('08:59'))).not.toThrow();
    expect(refusalCode(() => requireTime('CANCEL', period, at('09:00')))).toBe('ILLEGAL_STEP');
    expect(() => requireTime('ARRIVE', period, at('16:00'))).not.toThrow();
    expect(refusalCode(() => requireTime('ARRIVE', period, instantOf('2026-06-02', '00:00')))).toBe('ILLEGAL_STEP');
    expect(() => requireTime('MISS', period, at('09:30'))).not.toThrow();
    expect(refusalCode(() => requireTime('MISS', period, at('09:29')))).toBe('ILLEGAL_STEP');
  });

  test('has a number that says desk, day, window, time and which it is', () => {
    expect(appointmentNumber(TOWNSHIP, period, 3)).toBe(`${TOWNSHIP}-Y-20260601-A1-0900-03`);
  });

  test('is read at its desk and by supervisors over it', () => {
    const read = (division: string, role: 'CLERK' | 'SUPERVISOR') => () =>
      requireAppointmentReader(person(division, role), TOWNSHIP, divisions);
    expect(read(TOWNSHIP, 'CLERK')).not.toThrow();
    expect(read(CITY, 'SUPERVISOR')).not.toThrow();
    expect(refusalCode(read(COUNTY, 'CLERK'))).toBe('FORBIDDEN');
    expect(refusalCode(read(VILLAGE, 'CLERK'))).toBe('FORBIDDEN');
  });
});

describe('a slot', () => {
  const open = (change: Partial<typeof slot>, others: (typeof period)[] = [], held = window) =>
    refusal(() => requireNewSlot({ ...slot, ...change }, held, others, { now, calendar }));

  test('is opened for a time to come at a window that is open that day', () => {
    expect(() => requireNewSlot(slot, window, [], { now, calendar })).not.toThrow();
    expect(open({ ends: '09:00' })).toMatchObject({ code: 'BAD_INPUT', field: 'ends' });
    expect(open({ begins: '08:00' })).toMatchObject({ code: 'BAD_INPUT', field: 'days' });
    expect(open({ day: plusDays(DAY, 61) })).toMatchObject({ code: 'BAD_INPUT', field: 'days' });
    expect(open({}, [], { ...window, until: '2026-05-31' })).toMatchObject({ code: 'OFFICE_CONFLICT' });
  });

  test('on a day of rest is after-hours service', () => {
    expect(open({ day: '2026-06-06' })).toMatchObject({ code: 'BAD_INPUT', field: 'afterHours' });
    const weekend = { ...slot, day: '2026-06-06', afterHours: true };
    expect(() => requireNewSlot(weekend, window, [], { now, calendar })).not.toThrow();
  });

  test('overlaps no other of its window and day, and may follow one at once', () => {
    const times = fc
      .integer({ min: 0, max: 20 })
      .map((n) => `${String(9 + Math.floor(n / 4)).padStart(2, '0')}:${String((n % 4) * 15).padStart(2, '0')}`);
    fc.assert(
      fc.property(times, times, times, times, (a, b, c, d) => {
        fc.pre(a < b && c < d);
        const refused = refusalOrNull(() =>
          requireNewSlot({ ...slot, begins: a, ends: b }, window, [{ ...period, begins: c, ends: d }], {
            now,
            calendar,
          }),
        );
        expect(refused).toBe(a < d && c < b ? 'OFFICE_CONFLICT' : null);
      }),
    );
  });

  test('is booked until it is full, closed or has begun, and by a phone with few open appointments', () => {
    const book = (change: Partial<Slot>, ofPhone = 0, at = now) =>
      refusalOrNull(() => requireBookable({ ...slot, ...change }, ofPhone, at));
    expect(book({ booked: 1 })).toBeNull();
    expect(book({ booked: 2 })).toBe('SLOT_FULL');
    expect(book({ closedFor: '停电' })).toBe('SLOT_CLOSED');
    expect(book({}, 0, instantOf(DAY, '09:00'))).toBe('SLOT_CLOSED');
    expect(book({}, MOST_OF_A_PHONE - 1)).toBeNull();
    expect(book({}, MOST_OF_A_PHONE)).toBe('APPOINTMENT_LIMIT');
  });

  test('keeps the places that are taken when its capacity changes', () => {
    expect(() => requireCapacity({ ...slot, booked: 2 }, 2)).not.toThrow();
    expect(refusal(() => requireCapacity({ ...slot, booked: 2 }, 1))).toMatchObject({
      code: 'OFFICE_CONFLICT',
      field: 'capacity',
    });
    expect(refusalCode(() => requireCapacity({ ...slot, closedFor: '停电' }, 9))).toBe('SLOT_CLOSED');
  });

  test('is closed for a reason without numbers of people', () => {
    expect(() => requireClosingReason('停电检修')).not.toThrow();
    expect(refusalCode(() => requireClosingReason(''))).toBe('REASON_MISSING');
    expect(refusalCode(() => requireClosingReason('联系 13800000001'))).toBe('BAD_INPUT');
  });

  test('is kept by who keeps the windows, and by the chief of its department', () => {
    const keeps = (role: 'CATALOGUER' | 'CHIEF', department: string | null, of: ServiceWindow = window) =>
      refusalOrNull(() => requireSlotKeeper(person(COUNTY, role, department), of, 'COUNTY'));
    expect(keeps('CATALOGUER', null)).toBeNull();
    expect(keeps('CHIEF', '民政')).toBeNull();
    expect(keeps('CHIEF', '公安')).toBe('WRONG_DEPARTMENT');
    expect(keeps('CHIEF', '民政', { ...window, department: null })).toBe('WRONG_DEPARTMENT');
  });
});

describe('a window', () => {
  const item = itemOf('3310-MZ-001');
  const authority = {
    id: 'a',
    window: 'Z1',
    item: item.code,
    department: '民政',
    stages: ['ACCEPT' as const],
    from: '2026-01-01',
    until: null,
    revokedOn: '2026-07-01',
  };
  const does = (change: Partial<ServiceWindow>, tier: 'COUNTY' | 'TOWNSHIP', day = DAY) =>
    serves({ ...NO_OFFICES, authorities: [authority] }, { ...window, ...change }, item, tier, day);

  test('serves the items of its department and those it is authorized for; a comprehensive one of a township serves all', () => {
    expect(does({}, 'COUNTY')).toBe(true);
    expect(does({ department: '公安' }, 'COUNTY')).toBe(false);
    expect(does({ code: 'Z1', department: null }, 'COUNTY')).toBe(true);
    expect(does({ code: 'Z1', department: null }, 'COUNTY', '2026-07-01')).toBe(false);
    expect(does({ code: 'Z2', department: null }, 'COUNTY')).toBe(false);
    expect(does({ code: 'Z2', department: null }, 'TOWNSHIP')).toBe(true);
    expect(does({}, 'COUNTY', '2027-01-01')).toBe(false);
  });
});

function refusalOrNull(attempt: () => void): string | null {
  try {
    attempt();
    return null;
  } catch {
    return refusalCode(attempt);
  }
}
