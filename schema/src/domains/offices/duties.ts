import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const officeDuties = {
  KEEP_WINDOWS: { CATALOGUER: ORGANS },
  // a department's power and seal belong to it: the centre's people can't give them away
  AUTHORIZE_WINDOW: { CHIEF: ORGANS },
  KEEP_SEALS: { CHIEF: ORGANS },
  TRANSFER_POWERS: { CATALOGUER: ORGANS },
  READ_OFFICES: { CLERK: ORGANS, CHIEF: ORGANS, CATALOGUER: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
