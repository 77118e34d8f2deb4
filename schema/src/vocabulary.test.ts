import { describe, expect, test } from 'vitest';
import type { Tier } from './vocabulary.ts';
import { CASE_STATES, CLOSED_STATES, OUTCOMES, TIERS, isAbove, isClosed } from './vocabulary.ts';

describe('tiers', () => {
  test.each<[Tier, Tier[]]>([
    ['CITY', ['COUNTY', 'TOWNSHIP', 'VILLAGE']],
    ['COUNTY', ['TOWNSHIP', 'VILLAGE']],
    ['TOWNSHIP', ['VILLAGE']],
    ['VILLAGE', []],
  ])('a %s stands above %j and above nothing else, itself included', (tier, below) => {
    expect(TIERS.filter((other) => isAbove(tier, other))).toEqual(below);
  });
});

describe('states', () => {
  test('that end a case are the two decisions, non-acceptance and withdrawal', () => {
    expect(CASE_STATES.filter(isClosed)).toEqual([...CLOSED_STATES]);
    expect(CASE_STATES.filter((state) => !isClosed(state))).toEqual([
      'FILED',
      'AWAITING_SUPPLEMENT',
      'ACCEPTED',
      'REVIEWED',
    ]);
    expect(OUTCOMES.every(isClosed)).toBe(true);
  });
});
