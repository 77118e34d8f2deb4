import type { Role, Tier } from '../kernel/words.ts';

export const EVERYWHERE: readonly Tier[] = ['CITY', 'COUNTY', 'TOWNSHIP', 'VILLAGE'];
/** A village committee is not an administrative organ: it takes cases in and acts as proxy, nothing else (Art. 24). */
export const ORGANS: readonly Tier[] = ['CITY', 'COUNTY', 'TOWNSHIP'];
/** Powers are granted downwards, by city and county to county and township. */
export const GRANTORS: readonly Tier[] = ['CITY', 'COUNTY'];
export const GRANTEES: readonly Tier[] = ['COUNTY', 'TOWNSHIP'];
/** The basic catalogue belongs to the city. */
export const CITY_ONLY: readonly Tier[] = ['CITY'];
export const GRASSROOTS: readonly Tier[] = ['TOWNSHIP', 'VILLAGE'];
/** Where agents act (代办): villages, townships, parks, and the proxy office of a county's centre (代办科). */
export const AGENCIES: readonly Tier[] = ['COUNTY', 'TOWNSHIP', 'VILLAGE'];

/** The posts that may do something, and at which tiers. A post that is not listed may not. */
export type Duty = Readonly<Partial<Record<Role, readonly Tier[]>>>;
