import { describe, expect, test } from 'vitest';
import type { Tier } from './words.ts';
import { CASE_STATES, CLOSED_STATES, isClosed, isUndecided, OUTCOMES } from '../case/words.ts';
import { isAbove, TIERS } from './words.ts';

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
  test('that end a case are its closing, non-acceptance, withdrawal, termination and voiding, and no decision, answer or report', () => {
    expect(CASE_STATES.filter(isClosed)).toEqual([...CLOSED_STATES]);
    expect(CASE_STATES.filter((state) => !isClosed(state))).toEqual([
      'DRAFT',
      'PRECHECKED',
      'FILED',
      'AWAITING_SUPPLEMENT',
      'ACCEPTED',
      'REVIEWED',
      'GRANTED',
      'REFUSED',
      'ANSWERED',
      'REPORTED',
      'REPORT_DECIDED',
      'DELIVERED',
    ]);
    expect(OUTCOMES.some(isClosed)).toBe(false);
    expect(OUTCOMES.some(isUndecided)).toBe(false);
  });
});
