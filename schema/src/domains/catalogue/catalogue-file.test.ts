import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogueContent, COUNTY, itemOf, items } from '../../testing/fixtures.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CatalogueFault } from './catalogue-file.ts';
import { readCatalogueFile } from './catalogue-file.ts';
import { implementationSchema, itemSchema, standardImplementation } from './catalogue.ts';

type Content = ReturnType<typeof catalogueContent>;

/** Places of the sample file: an ordinary payment, a licence of the county, a bundle. */
const MZ_001 = 0;
const ZJ_001 = 6;
const LB_001 = 32;

/** The faults found when `spoil` changes the sample file. */
function spoilt(spoil: (content: Content) => void): CatalogueFault[] {
  const content = catalogueContent();
  spoil(content);
  const { file, faults } = readCatalogueFile(content, '2026-01-01');
  expect(file).toBeNull();
  return faults;
}

/** The faults found when one item of the sample file is changed. */
const changed = (index: number, changes: Record<string, unknown>) =>
  spoilt((content) => Object.assign(content.items[index] ?? {}, changes));

const placesOf = (faults: readonly CatalogueFault[]) => faults.map((fault) => fault.place);

describe('the sample catalogue', () => {
  const read = readCatalogueFile(catalogueContent(), '2026-03-01');

  test('has 42 items and no fault', () => {
    expect(read.faults).toEqual([]);
    expect(read.file?.items).toHaveLength(42);
    expect(read.file?.issuer).toBe('331000');
  });

  test('is in force from the day it was given, without an end', () => {
    for (const item of read.file?.items ?? []) {
      expect(item).toMatchObject({ status: 'IN_FORCE', effectiveFrom: '2026-03-01', effectiveTo: null });
    }
  });

  test('has items the schema takes, and so are the implementations that start from them', () => {
    for (const item of items) {
      expect(itemSchema.parse(item)).toEqual(item);
      const made = standardImplementation(item, COUNTY, 1);
      expect(implementationSchema.parse(made)).toEqual(made);
    }
  });

  test('is put into the words of the project', () => {
    expect(itemOf('3310-MZ-001')).toMatchObject({
      name: '最低生活保障对象认定',
      kind: 'PAYMENT',
      processingClass: 'FORWARDED',
      decidingTier: 'COUNTY',
      acceptingTiers: ['TOWNSHIP', 'VILLAGE'],
      statutory: { days: 20, unit: 'WORKDAY' },
      standard: { promised: { days: 18, unit: 'WORKDAY' }, maxVisits: 1 },
      feeSchedule: null,
      bundle: null,
      verified: true,
    });
    expect(itemOf('3310-MZ-001').standard.materials[0]).toEqual({
      name: '最低生活保障申请书',
      required: true,
      providedBy: 'APPLICANT',
      held: false,
    });
  });

  test('keeps the unit of days, working or plain', () => {
    expect(itemOf('3310-JS-001').statutory).toEqual({ days: 7, unit: 'DAY' });
    expect(itemOf('3310-JS-001').standard.promised).toEqual({ days: 3, unit: 'DAY' });
  });

  test('has no statutory limit where the basis names none', () => {
    expect(itemOf('3310-LB-003').statutory).toBeNull();
  });

  test('turns yuan into fen', () => {
    expect(itemOf('3310-JS-002').feeSchedule).toEqual({
      baseFen: 55_000,
      unit: '件',
      note: null,
      rates: [
        { category: 'general', percent: 100 },
        { category: 'rural-homestead', percent: 0 },
      ],
    });
    expect(itemOf('3310-LB-002').feeSchedule?.baseFen).toBeNull();
  });

  test('has bundles whose defaults are off unless the item says so', () => {
    expect(itemOf('3310-LB-001').bundle).toMatchObject({
      lead: '3310-SJ-003',
      silentApproval: false,
      absenceDefault: false,
      departments: [],
    });
    expect(itemOf('3310-LB-003').bundle).toMatchObject({ silentApproval: true, absenceDefault: true, members: [] });
  });
});

