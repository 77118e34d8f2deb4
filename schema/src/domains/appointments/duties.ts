import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

// windows, and with them slots, are of administrative organs: a village has none
export const appointmentDuties = {
  /** A chief for the windows of the own department, who keeps the windows for all. */
  KEEP_SLOTS: { CATALOGUER: ORGANS, CHIEF: ORGANS },
  MARK_APPOINTMENT: { AGENT: ['TOWNSHIP'], CLERK: ORGANS, CHIEF: ORGANS },
  READ_APPOINTMENTS: { AGENT: ['TOWNSHIP'], CLERK: ORGANS, CHIEF: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
