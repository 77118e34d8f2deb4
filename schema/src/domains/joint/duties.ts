import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const jointDuties = {
  /** Opens joint handling, calls the visit, records it, confirms corrections. */
  LEAD_JOINT: { CLERK: ORGANS, CHIEF: ORGANS },
  GIVE_OPINION: { CLERK: ORGANS, CHIEF: ORGANS },
  /** What one's own department is asked; who helps applicants does not read what organs ask each other. */
  READ_OPINIONS: { CLERK: ORGANS, CHIEF: ORGANS, HEAD: ORGANS, SUPERVISOR: ORGANS },
  RESOLVE_OBJECTION: { CHIEF: ORGANS, HEAD: ORGANS },
  WITHDRAW_QUESTION: { CHIEF: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
