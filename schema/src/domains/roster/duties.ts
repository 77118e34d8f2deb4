import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, GRANTEES, ORGANS } from '../../operation/duties.ts';

export const rosterDuties = {
  // a township also keeps the roster of its villages, because a village has no chief; a county that of its proxy office
  KEEP_ROSTER: { CHIEF: GRANTEES, DEPUTY_HEAD: GRANTEES, HEAD: GRANTEES },
  KEEP_STAND_INS: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  /** An agent reports their own; a chief reports those of the desk's agents. */
  REPORT_ABSENCE: { AGENT: AGENCIES, CHIEF: GRANTEES, DEPUTY_HEAD: GRANTEES, HEAD: GRANTEES },
  READ_ROSTER: {
    AGENT: AGENCIES,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
  },
} as const satisfies Record<string, Duty>;
