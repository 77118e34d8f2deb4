import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const subtreeCasesDuties = {
  /** 辖区办件. Supervisors read the cases of their division; everybody else lists those of their own desk. */
  READ_CASES_WITHIN: { SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
