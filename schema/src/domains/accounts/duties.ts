import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE } from '../../operation/duties.ts';

export const accountDuties = {
  /** At the own desk and those below it. */
  KEEP_ACCOUNTS: { ADMINISTRATOR: EVERYWHERE },
  READ_ACCOUNTS: { ADMINISTRATOR: EVERYWHERE },
} as const satisfies Record<string, Duty>;
