import type { Duty } from '../../operation/duties.ts';
import { ORGANS } from '../../operation/duties.ts';

export const feeDuties = {
  BILL_FEE: { CLERK: ORGANS, CASHIER: ORGANS },
  // only the cashier at the fee window handles money
  RECORD_PAYMENT: { CASHIER: ORGANS },
  PROPOSE_WAIVER: { CLERK: ORGANS },
  GRANT_WAIVER: { CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
  REFUND_FEE: { CASHIER: ORGANS },
  READ_FEES: { CLERK: ORGANS, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS, CASHIER: ORGANS, SUPERVISOR: ORGANS },
} as const satisfies Record<string, Duty>;
