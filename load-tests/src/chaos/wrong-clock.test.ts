import { afterEach, beforeEach, expect, test } from 'vitest';
import { installClock, setClock } from './wrong-clock.ts';

const right = Date;
beforeEach(() => installClock());
afterEach(() => {
  setClock(0);
  globalThis.Date = right;
});

test('a clock that is wrong tells another time to everybody, and a given date stays what it is', () => {
  const before = right.now();
  setClock(-600_000);
  expect(before - Date.now()).toBeGreaterThan(590_000);
  expect(before - new Date().getTime()).toBeGreaterThan(590_000);
  expect(new Date('2026-03-02T00:00:00Z').toISOString()).toBe('2026-03-02T00:00:00.000Z');
  expect(new right() instanceof Date).toBe(true);
  setClock(0);
  expect(Math.abs(Date.now() - right.now())).toBeLessThan(1_000);
});