describe('amounts of a fee schedule', () => {
  const rates = [{ category: 'general', percent: 100 }];
  const priced = (base: unknown) => {
    const content = catalogueContent();
    Object.assign(content.items[MZ_001] ?? {}, { feeSchedule: { base, currency: 'CNY', unit: '件', rates } });
    return readCatalogueFile(content, '2026-01-01');
  };

  test('come out to the fen for every amount of yuan and fen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (fen) => {
        expect(priced(fen / 100).file?.items[MZ_001]?.feeSchedule?.baseFen).toBe(fen);
      }),
      { numRuns: 50 },
    );
  });

  test.each([-1, 0.001, 1.005, '550', Number.NaN, Number.POSITIVE_INFINITY])(
    'of %s yuan are refused at their place',
    (base) => {
      const { file, faults } = priced(base);
      expect(file).toBeNull();
      expect(placesOf(faults)).toEqual(['items[0].feeSchedule.base']);
    },
  );

  test('are in yuan and in nothing else', () => {
    const feeSchedule = { base: 550, currency: 'USD', unit: '件', rates };
    expect(placesOf(changed(MZ_001, { feeSchedule }))).toEqual(['items[0].feeSchedule.currency']);
  });

  test('have rates of at most the whole', () => {
    const feeSchedule = { base: 550, currency: 'CNY', unit: '件', rates: [{ category: 'general', percent: 101 }] };
    expect(placesOf(changed(MZ_001, { feeSchedule }))).toEqual(['items[0].feeSchedule.rates[0].percent']);
  });
});

