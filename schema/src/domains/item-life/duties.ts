import type { Duty } from '../../operation/duties.ts';
import { CITY_ONLY } from '../../operation/duties.ts';

export const itemLifeDuties = {
  DRAFT_ITEM: { CATALOGUER: CITY_ONLY },
  REVIEW_ITEM: { REVIEWER: CITY_ONLY },
  /** Also suspends and cancels. */
  PUBLISH_ITEM: { CATALOGUER: CITY_ONLY },
  READ_ITEM_HISTORY: { CATALOGUER: CITY_ONLY, REVIEWER: CITY_ONLY, SUPERVISOR: CITY_ONLY },
} as const satisfies Record<string, Duty>;
