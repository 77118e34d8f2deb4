/** What each tier's node does, like a job description. */
export type { TierDuties } from './duties.ts';
export { DUTIES } from './all-duties.ts';
