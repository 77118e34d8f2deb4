import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const reportDuties = {
  /** 转报 goes out under a signature, never of a person who accepted or reviewed. */
  REPORT_OUTSIDE: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  /** Records what the organ outside lets the desk know, and its result. */
  RECORD_REPORT: { CLERK: ORGANS, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
