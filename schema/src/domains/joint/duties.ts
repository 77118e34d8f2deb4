import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const jointDuties = {
  /** Opens joint handling, calls the visit, records it, confirms corrections. */
  LEAD_JOINT: { CLERK: ORGANS, CHIEF: ORGANS },
  GIVE_OPINION: { CLERK: ORGANS, CHIEF: ORGANS },
  /**
   * Questions to the person's own department. Agents who help applicants do not read the organs' questions to each
   * other.
   */
  READ_OPINIONS: { CLERK: ORGANS, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS, SUPERVISOR: ORGANS },
  RESOLVE_OBJECTION: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  WITHDRAW_QUESTION: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
