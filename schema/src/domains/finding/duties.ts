import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, ORGANS } from '../../operation/duties.ts';

export const findingDuties = {
  /** 按申请人查找办件. A supervisor may over the whole division, everybody else at their own desk. */
  READ_CASES_BY_APPLICANT: {
    AGENT: AGENCIES,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
  },
  /** 补发查询码 at the desk that took the case in. */
  REISSUE_TRACKING_CODE: { AGENT: AGENCIES, CLERK: EVERYWHERE, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
