import fc from 'fast-check';
import type { Item } from '../domains/catalogue/catalogue.ts';
import {
  CROSS_DISTRICT_WAYS,
  CROSS_DISTRICTS,
  HANDLING_WAYS,
  HEARING_NEEDS,
  ITEM_STATUSES,
  MATERIAL_SOURCES,
  POWER_SOURCES,
  SIGN_OFF_LEVELS,
} from '../domains/catalogue/item-words.ts';
import { anyDay } from './arbitraries.ts';
import { items } from './fixtures.ts';

/** Text as people write it, also with what separates cells, lines and JSON. */
export const anyText = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.stringMatching(/^[户,"'\n\r\t[\]{};:=+|]{1,8}$/),
  )
  .map((text) => text.trim())
  .filter((text) => text !== '');

const anyMaterials = fc.uniqueArray(
  fc.record({
    name: anyText,
    required: fc.boolean(),
    providedBy: fc.constantFrom(...MATERIAL_SOURCES),
    held: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4, selector: (m) => m.name },
);
const anyFee = fc.record({
  baseFen: fc.option(fc.integer({ min: 0, max: 10_000_000 })),
  unit: anyText,
  note: fc.option(anyText),
  rates: fc.array(fc.record({ category: anyText, percent: fc.integer({ min: 0, max: 100 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
});
const anyRank = fc.record({ code: anyText, name: anyText });

/** A sound item with any unified elements; a real one's tiers and bundle. */
export const anyFullItem: fc.Arbitrary<Item> = fc
  .record({
    base: fc.constantFrom(...items.filter((item) => item.bundle === null)),
    name: anyText,
    legalBasis: anyText,
    department: anyText,
    note: fc.option(anyText),
    lifeEvents: fc.array(anyText, { maxLength: 3 }),
    feeSchedule: fc.option(anyFee),
    hierarchy: fc.option(fc.record({ main: anyRank, sub: fc.option(anyRank) })),
    powerSource: fc.constantFrom(...POWER_SOURCES),
    handlingWay: fc.constantFrom(...HANDLING_WAYS),
    window: fc.option(anyText),
    crossDistrict: fc.constantFrom(...CROSS_DISTRICTS),
    crossDistrictWays: fc.subarray([...CROSS_DISTRICT_WAYS]),
    supervisionWay: fc.option(anyText),
    signOff: fc.option(
      fc.record({ level: fc.constantFrom(...SIGN_OFF_LEVELS), maxLayers: fc.integer({ min: 1, max: 9 }) }),
    ),
    hearing: fc.constantFrom(...HEARING_NEEDS),
    substanceCheck: fc.boolean(),
    renewalDays: fc.integer({ min: 0, max: 365 }),
    collectiveDecision: fc.boolean(),
    payBeforeDocument: fc.boolean(),
    deliverBeforePayment: fc.boolean(),
    status: fc.constantFrom(...ITEM_STATUSES),
    effectiveFrom: anyDay,
    effectiveTo: fc.option(anyDay),
    promised: fc.oneof(
      fc.integer({ min: 0, max: 40 }).map((halves) => ({ days: halves / 2, unit: 'WORKDAY' as const })),
      fc.integer({ min: 0, max: 20 }).map((days) => ({ days, unit: 'DAY' as const })),
    ),
    statutory: fc.option(
      fc.record({ days: fc.integer({ min: 21, max: 60 }), unit: fc.constantFrom('WORKDAY', 'DAY') }),
    ),
    /** Same days, whatever the unit of the promise: never above it. */
    shorter: fc.record({ greenChannel: fc.boolean(), urgent: fc.boolean() }),
    materials: anyMaterials,
    conditions: fc.array(anyText, { maxLength: 3 }),
  })
  .map(({ base, promised, shorter, materials, conditions, ...elements }) => ({
    ...base,
    ...elements,
    standard: {
      ...base.standard,
      promised,
      greenChannel: shorter.greenChannel ? promised : null,
      urgent: shorter.urgent ? { ...promised, days: Math.floor(promised.days / 2) } : null,
      materials,
      conditions,
    },
  }));
