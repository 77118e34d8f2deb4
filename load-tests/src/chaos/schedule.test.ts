import { describe, expect, test } from 'vitest';
import { FAULT_KINDS, schedule } from './schedule.ts';

describe('a schedule of faults', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(schedule('a', 5_000, 3)).toEqual(schedule('a', 5_000, 3));
    expect(schedule('a', 5_000, 3).map((f) => f.kind)).not.toEqual(schedule('b', 5_000, 3).map((f) => f.kind));
  });

  test('has every kind as often as asked, one behind the other, within the hand-offs', () => {
    const faults = schedule('a', 5_000, 3);
    for (const kind of FAULT_KINDS) expect(faults.filter((f) => f.kind === kind)).toHaveLength(3);
    const moments = faults.map((f) => f.at);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments[0]).toBeGreaterThan(0);
    expect(moments.at(-1)).toBeLessThan(5_000);
  });

  test('gives each fault choices of its own', () => {
    const seeds = schedule('a', 5_000, 3).map((f) => f.seed);
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});
