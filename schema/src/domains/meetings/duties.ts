import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

// a meeting is the organ's own: a village holds none, and agents act for applicants
export const meetingDuties = {
  /** Plans, closes and cancels: the minutes are signed for by who may decide. */
  HOLD_MEETING: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  /** Agenda, attendance, outcomes and tasks; a clerk does it as secretary. */
  RECORD_MEETING: { CLERK: ORGANS, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  READ_MEETINGS: { CLERK: ORGANS, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
