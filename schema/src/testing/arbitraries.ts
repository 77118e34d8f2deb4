import fc from 'fast-check';
import type { Day } from '../kernel/calendar.ts';
import { plusDays } from '../kernel/calendar.ts';
import type { Limit } from '../kernel/limits.ts';
import { divisions, items } from './fixtures.ts';

/** A day of the published years 2024 to 2026, or of the next year, whose calendar is not published. */
export const anyDay: fc.Arbitrary<Day> = fc.integer({ min: 0, max: 4 * 365 }).map((n) => plusDays('2024-01-01', n));

export const anyUnit = fc.constantFrom('WORKDAY', 'DAY');

export const anyLimit: fc.Arbitrary<Limit> = fc.record({
  days: fc.integer({ min: 0, max: 120 }),
  unit: anyUnit,
});

export const anyItem = fc.constantFrom(...items);

/** Any of the 3,575 places; each tier as often as the others, or it would nearly always be a village. */
export const anyPlace: fc.Arbitrary<string> = fc.oneof(
  ...(['CITY', 'COUNTY', 'TOWNSHIP', 'VILLAGE'] as const).map((tier) =>
    fc.constantFrom(...[...divisions.all()].filter((d) => d.tier === tier).map((d) => d.code)),
  ),
);

export const anyVillage: fc.Arbitrary<string> = fc.constantFrom(
  ...[...divisions.all()].filter((d) => d.tier === 'VILLAGE').map((d) => d.code),
);
