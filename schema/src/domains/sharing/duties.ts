import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, ORGANS } from '../../operation/duties.ts';

export const sharingDuties = {
  REQUEST_DATA: { AGENT: AGENCIES, CLERK: EVERYWHERE },
  READ_LIGHTS: { SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
