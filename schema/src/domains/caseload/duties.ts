import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, ORGANS } from '../../operation/duties.ts';

export const caseloadDuties = {
  /** Also releases and passes on one's own. */
  CLAIM_CASE: { AGENT: AGENCIES, CLERK: EVERYWHERE, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  /** For any case of the desk, many at once. */
  ASSIGN_HANDLER: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  READ_CASELOADS: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
