import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE, GRASSROOTS, ORGANS } from '../../operation/duties.ts';

export const rosterDuties = {
  // a township also keeps the roster of its villages, because a village has no chief
  KEEP_ROSTER: { CHIEF: ['TOWNSHIP'], DEPUTY_HEAD: ['TOWNSHIP'], HEAD: ['TOWNSHIP'] },
  KEEP_STAND_INS: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  /** An agent reports their own; a chief reports those of the desk's agents. */
  REPORT_ABSENCE: { AGENT: GRASSROOTS, CHIEF: ['TOWNSHIP'], DEPUTY_HEAD: ['TOWNSHIP'], HEAD: ['TOWNSHIP'] },
  READ_ROSTER: {
    AGENT: GRASSROOTS,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
  },
} as const satisfies Record<string, Duty>;
