import type { Tier } from '@liandong/schema/kernel';
import { city } from './city.ts';
import { county } from './county.ts';
import type { TierDuties } from './duties.ts';
import { township } from './township.ts';
import { village } from './village.ts';

/** The duties of each tier. */
export const DUTIES: Readonly<Record<Tier, TierDuties>> = {
  CITY: city,
  COUNTY: county,
  TOWNSHIP: township,
  VILLAGE: village,
};
