import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, GRANTORS, ORGANS } from '../../operation/duties.ts';

export const projectDuties = {
  /** Registers a project, amends it, moves it to its next phase and ends it. */
  KEEP_PROJECT: { CLERK: GRANTORS, CHIEF: GRANTORS },
  // the government names 重点项目, and its head has them recorded
  FLAG_PROJECT: { HEAD: GRANTORS },
  DISPATCH_PROJECT: { CHIEF: GRANTORS },
  ANSWER_PROJECT: { AGENT: AGENCIES, CLERK: EVERYWHERE, CHIEF: ORGANS },
  READ_PROJECT: {
    AGENT: AGENCIES,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
  },
} as const satisfies Record<string, Duty>;
