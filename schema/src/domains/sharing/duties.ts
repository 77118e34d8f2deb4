import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE, GRASSROOTS, ORGANS } from '../../operation/duties.ts';

export const sharingDuties = {
  REQUEST_DATA: { AGENT: GRASSROOTS, CLERK: EVERYWHERE },
  READ_LIGHTS: { SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
