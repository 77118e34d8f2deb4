import type { TierDuties } from './duties.ts';

/**
 * 村: takes in for residents with their consent, answers supplements and tells them the outcome from its own copy. A
 * village committee is not an administrative organ: it accepts and decides nothing (行政许可法 Art. 24).
 */
export const village: TierDuties = {
  tier: 'VILLAGE',
  publishesCatalogue: false,
  implementsItems: false,
  accepts: false,
  collectsFacts: false,
};