describe('a faulty catalogue file gives no item and names', () => {
  test.each([
    ['a kind that is none', { kind: 'permit' }, 'items[3].kind'],
    ['a kind in capitals', { kind: 'LICENSE' }, 'items[3].kind'],
    ['a processing class that is none', { processingClass: 'slow' }, 'items[3].processingClass'],
    ['a deciding tier that is none', { decidingTier: 'province' }, 'items[3].decidingTier'],
    ['an accepting tier that is none', { acceptingTiers: ['township', 'hamlet'] }, 'items[3].acceptingTiers[1]'],
    ['no accepting tier', { acceptingTiers: [] }, 'items[3].acceptingTiers'],
    ['a unit that is none', { statutoryUnit: 'week' }, 'items[3].statutoryUnit'],
    ['days below 0', { promisedDays: -1 }, 'items[3].promisedDays'],
    ['a third of a day', { promisedDays: 1.3 }, 'items[3].promisedDays'],
    ['half a plain day', { promisedDays: 1.5, statutoryUnit: 'day' }, 'items[3].promisedDays'],
    ['days as text', { statutoryDays: '20' }, 'items[3].statutoryDays'],
    ['days without end', { statutoryDays: 4000 }, 'items[3].statutoryDays'],
    ['a code that is none', { code: 'MZ-4' }, 'items[3].code'],
    ['an empty name', { name: '  ' }, 'items[3].name'],
    ['no legal basis', { legalBasis: '' }, 'items[3].legalBasis'],
    ['no department', { department: '' }, 'items[3].department'],
    ['no material', { materials: [] }, 'items[3].materials'],
    ['an empty material', { materials: ['补贴申请表', ' '] }, 'items[3].materials[1]'],
    ['visits that are no number', { maxVisits: null }, 'items[3].maxVisits'],
    ['a yes or no that is neither', { proxyAllowed: 'yes' }, 'items[3].proxyAllowed'],
    ['an unknown key', { colour: 'red' }, 'items[3]'],
  ])('%s', (_, changes, place) => {
    expect(placesOf(changed(3, changes))).toEqual([place]);
  });

  test('a key that is left out', () => {
    expect(placesOf(spoilt((content) => delete content.items[3]?.verified))).toEqual(['items[3].verified']);
  });

  test('an item that is no object', () => {
    const spoil = (content: Content) => content.items.splice(3, 1, 'MZ' as unknown as Record<string, unknown>);
    expect(placesOf(spoilt(spoil))).toEqual(['items[3]']);
  });

  test('a code that stands there already', () => {
    expect(placesOf(changed(3, { code: '3310-MZ-001' }))).toEqual(['items[3].code']);
  });

  test('a material that is named twice', () => {
    expect(placesOf(changed(3, { materials: ['残疾人证', '补贴申请表', '残疾人证'] }))).toEqual([
      'items[3].materials[2]',
    ]);
  });

  test('a promise above the statute, with the article', () => {
    const faults = changed(3, { promisedDays: 31 });
    expect(placesOf(faults)).toEqual(['items[3].promisedDays']);
    expect(faults[0]?.message).toContain(ARTICLES.decisionLimit);
  });

  test('no promise that is as long as the statute, nor one where the statute names no days', () => {
    for (const changes of [{ promisedDays: 30 }, { promisedDays: 300, statutoryDays: null }]) {
      const content = catalogueContent();
      Object.assign(content.items[3] ?? {}, changes);
      expect(readCatalogueFile(content, '2026-01-01').faults).toEqual([]);
    }
  });

  test('a village that shall decide', () => {
    const faults = changed(3, { decidingTier: 'village', acceptingTiers: ['village', 'township'] });
    expect(placesOf(faults)).toEqual(['items[3].decidingTier', 'items[3].acceptingTiers[1]']);
    expect(faults[0]?.message).toContain(ARTICLES.organsOnly);
  });

  test('a village that alone shall accept', () => {
    const faults = changed(3, { acceptingTiers: ['village'] });
    expect(placesOf(faults)).toEqual(['items[3].acceptingTiers']);
    expect(faults[0]?.message).toContain(ARTICLES.organsOnly);
  });

  test('an accepting tier above the deciding one', () => {
    expect(placesOf(changed(3, { acceptingTiers: ['township', 'city'] }))).toEqual(['items[3].acceptingTiers[1]']);
  });

  test.each([
    ['a village', ['village'], 0],
    ['the deciding tier itself', ['county'], 0],
    ['a tier above the deciding one', ['city'], 0],
    ['a village beside a township', ['township', 'village'], 1],
  ])('a delegation to %s', (_, delegableTo, place) => {
    expect(placesOf(changed(ZJ_001, { delegableTo }))).toEqual([`items[6].delegableTo[${place}]`]);
  });

  test('a joint item without its bundle', () => {
    const faults = spoilt((content) => delete content.items[LB_001]?.bundle);
    expect(placesOf(faults)).toEqual(['items[32].bundle']);
  });

  test('a member of a bundle that is not in the file', () => {
    const bundle = { lead: '3310-SJ-003', members: ['3310-SJ-003', '3310-XX-999'] };
    const faults = changed(LB_001, { bundle });
    expect(placesOf(faults)).toEqual(['items[32].bundle.members[1]']);
    expect(faults[0]?.message).toContain('3310-XX-999');
  });

  test('an unknown key of a bundle', () => {
    const bundle = { lead: '3310-SJ-003', members: ['3310-SJ-003'], speed: 'high' };
    expect(placesOf(changed(LB_001, { bundle }))).toEqual(['items[32].bundle']);
  });

  test('items that are none at all', () => {
    expect(placesOf(spoilt((content) => content.items.splice(0)))).toEqual(['items']);
    expect(placesOf(spoilt((content) => delete (content as Partial<Content>).items))).toEqual(['items']);
  });

  test.each(['台州', '3310', '', 331000, null])('an issuer that is none: %s', (issuer) => {
    const faults = spoilt((content) => {
      content.issuer = issuer;
    });
    expect(placesOf(faults)).toEqual(['issuer']);
  });

  test('an unknown key of the file', () => {
    expect(placesOf(spoilt((content) => Object.assign(content, { version: 3 })))).toEqual(['the file']);
  });

  test.each([null, undefined, 'items', 37, [], [[]]])('that it is no catalogue: %j', (content) => {
    const { file, faults } = readCatalogueFile(content, '2026-01-01');
    expect(file).toBeNull();
    expect(faults.length).toBeGreaterThan(0);
  });

  test('every fault at once, those of one item and those of several', () => {
    const faults = spoilt((content) => {
      Object.assign(content.items[1] ?? {}, { kind: 'permit', promisedDays: -1, colour: 'red' });
      Object.assign(content.items[2] ?? {}, {
        promisedDays: 21,
        acceptingTiers: ['village'],
        delegableTo: ['village'],
      });
      Object.assign(content.items[4] ?? {}, { code: '3310-MZ-001' });
      delete content.items[LB_001]?.bundle;
    });
    expect(placesOf(faults).sort()).toEqual(
      [
        'items[1]',
        'items[1].kind',
        'items[1].promisedDays',
        'items[2].acceptingTiers',
        'items[2].delegableTo[0]',
        'items[2].promisedDays',
        'items[32].bundle',
        'items[4].code',
      ].sort(),
    );
  });

  test('each of any number of spoilt items, and none that is sound', () => {
    const anyIndexes = fc.uniqueArray(fc.integer({ min: 0, max: 36 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(anyIndexes, (indexes) => {
        const faults = spoilt((content) => {
          for (const index of indexes) Object.assign(content.items[index] ?? {}, { maxVisits: -1 });
        });
        const expected = indexes.sort((a, b) => a - b).map((index) => `items[${index}].maxVisits`);
        expect(placesOf(faults).filter((place) => place.endsWith('.maxVisits'))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the unified elements of an entry', () => {
  const elements = {
    hierarchy: { main: { code: '001', name: '社会救助' }, sub: null },
    powerSource: 'entrusted_above',
    handlingWay: 'first_review',
    processingClass: 'urgent',
    window: '民政窗口',
    crossDistrict: 'province',
    supervisionWay: '0576-12345',
    signOff: { level: 'chief', maxLayers: 2 },
    collectiveDecision: true,
    conditions: ['本县户籍'],
    promisedDays: 0.5,
    greenChannel: { days: 0.5, unit: 'workday' },
    urgent: { days: 0, unit: 'workday' },
    materials: ['户口簿', { name: '身份证明', providedBy: 'sharing', held: true, required: false }],
  };

  test('are optional, and put into the words of the project where they are given', () => {
    const content = catalogueContent();
    Object.assign(content.items[MZ_001] ?? {}, elements);
    const { file, faults } = readCatalogueFile(content, '2026-01-01');
    expect(faults).toEqual([]);
    expect(file?.items[MZ_001]).toMatchObject({
      hierarchy: elements.hierarchy,
      powerSource: 'ENTRUSTED_ABOVE',
      handlingWay: 'FIRST_REVIEW',
      processingClass: 'URGENT',
      window: '民政窗口',
      crossDistrict: 'PROVINCE',
      signOff: { level: 'CHIEF', maxLayers: 2 },
      collectiveDecision: true,
      standard: {
        promised: { days: 0.5, unit: 'WORKDAY' },
        greenChannel: { days: 0.5, unit: 'WORKDAY' },
        urgent: { days: 0, unit: 'WORKDAY' },
        conditions: ['本县户籍'],
        materials: [
          { name: '户口簿', required: true, providedBy: 'APPLICANT', held: false },
          { name: '身份证明', required: false, providedBy: 'SHARING', held: true },
        ],
      },
    });
  });

  test.each([
    ['powerSource', 'lent'],
    ['greenChannel', { days: 19, unit: 'workday' }],
    ['urgent', { days: 0.5, unit: 'day' }],
    ['urgent', { days: 30, unit: 'day' }],
    ['handlingWay', 'own way'],
    ['crossDistrict', 'moon'],
    ['collectiveDecision', 'yes'],
  ])('are refused at their place when they are no words of it, or above the promise: %s', (key, value) => {
    expect(placesOf(changed(MZ_001, { [key]: value }))).toEqual([`items[0].${key}`]);
  });
});
