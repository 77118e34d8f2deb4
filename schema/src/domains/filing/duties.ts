import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE } from '../../operation/duties.ts';

export const filingDuties = {
  FILE_CASE: { AGENT: AGENCIES, CLERK: EVERYWHERE },
  SUPPLEMENT_CASE: { AGENT: AGENCIES, CLERK: EVERYWHERE },
} as const satisfies Record<string, Duty>;
