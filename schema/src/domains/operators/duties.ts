import type { Duty } from '../../operation/duties.ts';
import { EVERYWHERE } from '../../operation/duties.ts';

/** 运维: of the node and of those below it. An operator handles no case and reads none. */
export const operatorDuties = {
  READ_OPERATION: { OPERATOR: EVERYWHERE },
  /** With a purpose, and noted in the log of reads. */
  READ_PARKED_TEXT: { OPERATOR: EVERYWHERE },
  DECIDE_PARKED: { OPERATOR: EVERYWHERE },
} as const satisfies Record<string, Duty>;
