import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../kernel/errors.ts';
import { COUNTY, divisions, TOWNSHIP } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { refusalCode } from '../../testing/refusals.ts';
import { instantOf } from '../appointments/rules.ts';
import { UNPLACED } from '../offices/rules.ts';
import type { QueueNumber, QueueService } from './rules.ts';
import {
  callAt,
  inOrder,
  nextNumber,
  numberOf,
  passed,
  requireAtWindow,
  requireCalledBefore,
  requireQueueReader,
  servedAt,
  waitsFor,
} from './rules.ts';

const DAY = '2026-06-01';
const NOW = instantOf(DAY, '09:10');
const WINDOWS = ['A1', 'B1', 'C1'] as const;
const DEPARTMENTS: Record<string, readonly string[]> = { A1: ['民政'], B1: ['公安'], C1: ['民政', '公安'] };
const servesAt = (window: string) => (service: QueueService) =>
  DEPARTMENTS[window]?.includes(service.department) ?? false;
const service = (department: string, done = false): QueueService => ({ item: null, department, done });

function numbered(serial: number, change: Partial<QueueNumber> = {}): QueueNumber {
  const given = { services: [service('民政')], appointment: null, ...change };
  return {
    day: DAY,
    serial,
    number: numberOf(serial, given),
    takenAt: NOW,
    state: 'WAITING',
    window: null,
    calledAt: null,
    calls: 0,
    ...given,
  };
}

describe('the order of calling', () => {
  test('is: who goes on to the next window, appointments of this time by their begin, all others as they came', () => {
    const numbers = [
      numbered(1),
      numbered(2, { appointment: { begins: '09:00', ends: '09:30' } }),
      numbered(3, { services: [service('公安', true), service('民政')] }),
      numbered(4, { appointment: { begins: '08:45', ends: '09:15' } }),
      numbered(5, { appointment: { begins: '09:30', ends: '10:00' } }),
      numbered(6, { state: 'PASSED' }),
      numbered(7, { appointment: { begins: '08:00', ends: '09:00' } }),
    ];
    expect(inOrder(numbers, NOW).map(({ serial }) => serial)).toEqual([3, 4, 2, 1, 5, 7]);
  });

  test('gives numbers that say how they were taken', () => {
    expect(numbered(12).number).toBe('A012');
    expect(numbered(13, { appointment: { begins: '09:00', ends: '09:30' } }).number).toBe('Y013');
    expect(numbered(1000, { services: [service('民政'), service('公安')] }).number).toBe('L1000');
  });
});

describe('a number', () => {
  const own = numbered(1);

  test('is called at the window that serves it, again, passed, and called once more when its visitor comes', () => {
    const call = (number: QueueNumber, window = 'A1') => callAt(number, window, [number], servesAt(window), NOW);
    const called = call(own);
    expect(called).toMatchObject({ state: 'CALLED', window: 'A1', calls: 1, calledAt: NOW });
    expect(call(called)).toMatchObject({ calls: 2 });
    expect(refusalCode(() => call(called, 'C1'))).toBe('ILLEGAL_STEP');
    const gone = passed(called);
    expect(call(gone)).toMatchObject({ state: 'CALLED', calls: 2 });
    expect(call(gone, 'C1')).toMatchObject({ window: 'C1', calls: 1 });
    expect(refusalCode(() => call(gone, 'B1'))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => requireCalledBefore(own))).toBe('ILLEGAL_STEP');
    expect(() => requireCalledBefore(gone)).not.toThrow();
    expect(refusalCode(() => passed(own))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => servedAt(own, servesAt('A1')))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => call(servedAt(called, servesAt('A1'))))).toBe('ILLEGAL_STEP');
  });

  test('is not called at a window that has another to finish', () => {
    const called = callAt(own, 'A1', [own], servesAt('A1'), NOW);
    const next = numbered(2);
    expect(refusalCode(() => callAt(next, 'A1', [called, next], servesAt('A1'), NOW))).toBe('ILLEGAL_STEP');
  });

  test('for several items is finished at once where all are served, and otherwise goes from window to window', () => {
    const joint = numbered(1, { services: [service('民政'), service('公安')] });
    const call = (number: QueueNumber, window: string) => callAt(number, window, [number], servesAt(window), NOW);
    expect(servedAt(call(joint, 'C1'), servesAt('C1')).state).toBe('FINISHED');
    const half = servedAt(call(joint, 'A1'), servesAt('A1'));
    expect(half).toMatchObject({ state: 'WAITING', services: [{ done: true }, { done: false }] });
    expect(waitsFor(half, servesAt('A1'))).toBe(false);
    expect(nextNumber([numbered(0, { services: [service('公安')] }), half], servesAt('B1'), NOW).serial).toBe(1);
    expect(refusalCode(() => nextNumber([half], servesAt('A1'), NOW))).toBe('NOT_FOUND');
    expect(servedAt(call(half, 'B1'), servesAt('B1')).state).toBe('FINISHED');
  });

  test('is called for by the people of the window, while it is open', () => {
    const window = { code: 'A1', name: '民政', department: '民政', from: DAY, until: DAY, ...UNPLACED };
    const at =
      (change: object, now = NOW) =>
      () =>
        requireAtWindow({ ...person(COUNTY, 'CLERK', '民政'), ...change }, window, 'COUNTY', now);
    expect(at({})).not.toThrow();
    expect(at({ window: 'A1' })).not.toThrow();
    expect(refusalCode(at({ window: 'B1' }))).toBe('FORBIDDEN');
    expect(refusalCode(at({ department: '公安' }))).toBe('WRONG_DEPARTMENT');
    expect(refusalCode(at({}, instantOf('2026-06-02', '09:00')))).toBe('OFFICE_CONFLICT');
  });

  test('is listed at its desk and for supervisors over it', () => {
    const read = (division: string, role: 'CLERK' | 'SUPERVISOR') => () =>
      requireQueueReader(person(division, role), TOWNSHIP, divisions);
    expect(read(TOWNSHIP, 'CLERK')).not.toThrow();
    expect(read(COUNTY, 'SUPERVISOR')).not.toThrow();
    expect(refusalCode(read(COUNTY, 'CLERK'))).toBe('FORBIDDEN');
  });
});

