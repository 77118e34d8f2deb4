import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE, GRASSROOTS, ORGANS } from '../../operation/duties.ts';

export const figureDuties = {
  READ_FIGURES: {
    AGENT: GRASSROOTS,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    CATALOGUER: ORGANS,
    SUPERVISOR: ORGANS,
  },
} as const satisfies Record<string, Duty>;
