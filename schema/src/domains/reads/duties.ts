import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const readsDuties = {
  /** 个人信息查阅日志. */
  READ_READS: { SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
