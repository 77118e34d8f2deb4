import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

// windows, and with them the queue, are of administrative organs: a village has none
export const queueDuties = {
  /** A terminal in the hall has a login of its own, which may do nothing else. */
  TAKE_NUMBER: { TERMINAL: ORGANS, AGENT: ['TOWNSHIP'], CLERK: ORGANS },
  CALL_NUMBER: { AGENT: ['TOWNSHIP'], CLERK: ORGANS, CHIEF: ORGANS },
  READ_QUEUE: { AGENT: ['TOWNSHIP'], CLERK: ORGANS, CHIEF: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
