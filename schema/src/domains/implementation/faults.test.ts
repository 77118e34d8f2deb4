import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyItem } from '../../testing/arbitraries.ts';
import { CITY, COUNTY, itemOf } from '../../testing/fixtures.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Implementation, Item } from '../catalogue/catalogue.ts';
import { implementationSchema, standardImplementation } from '../catalogue/catalogue.ts';
import { followItem, implementationFaults } from './faults.ts';
import type { Limit } from '../../kernel/limits.ts';

const ITEM = itemOf('3310-MZ-001');
const standard = standardImplementation(ITEM, COUNTY, 1);
const own = (change: Partial<Implementation>): Implementation => ({ ...standard, ...change });
const materials = standard.materials;
const placesOf = (implementation: Implementation, item: Item = ITEM, above: Implementation | null = null) =>
  implementationFaults(implementation, item, above).map((f) => f.field);
const fee = { baseFen: 1_000, unit: '件', note: null, rates: [{ category: 'general', percent: 100 }] };
const asked = (name: string) => ({ name, required: true, providedBy: 'APPLICANT' as const, held: false });

describe('an implementation may', () => {
  test.each([
    ['be what the standard says', own({})],
    ['promise fewer days', own({ promised: { days: 5, unit: 'WORKDAY' } })],
    ['promise half a day', own({ promised: { days: 0.5, unit: 'WORKDAY' } })],
    ['promise as many plain days', own({ promised: { days: 18, unit: 'DAY' } })],
    [
      'promise the green channel and the urgent less',
      own({ greenChannel: { days: 5, unit: 'WORKDAY' }, urgent: { days: 0.5, unit: 'WORKDAY' } }),
    ],
    ['ask for fewer materials', own({ materials: materials.slice(1) })],
    ['leave a material to choice', own({ materials: materials.map((m) => ({ ...m, required: false })) })],
    [
      'fetch a material by sharing',
      own({ materials: materials.map((m) => ({ ...m, providedBy: 'SHARING' as const })) }),
    ],
    ['let people come no time', own({ maxVisits: 0 })],
    ['spell conditions out that the standard leaves to it', own({ conditions: ['本县户籍'] })],
    ['take no fee', own({ feeSchedule: { ...fee, baseFen: 0 } })],
  ])('%s', (_, implementation) => {
    expect(implementationFaults(implementation, ITEM, null)).toEqual([]);
  });
});

describe('an implementation may not', () => {
  test.each([
    ['promise more days', own({ promised: { days: 18.5, unit: 'WORKDAY' } }), 'promised'],
    [
      'name a green channel longer than its promise',
      own({ greenChannel: { days: 19, unit: 'WORKDAY' } }),
      'greenChannel',
    ],
    [
      'name an urgent limit longer than its promise',
      own({ promised: { days: 2, unit: 'WORKDAY' }, urgent: { days: 3, unit: 'WORKDAY' } }),
      'urgent',
    ],
    ['ask for a further material', own({ materials: [...materials, asked('无犯罪记录证明')] }), 'materials.4.name'],
    ['let people come more often', own({ maxVisits: 2 }), 'maxVisits'],
    ['take a fee where the item has none', own({ feeSchedule: fee }), 'feeSchedule'],
  ])('%s', (_, implementation, field) => {
    const faults = implementationFaults(implementation, ITEM, null);
    expect(faults.map((f) => [f.code, f.field])).toEqual([['IMPLEMENTATION_WORSE', field]]);
    expect(faults[0]?.article).toBe(field === 'feeSchedule' ? ARTICLES.feesByLaw : ARTICLES.neverWorse);
  });

  test('promise working days where the standard promises plain ones', () => {
    const item = itemOf('3310-JS-001');
    expect(
      placesOf({ ...standardImplementation(item, COUNTY, 1), promised: { days: 3, unit: 'WORKDAY' } }, item),
    ).toEqual(['promised']);
  });

  test('make people bring what the standard fetches or already holds', () => {
    for (const given of [{ providedBy: 'SHARING' as const }, { held: true }, { required: false }]) {
      const eased = { ...ITEM, standard: { ...ITEM.standard, materials: materials.map((m) => ({ ...m, ...given })) } };
      expect(placesOf(own({}), eased)).toEqual(materials.map((_m, i) => `materials.${i}`));
    }
  });

  test('add a condition to those the standard names', () => {
    const item = { ...ITEM, standard: { ...ITEM.standard, conditions: ['本市户籍'] } };
    expect(placesOf(own({ conditions: ['本市户籍'] }), item)).toEqual([]);
    expect(placesOf(own({ conditions: ['本市户籍', '居住满三年'] }), item)).toEqual(['conditions.1']);
  });

  test('take a higher fee, or more of it, than the item says', () => {
    const item = { ...ITEM, feeSchedule: fee };
    expect(placesOf(own({ feeSchedule: fee }), item)).toEqual([]);
    expect(placesOf(own({ feeSchedule: { ...fee, baseFen: 1_001 } }), item)).toEqual(['feeSchedule']);
    const dearer = { ...fee, rates: [...fee.rates, { category: 'company', percent: 101 }] };
    expect(placesOf(own({ feeSchedule: dearer }), item)).toEqual(['feeSchedule']);
  });

  test('be worse than the level above, even within the standard', () => {
    const above = {
      ...own({ promised: { days: 10, unit: 'WORKDAY' as const }, maxVisits: 0, onlineDepth: 'LEVEL_3' }),
      node: CITY,
    };
    expect(placesOf(own({}), ITEM, above)).toEqual(['promised', 'maxVisits', 'onlineDepth']);
    expect(placesOf(own({ promised: above.promised, maxVisits: 0, onlineDepth: 'LEVEL_4' }), ITEM, above)).toEqual([]);
  });

  test('be worse in several elements without each being named', () => {
    const worse = own({
      promised: { days: 30, unit: 'WORKDAY' },
      maxVisits: 3,
      materials: [...materials, asked('照片')],
    });
    expect(placesOf(worse)).toEqual(['promised', 'materials.4.name', 'maxVisits']);
  });
});

