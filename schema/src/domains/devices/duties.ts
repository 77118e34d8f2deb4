import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, ORGANS } from '../../operation/duties.ts';

export const deviceDuties = {
  /** 停用设备: each person their own, chiefs and administrators those of the desk; a township's those of its villages. */
  END_DEVICE: {
    AGENT: AGENCIES,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    ADMINISTRATOR: EVERYWHERE,
  },
  /** 设备和预留编号: agents and clerks see their own devices. */
  READ_DEVICES: {
    AGENT: AGENCIES,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
    ADMINISTRATOR: EVERYWHERE,
  },
  /** 编号登记: why a number has no case. */
  READ_CASE_NUMBERS: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
