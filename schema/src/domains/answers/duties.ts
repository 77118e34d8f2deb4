import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const answerDuties = {
  /** 明确答复; as high as the item's signatures say. */
  ANSWER_CASE: { CLERK: ORGANS, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
