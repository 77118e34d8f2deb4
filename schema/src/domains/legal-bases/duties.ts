import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const legalBasisDuties = {
  // the basic catalogue and its legal bases belong to the city
  CHANGE_LEGAL_BASIS: { CATALOGUER: ['CITY'] },
  CONFIRM_LEGAL_BASIS: { CATALOGUER: ORGANS },
  READ_LEGAL_BASES: { CHIEF: ORGANS, CATALOGUER: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
