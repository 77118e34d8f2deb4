import type { Duty } from '../../operation/duties.ts';
import { GRANTEES, ORGANS } from '../../operation/duties.ts';

// stewards are agents of a county's centre, and of townships and parks
export const stewardDuties = {
  /** Those who keep the roster of agents. */
  KEEP_STEWARDS: { CHIEF: GRANTEES, DEPUTY_HEAD: GRANTEES, HEAD: GRANTEES },
  /** An agent for the enterprises they are steward of. */
  KEEP_ENTERPRISE_CONTACT: {
    AGENT: GRANTEES,
    CHIEF: GRANTEES,
    DEPUTY_HEAD: GRANTEES,
    HEAD: GRANTEES,
  },
  READ_STEWARDS: { CHIEF: GRANTEES, DEPUTY_HEAD: GRANTEES, HEAD: GRANTEES, SUPERVISOR: ORGANS },
  /** An agent's own list and its enterprises' cases; a supervisor reads them over the division. */
  READ_ENTERPRISES: { AGENT: GRANTEES, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
