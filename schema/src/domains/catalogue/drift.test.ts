import { describe, expect, test } from 'vitest';
import { COUNTY, implementationOf, itemOf, VILLAGE } from '../../testing/fixtures.ts';
import type { Implementation, Item } from './catalogue.ts';
import type { HeldItem } from './drift.ts';
import { driftOf, mustCarryOut, unifiedElements } from './drift.ts';

const basic: Item = { ...itemOf('3310-MZ-001'), version: 2 };
const implementation: Implementation = implementationOf(basic);
const held = (change: Partial<HeldItem> = {}): HeldItem => ({
  code: basic.code,
  own: basic,
  implementation,
  ...change,
});
const kinds = (change: Partial<HeldItem>, city: Item | null = basic, decides = true) =>
  driftOf(COUNTY, held(change), city, decides).map(({ element, kind }) => [element, kind]);
const better = (change: Partial<Implementation>) => kinds({ implementation: { ...implementation, ...change } });

describe('a node that holds what the city has', () => {
  test('drifts nowhere', () => {
    expect(kinds({})).toEqual([]);
  });

  test('drifts nowhere with fewer days, materials and visits', () => {
    const { promised } = implementation;
    expect(better({ promised: { ...promised, days: promised.days - 1 } })).toEqual([]);
    expect(better({ promised: { days: promised.days, unit: 'DAY' } })).toEqual([]);
    expect(better({ materials: implementation.materials.slice(1), maxVisits: 0 })).toEqual([]);
    expect(better({ materials: implementation.materials.map((m) => ({ ...m, required: false })) })).toEqual([]);
  });

  test('drifts nowhere without an implementation where it does not decide', () => {
    expect(kinds({ implementation: null }, basic, false)).toEqual([]);
  });
});

describe('a node drifts', () => {
  test('with an older version, and in each unified element that changed since', () => {
    const own = { ...basic, version: 1, name: '低保', legalBasis: '旧办法' };
    expect(driftOf(VILLAGE, held({ own, implementation: null }), basic, false)).toEqual([
      { node: VILLAGE, item: basic.code, element: 'version', own: '1', basic: '2', kind: 'OUTDATED_VERSION' },
      { node: VILLAGE, item: basic.code, element: 'name', own: '低保', basic: basic.name, kind: 'DIFFERENT' },
      {
        node: VILLAGE,
        item: basic.code,
        element: 'legalBasis',
        own: '旧办法',
        basic: basic.legalBasis,
        kind: 'DIFFERENT',
      },
    ]);
  });

  test('with a version the city never had', () => {
    expect(kinds({ own: { ...basic, version: 3 } })).toEqual([['version', 'DIFFERENT']]);
  });

  test('with an implementation of an older version', () => {
    expect(better({ itemVersion: 1 })).toEqual([['implementation.itemVersion', 'OUTDATED_VERSION']]);
  });

  test('with a longer promise, a new or stricter material, more visits', () => {
    const { promised, materials, maxVisits } = implementation;
    expect(better({ promised: { ...promised, days: promised.days + 1 } })).toEqual([
      ['implementation.promised', 'WORSE'],
    ]);
    expect(
      better({
        materials: [...materials, { name: '无关证明', required: false, providedBy: 'APPLICANT' as const, held: false }],
      }),
    ).toEqual([['implementation.materials', 'WORSE']]);
    expect(better({ maxVisits: maxVisits + 1 })).toEqual([['implementation.maxVisits', 'WORSE']]);
    const optional = {
      ...basic,
      standard: {
        ...basic.standard,
        materials: [{ name: '户口簿', required: false, providedBy: 'APPLICANT' as const, held: false }],
      },
    };
    expect(
      kinds(
        {
          own: optional,
          implementation: {
            ...implementation,
            materials: [{ name: '户口簿', required: true, providedBy: 'APPLICANT' as const, held: false }],
          },
        },
        optional,
      ),
    ).toEqual([['implementation.materials', 'WORSE']]);
  });

  test('with a promise whose unit cannot be compared', () => {
    expect(better({ promised: { days: implementation.promised.days + 1, unit: 'DAY' } })).toEqual([
      ['implementation.promised', 'DIFFERENT'],
    ]);
  });

  test('without the item, without the implementation it owes, and with an item nobody knows', () => {
    expect(kinds({ own: null, implementation: null }, basic, false)).toEqual([['item', 'MISSING']]);
    expect(kinds({ implementation: null })).toEqual([['implementation', 'MISSING']]);
    expect(kinds({}, null)).toEqual([
      ['item', 'UNKNOWN_ITEM'],
      ['implementation', 'UNKNOWN_ITEM'],
    ]);
  });

  test('not without an implementation of an item that is suspended', () => {
    const suspended: Item = { ...basic, status: 'SUSPENDED' };
    expect(kinds({ own: suspended, implementation: null }, suspended)).toEqual([]);
  });
});

test('a desk of the deciding tier must carry an item out, a village committee never', () => {
  expect(mustCarryOut(basic, 'COUNTY')).toBe(true);
  expect(mustCarryOut(basic, 'TOWNSHIP')).toBe(false);
  expect(mustCarryOut({ decidingTier: 'VILLAGE' }, 'VILLAGE')).toBe(false);
});

test('the unified elements are named once each', () => {
  const names = unifiedElements(basic).map(([element]) => element);
  expect(names).toHaveLength(new Set(names).size);
});
