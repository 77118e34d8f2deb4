import type { TierDuties } from './duties.ts';

/**
 * 乡镇: takes in from residents and from its villages, accepts and first reviews, decides its own items (农村村民宅基地审批) and
 * sends the rest up with all materials; passes the catalogue on to its villages.
 */
export const township: TierDuties = {
  tier: 'TOWNSHIP',
  publishesCatalogue: false,
  implementsItems: true,
  accepts: true,
  collectsFacts: true,
};
