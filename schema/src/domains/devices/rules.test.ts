import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, plusDays, startOfDay } from '../../kernel/calendar.ts';
import { COUNTY, divisions, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { codeOrDone, refusal } from '../../testing/refusals.ts';
import { serialGaps } from './register.ts';
import type { RegisteredBlock } from './register.ts';
import type { BlockStanding } from './rules.ts';
import {
  blockExpiry,
  CLOCK_LEEWAY_MS,
  DAYS_AHEAD,
  FEW_LEFT,
  blockStateAt,
  judgeLateFiling,
  LATE_DAYS,
  requireDeviceEnder,
  requireMoreNumbers,
  requireOwnDevice,
  seesAllDevices,
} from './rules.ts';

const DAY = '2026-06-01';
const NOW = new Date('2026-06-03T02:00:00.000Z');
const HOUR_MS = 3_600_000;
const agent = person(VILLAGE, 'AGENT');
const colleague = person(VILLAGE, 'AGENT', null, 'colleague');
const owned = { issuer: agent.issuer, sub: agent.sub, endReason: null };
const block = (change: Partial<BlockStanding> = {}): BlockStanding => ({
  day: DAY,
  takenAt: new Date('2026-06-01T00:30:00.000Z'),
  expiresAt: blockExpiry(DAY),
  state: 'OPEN',
  ...change,
});
const judged = (receivedAt: string, change: Partial<BlockStanding> = {}, now = NOW) =>
  codeOrDone(() => judgeLateFiling(block(change), { receivedAt: new Date(receivedAt) }, now));

describe('a device', () => {
  test('is used by the person who registered it, after a new login as well, and by no colleague', () => {
    expect(codeOrDone(() => requireOwnDevice(owned, { ...agent }))).toBeNull();
    expect(codeOrDone(() => requireOwnDevice(owned, colleague))).toBe('FORBIDDEN');
    expect(codeOrDone(() => requireOwnDevice(owned, { ...agent, issuer: 'other' }))).toBe('FORBIDDEN');
  });

  test('that was ended files nothing, and the refusal says how what it took in is filed', () => {
    const lost = refusal(() => requireOwnDevice({ ...owned, endReason: 'LOST' }, agent));
    expect(lost.code).toBe('DEVICE_ENDED');
    expect(lost.message).toContain('new application');
  });

  test('is ended by its person, a chief of the desk, or one of the township above a village, and by no one else', () => {
    const ends = (viewer = agent) => codeOrDone(() => requireDeviceEnder(owned, viewer, divisions));
    expect(ends()).toBeNull();
    expect(ends(person(TOWNSHIP, 'CHIEF'))).toBeNull();
    expect(ends(person(COUNTY, 'HEAD'))).toBeNull();
    expect(ends(colleague)).toBe('FORBIDDEN');
    expect(ends(person(TOWNSHIP, 'CLERK'))).toBe('FORBIDDEN');
    expect(ends(person(TOWNSHIP, 'SUPERVISOR'))).toBe('FORBIDDEN');
  });

  test('is seen by its person, and by chiefs and supervisors of the desk and above it', () => {
    expect(seesAllDevices(person(TOWNSHIP, 'CHIEF'), VILLAGE, divisions)).toBe(true);
    expect(seesAllDevices(person(COUNTY, 'SUPERVISOR'), VILLAGE, divisions)).toBe(true);
    expect(seesAllDevices(person(OTHER_TOWNSHIP, 'CHIEF'), VILLAGE, divisions)).toBe(false);
    expect(seesAllDevices(agent, VILLAGE, divisions)).toBe(false);
    expect(seesAllDevices(person(TOWNSHIP, 'CLERK'), TOWNSHIP, divisions)).toBe(false);
  });
});

describe('numbers taken ahead', () => {
  test('are of today or one of the next days', () => {
    const today = dayOf(NOW);
    const more = (day: string) => codeOrDone(() => requireMoreNumbers(day, 0, NOW));
    expect(more(today)).toBeNull();
    expect(more(plusDays(today, DAYS_AHEAD))).toBeNull();
    expect(more(plusDays(today, DAYS_AHEAD + 1))).toBe('BAD_INPUT');
    expect(more(plusDays(today, -1))).toBe('BAD_INPUT');
  });

  test('are given again once few of the day are left', () => {
    const more = (left: number) => codeOrDone(() => requireMoreNumbers(dayOf(NOW), left, NOW));
    expect(more(FEW_LEFT - 1)).toBeNull();
    expect(more(FEW_LEFT)).toBe('NUMBERS_LEFT');
  });
});

describe('a late filing', () => {
  test('counts as received when the device says, on the day of its number', () => {
    const receivedAt = new Date('2026-06-01T08:00:00.000Z');
    expect(judgeLateFiling(block(), { receivedAt }, NOW)).toEqual(receivedAt);
    // 24:00 of the day in China
    expect(judged('2026-06-01T15:59:59.999Z')).toBeNull();
    expect(judged('2026-06-01T16:00:00.000Z')).toBe('BAD_INPUT');
  });

  test('is not of before the number was taken, but for the leeway of the clock', () => {
    const { takenAt } = block();
    const before = (ms: number) => new Date(takenAt.getTime() - ms).toISOString();
    expect(judged(before(CLOCK_LEEWAY_MS))).toBeNull();
    expect(judged(before(CLOCK_LEEWAY_MS + 1))).toBe('BAD_INPUT');
  });

  test('is not of the future; within the leeway of the clock it counts as now', () => {
    const now = new Date('2026-06-01T03:00:00.000Z');
    const ahead = (ms: number) => new Date(now.getTime() + ms);
    expect(judgeLateFiling(block(), { receivedAt: ahead(CLOCK_LEEWAY_MS) }, now)).toEqual(now);
    expect(judged(ahead(CLOCK_LEEWAY_MS + 1).toISOString(), {}, now)).toBe('BAD_INPUT');
  });

  test('has a number of a block that is open and has not expired', () => {
    const received = '2026-06-01T08:00:00.000Z';
    for (const state of ['RETURNED', 'EXPIRED', 'TAKEN_BACK'] as const) {
      expect(judged(received, { state })).toBe('NUMBER_ENDED');
    }
    const last = blockExpiry(DAY);
    expect(dayOf(last)).toBe(plusDays(DAY, LATE_DAYS));
    expect(judged(received, {}, last)).toBeNull();
    expect(judged(received, {}, new Date(last.getTime() + 1))).toBe('NUMBER_ENDED');
  });

  test('is always received within its bounds, whatever the device says', () => {
    const hours = fc.integer({ min: -300, max: 300 });
    fc.assert(
      fc.property(hours, fc.integer({ min: 0, max: 240 }), (claimed, passed) => {
        const { takenAt, expiresAt } = block();
        const receivedAt = new Date(startOfDay(DAY).getTime() + claimed * HOUR_MS);
        const now = new Date(takenAt.getTime() + passed * HOUR_MS);
        const code = codeOrDone(() => {
          const counted = judgeLateFiling(block(), { receivedAt }, now);
          expect(dayOf(counted)).toBe(DAY);
          expect(counted <= now && now <= expiresAt).toBe(true);
          expect(counted.getTime()).toBeGreaterThanOrEqual(takenAt.getTime() - CLOCK_LEEWAY_MS);
        });
        expect([null, 'BAD_INPUT', 'NUMBER_ENDED']).toContain(code);
      }),
    );
  });
});

test.each([
  ['OPEN', 'OPEN', 'EXPIRED'],
  ['TAKEN_BACK', 'TAKEN_BACK', 'RELEASED'],
  ['RETURNED', 'RETURNED', 'RETURNED'],
  ['EXPIRED', 'EXPIRED', 'EXPIRED'],
] as const)('a block that is %s is %s while its numbers could be filed, and %s afterwards', (state, before, after) => {
  const expiresAt = blockExpiry(DAY);
  expect(blockStateAt({ state, expiresAt }, new Date(expiresAt.getTime() - 1))).toBe(before);
  expect(blockStateAt({ state, expiresAt }, expiresAt)).toBe(after);
});

describe('the register of numbers', () => {
  const device = { device: 'd', deviceName: '平板', person: '包小芳', since: NOW, ended: null };

  test('says of each number without a case why it has none', () => {
    const returned: RegisteredBlock = { first: 3, size: 4, why: 'RETURNED', ...device };
    const gaps = serialGaps({ day: DAY, given: 8, used: new Set([1, 4]), blocks: [returned] });
    expect(gaps.map(({ first, last, why }) => [first, last, why])).toEqual([
      [2, 2, 'NOT_USED'],
      [3, 3, 'RETURNED'],
      [5, 6, 'RETURNED'],
      [7, 8, 'NOT_USED'],
    ]);
  });

  test('leaves no number out and names none twice', () => {
    const sizes = fc.array(fc.record({ size: fc.integer({ min: 1, max: 20 }), blocked: fc.boolean() }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 160 })), (stretches, numbers) => {
        let given = 0;
        const blocks: RegisteredBlock[] = [];
        for (const { size, blocked } of stretches) {
          if (blocked) blocks.push({ first: given + 1, size, why: 'EXPIRED', ...device });
          given += size;
        }
        const used = new Set(numbers.filter((number) => number <= given));
        const gaps = serialGaps({ day: DAY, given, used, blocks: blocks.toReversed() });
        const unused = gaps.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
        const all = [...unused, ...used].toSorted((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: given }, (_, i) => i + 1));
      }),
    );
  });
});
