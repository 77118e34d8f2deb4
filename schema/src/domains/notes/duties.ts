import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, ORGANS } from '../../operation/duties.ts';

export const noteDuties = {
  WRITE_NOTE: { AGENT: AGENCIES, CLERK: EVERYWHERE, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  READ_NOTES: {
    AGENT: AGENCIES,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
  },
} as const satisfies Record<string, Duty>;
