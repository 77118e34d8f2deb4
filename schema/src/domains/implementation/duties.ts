import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const implementationDuties = {
  REVISE_IMPLEMENTATION: { CATALOGUER: ORGANS },
} as const satisfies Record<string, Duty>;
