import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE, GRASSROOTS, ORGANS } from '../../operation/duties.ts';

export const noteDuties = {
  WRITE_NOTE: { AGENT: GRASSROOTS, CLERK: EVERYWHERE, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  READ_NOTES: {
    AGENT: GRASSROOTS,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
  },
} as const satisfies Record<string, Duty>;
