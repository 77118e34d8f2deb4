import type { TierDuties } from './duties.ts';

/**
 * 县: houses the departments' windows, which accept, review and decide; follows the city's catalogue with its own
 * implementation and passes both on to its townships; collects the facts of its townships and villages.
 */
export const county: TierDuties = {
  tier: 'COUNTY',
  publishesCatalogue: false,
  implementsItems: true,
  accepts: true,
  collectsFacts: true,
};
