import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE, GRASSROOTS, ORGANS } from '../../operation/duties.ts';

export const rosterDuties = {
  // a township keeps the roster of its villages, too: a village has no chief
  KEEP_ROSTER: { CHIEF: ['TOWNSHIP'], HEAD: ['TOWNSHIP'] },
  KEEP_STAND_INS: { CHIEF: ORGANS, HEAD: ORGANS },
  /** An agent's own; a chief's for the agents of the desk. */
  REPORT_ABSENCE: { AGENT: GRASSROOTS, CHIEF: ['TOWNSHIP'], HEAD: ['TOWNSHIP'] },
  READ_ROSTER: { AGENT: GRASSROOTS, CLERK: EVERYWHERE, CHIEF: ORGANS, HEAD: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
