import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, ORGANS } from '../../operation/duties.ts';

export const readsDuties = {
  /** 个人信息查阅日志. */
  READ_READS: { SUPERVISOR: ORGANS },
  /** 查看完整信息: a masked number in the clear, for a purpose. */
  SHOW_PERSONAL_DATA: { AGENT: AGENCIES, CLERK: EVERYWHERE, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
