import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE, GRASSROOTS } from '../../operation/duties.ts';

export const filingDuties = {
  FILE_CASE: { AGENT: GRASSROOTS, CLERK: EVERYWHERE },
  SUPPLEMENT_CASE: { AGENT: GRASSROOTS, CLERK: EVERYWHERE },
} as const satisfies Record<string, Duty>;