describe('a day of a hall', () => {
  const event = fc.record({
    what: fc.constantFrom('TAKE', 'JOINT', 'NEXT', 'AGAIN', 'PASS', 'FINISH'),
    window: fc.constantFrom(...WINDOWS),
    which: fc.nat(20),
  });

  /** The numbers after an event; unchanged where it is refused. */
  function after(
    numbers: readonly QueueNumber[],
    { what, window, which }: { what: string; window: string; which: number },
  ) {
    const serves = servesAt(window);
    const chosen = numbers[which % Math.max(1, numbers.length)];
    const change = (): QueueNumber | undefined => {
      if (what === 'TAKE') return numbered(numbers.length, { services: [service(which % 2 ? '民政' : '公安')] });
      if (what === 'JOINT') return numbered(numbers.length, { services: [service('民政'), service('公安')] });
      if (what === 'NEXT') return callAt(nextNumber(numbers, serves, NOW), window, numbers, serves, NOW);
      if (!chosen) return undefined;
      if (what === 'PASS') return passed(chosen);
      if (what === 'FINISH') return servedAt(chosen, servesAt(chosen.window ?? ''));
      requireCalledBefore(chosen);
      return callAt(chosen, window, numbers, serves, NOW);
    };
    try {
      const made = change();
      return made
        ? [...numbers.filter(({ serial }) => serial !== made.serial), made].toSorted((a, b) => a.serial - b.serial)
        : numbers;
    } catch (error) {
      // what a window may not do leaves the numbers as they are; a fault of the program does not
      if (!(error instanceof ProblemError)) throw error;
      return numbers;
    }
  }

  test('loses no number, calls one number at a window at most, and finishes what is all done and nothing else', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let numbers: readonly QueueNumber[] = [];
        for (const one of events) {
          const before = numbers;
          numbers = after(numbers, one);
          expect(numbers.map(({ serial }) => serial)).toEqual(numbers.map((_, i) => i));
          const called = numbers.flatMap(({ state, window }) => (state === 'CALLED' ? [window] : []));
          expect(new Set(called).size).toBe(called.length);
          for (const [i, { state, services }] of numbers.entries()) {
            expect(state === 'FINISHED').toBe(services.every(({ done }) => done));
            expect(before[i]?.state === 'FINISHED' && state !== 'FINISHED').toBe(false);
          }
        }
      }),
    );
  });

  test('ends with every number finished once the windows call until nobody waits', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let numbers = events.reduce<readonly QueueNumber[]>(after, []);
        for (let round = 0; numbers.some(({ state }) => state !== 'FINISHED'); round++) {
          expect(round).toBeLessThan(500);
          for (const window of WINDOWS) {
            const here = numbers.findIndex((n) => n.state === 'CALLED' && n.window === window);
            const gone = numbers.findIndex((n) => n.state === 'PASSED' && waitsFor(n, servesAt(window)));
            if (here >= 0) numbers = after(numbers, { what: 'FINISH', window, which: here });
            else if (gone >= 0) numbers = after(numbers, { what: 'AGAIN', window, which: gone });
            else numbers = after(numbers, { what: 'NEXT', window, which: 0 });
          }
        }
      }),
    );
  });
});
