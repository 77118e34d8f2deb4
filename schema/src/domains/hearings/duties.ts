import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const hearingDuties = {
  /** Tells interested parties, records their statements, offers a hearing, and records requests for one. */
  HEAR_PARTIES: { CLERK: ORGANS, CHIEF: ORGANS },
  CALL_HEARING: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  RECUSE_CHAIR: { HEAD: ORGANS },
  /** Only by the named chair. */
  HOLD_HEARING: { CLERK: ORGANS, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
