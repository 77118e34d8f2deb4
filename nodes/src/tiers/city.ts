import type { TierDuties } from './duties.ts';

/**
 * 市: owns the basic catalogue and publishes it to the counties; decides the items that the law leaves to the city
 * (高级中学教师资格认定); collects every node's facts and says how complete its figures are.
 */
export const city: TierDuties = {
  tier: 'CITY',
  publishesCatalogue: true,
  implementsItems: true,
  accepts: true,
  collectsFacts: true,
};
