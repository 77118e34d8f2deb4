/** The duties of each tier's node, like a job description. */
export type { TierDuties } from './duties.ts';
export { DUTIES } from './all-duties.ts';
