/** 查找: cases of an applicant found by number, phone or name; a new tracking code for a lost one. */
export { finding } from './operations.ts';
export {
  MOST_FOUND,
  MOST_SEARCHES,
  SEARCH_HOUR_MS,
  requireApplicantsNumber,
  requireFinder,
  requireSearchKey,
  searchKeysOf,
  tooManySearches,
} from './rules.ts';
export type { SearchKey } from './rules.ts';
export type { ApplicantKey } from './words.ts';