test('more days are always refused and fewer never, for every item', () => {
  fc.assert(
    fc.property(anyItem, fc.integer({ min: -40, max: 40 }), (item, more) => {
      const base = standardImplementation(item, COUNTY, 1);
      const promised = { ...base.promised, days: Math.max(0, base.promised.days + more) };
      // shorter limits of key projects' and urgent cases never lie above the promise
      const below = (limit: Limit | null) => limit && { ...limit, days: Math.min(limit.days, promised.days) };
      const shorter = { greenChannel: below(base.greenChannel), urgent: below(base.urgent) };
      const faults = implementationFaults({ ...base, ...shorter, promised }, item, null);
      expect(faults.length > 0).toBe(promised.days > base.promised.days);
    }),
  );
});

describe('after a new version of its item an implementation', () => {
  const next = (change: Partial<Item['standard']>): Item => ({
    ...ITEM,
    version: 2,
    standard: { ...ITEM.standard, ...change },
  });

  test('takes the new standard where it had the old one', () => {
    const followed = followItem(standard, ITEM, next({ promised: { days: 12, unit: 'WORKDAY' } }));
    expect(followed).toMatchObject({ itemVersion: 2, version: 2, promised: { days: 12, unit: 'WORKDAY' } });
  });

  test('keeps what it had bettered, and what is its own', () => {
    const bettered = own({
      promised: { days: 5, unit: 'WORKDAY' },
      hours: '周一至周五 8:30—17:30',
      onlineDepth: 'LEVEL_4',
    });
    const followed = followItem(bettered, ITEM, next({ promised: { days: 12, unit: 'WORKDAY' }, maxVisits: 0 }));
    expect(followed).toMatchObject({
      promised: { days: 5 },
      maxVisits: 0,
      hours: '周一至周五 8:30—17:30',
      onlineDepth: 'LEVEL_4',
    });
  });

  test('gives up what the new standard has overtaken', () => {
    const bettered = own({ promised: { days: 15, unit: 'WORKDAY' } });
    expect(followItem(bettered, ITEM, next({ promised: { days: 12, unit: 'WORKDAY' } })).promised.days).toBe(12);
  });

  test('starts from the new standard where the former is not known', () => {
    const bettered = own({ promised: { days: 5, unit: 'WORKDAY' } });
    expect(followItem(bettered, null, next({})).promised.days).toBe(18);
  });

  test('is never worse than it, whatever it was', () => {
    const anyDays = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(anyDays, anyDays, fc.boolean(), fc.subarray(materials), (was, is, known, kept) => {
        const before = own({ promised: { days: Math.min(was, 18), unit: 'WORKDAY' }, materials: kept });
        const item = { ...next({ promised: { days: is, unit: 'WORKDAY' } }), statutory: null };
        expect(implementationFaults(followItem(before, known ? ITEM : null, item), item, null)).toEqual([]);
      }),
    );
  });
});

test('an implementation from before the new elements still parses', () => {
  const { item, itemVersion, node, version, promised, maxVisits } = standard;
  const old = {
    item,
    itemVersion,
    node,
    version,
    promised,
    maxVisits,
    materials: [{ name: '户口簿', required: true }],
  };
  expect(implementationSchema.parse(old)).toMatchObject({
    materials: [{ providedBy: 'APPLICANT', held: false }],
    conditions: [],
    stages: [],
    onlineDepth: null,
  });
});

describe('limits shorter than the promise', () => {
  const days = (n: number) => ({ days: n, unit: 'WORKDAY' as const });
  const withGreen = { ...ITEM, standard: { ...ITEM.standard, greenChannel: days(5) } };

  test('that the standard names are kept or bettered, and never left out', () => {
    const at = (greenChannel: Implementation['greenChannel']) => placesOf(own({ greenChannel }), withGreen);
    expect(at(days(5))).toEqual([]);
    expect(at(days(3))).toEqual([]);
    expect(at(days(6))).toEqual(['greenChannel']);
    expect(at(null)).toEqual(['greenChannel']);
  });

  test('follow a new version of the item: taken over where the node had none, kept where bettered, never above the promise', () => {
    const next = { ...withGreen, version: 2 };
    expect(followItem(own({}), ITEM, next).greenChannel).toEqual(days(5));
    expect(followItem(own({ greenChannel: days(3) }), ITEM, next).greenChannel).toEqual(days(3));
    expect(followItem(own({ greenChannel: days(8) }), ITEM, next).greenChannel).toEqual(days(5));
    const quick = followItem(own({ promised: days(4) }), ITEM, next);
    expect(quick.greenChannel).toEqual(days(4));
    expect(implementationFaults(quick, next, null)).toEqual([]);
  });
});
