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
  /**
   * 催办 of a party that is late, by the lead's department and by the centre that answers for coordination. It changes
   * nothing about the case itself, so that a supervisor may.
   */
  REMIND_PARTY: { CLERK: ORGANS, CHIEF: ORGANS, SUPERVISOR: ORGANS },
  /** 协调保障: a supervisor reads over the whole division, its leaders at their own desk. */
  READ_JOINT_CASES: { DEPUTY_HEAD: ORGANS, HEAD: ORGANS, SUPERVISOR: ORGANS },
  WITHDRAW_QUESTION: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
