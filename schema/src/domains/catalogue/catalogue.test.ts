import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDay } from '../../testing/arbitraries.ts';
import { COUNTY, itemOf } from '../../testing/fixtures.ts';
import { codeOrDone, refusal } from '../../testing/refusals.ts';
import { TIERS } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Item } from './catalogue.ts';
import {
  acceptingOrgans,
  isInForce,
  itemSchema,
  limitSchema,
  requireInForce,
  standardImplementation,
} from './catalogue.ts';

describe('an item', () => {
  const item = (changes: Partial<Item>): Item => ({ ...itemOf('3310-MZ-001'), ...changes });

  test.each([
    ['on its first day', item({ effectiveFrom: '2026-03-02' })],
    ['on the last day before its end', item({ effectiveTo: '2026-03-03' })],
    ['without an end', item({})],
  ])('may be taken in %s', (_, found) => {
    expect(() => requireInForce(found, '2026-03-02')).not.toThrow();
  });

  test.each([
    ['before its first day', item({ effectiveFrom: '2026-03-03' })],
    ['on the day it ended', item({ effectiveTo: '2026-03-02' })],
    ['long after it ended', item({ effectiveTo: '2025-03-02' })],
    ['while it is suspended', item({ status: 'SUSPENDED' })],
    ['when it is cancelled', item({ status: 'CANCELLED' })],
    ['when it is cancelled, although its dates still run', item({ status: 'CANCELLED', effectiveTo: '2027-01-01' })],
  ])('is refused %s', (_, found) => {
    expect(refusal(() => requireInForce(found, '2026-03-02'))).toMatchObject({
      code: 'ITEM_NOT_IN_FORCE',
      article: ARTICLES.itemLife,
      field: 'item',
    });
  });

  test('is in force on exactly the days from its first to before its end', () => {
    fc.assert(
      fc.property(anyDay, anyDay, anyDay, (effectiveFrom, effectiveTo, day) => {
        const found = item({ effectiveFrom, effectiveTo });
        const expected = day >= effectiveFrom && day < effectiveTo;
        expect(isInForce(found, day)).toBe(expected);
        expect(codeOrDone(() => requireInForce(found, day))).toBe(expected ? null : 'ITEM_NOT_IN_FORCE');
      }),
    );
  });

  test('is accepted by organs, lowest first, never by a village', () => {
    expect(acceptingOrgans({ acceptingTiers: ['COUNTY', 'VILLAGE', 'TOWNSHIP'] })).toEqual(['TOWNSHIP', 'COUNTY']);
    expect(acceptingOrgans({ acceptingTiers: ['VILLAGE'] })).toEqual([]);
    fc.assert(
      fc.property(fc.subarray([...TIERS]), (acceptingTiers) => {
        const organs = acceptingOrgans({ acceptingTiers });
        expect(organs).not.toContain('VILLAGE');
        expect(organs).toHaveLength(acceptingTiers.filter((tier) => tier !== 'VILLAGE').length);
      }),
    );
  });

  test('is carried out at first as the standard says', () => {
    expect(standardImplementation(itemOf('3310-MZ-001'), COUNTY, 3)).toMatchObject({
      item: '3310-MZ-001',
      itemVersion: 1,
      node: COUNTY,
      version: 3,
      promised: { days: 18, unit: 'WORKDAY' },
      maxVisits: 1,
    });
  });
});

describe('the unified elements', () => {
  const NEW = {
    hierarchy: null,
    powerSource: 'STATUTORY',
    handlingWay: 'OWN',
    window: null,
    crossDistrict: 'NONE',
    supervisionWay: null,
    signOff: null,
    collectiveDecision: false,
  };

  test('have a default, so that an item from before them still parses', () => {
    const old = Object.fromEntries(Object.entries(itemOf('3310-MZ-001')).filter(([key]) => !(key in NEW)));
    expect(itemSchema.parse(old)).toMatchObject(NEW);
  });

  test('are taken when they are words of the vocabulary, and refused when they are not', () => {
    const given = {
      ...itemOf('3310-MZ-001'),
      hierarchy: { main: { code: '001', name: '社会救助' }, sub: null },
      powerSource: 'ENTRUSTED_ABOVE',
      handlingWay: 'FIRST_REVIEW',
      processingClass: 'URGENT',
      crossDistrict: 'PROVINCE',
      signOff: { level: 'CHIEF', maxLayers: 2 },
      collectiveDecision: true,
    };
    expect(itemSchema.parse(given)).toEqual(given);
    for (const wrong of [
      { powerSource: 'LENT' },
      { crossDistrict: 'MOON' },
      { signOff: { level: 'CHIEF', maxLayers: 0 } },
    ]) {
      expect(itemSchema.safeParse({ ...given, ...wrong }).success).toBe(false);
    }
  });

  test('count limits in half working days, and never in half plain days', () => {
    expect(limitSchema.safeParse({ days: 0.5, unit: 'WORKDAY' }).success).toBe(true);
    expect(limitSchema.safeParse({ days: 0.5, unit: 'DAY' }).success).toBe(false);
    expect(limitSchema.safeParse({ days: 0.25, unit: 'WORKDAY' }).success).toBe(false);
  });
});
