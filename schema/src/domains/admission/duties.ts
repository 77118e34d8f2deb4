import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const admissionDuties = { KEEP_ADMISSION: { CATALOGUER: ORGANS } } as const satisfies Record<string, Duty>;
