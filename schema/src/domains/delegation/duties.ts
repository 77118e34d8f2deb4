import type { Duty } from '../../operation/duties.ts';
import { GRANTEES, GRANTORS } from '../../operation/duties.ts';

export const delegationDuties = {
  GRANT_POWER: { CHIEF: GRANTORS },
  ANSWER_POWER: { CHIEF: GRANTEES },
} as const satisfies Record<string, Duty>;
