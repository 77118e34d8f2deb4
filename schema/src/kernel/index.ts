/** Errors, divisions, days, limits, articles, ids: what everything else is said in. */
export { ARTICLES } from './articles.ts';
export { BoundedCache } from './bounded-cache.ts';
export {
  ZONE,
  dayOf,
  endOfDay,
  isDay,
  isInstant,
  isKnown,
  isWorkday,
  noticeYear,
  plusDays,
  startOfDay,
  endOfNextWorkday,
} from './calendar.ts';
export type { Day, OfficialCalendar } from './calendar.ts';
export { Divisions, isDivisionCode, parseDivisions } from './divisions.ts';
export type { Division, DivisionCode } from './divisions.ts';
export { ERRORS, ERROR_CODES, ProblemError, isErrorCode, problem, problemsOf } from './errors.ts';
export type { ErrorCode, Problem } from './errors.ts';
export { textOfFile } from './file-text.ts';
export { caseIdOf, caseNumberOf, cityOf, filingNodeOf, parseCaseNumber } from './identifiers.ts';
export { maskNumber, maskNumbersIn } from './identity-numbers.ts';
export { lastDayOf } from './limits.ts';
export { unwritableIn } from './plain-text.ts';
export { ROLES, ROLE_LABELS, ROSTER_GAPS, TIERS, TIER_LABELS } from './words.ts';
export type { Custody, Employment, PassedOn, PostChange, Role, Tier, WindowStage } from './words.ts';
