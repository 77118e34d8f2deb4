import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE, ORGANS } from '../../operation/duties.ts';

export const signalDuties = {
  /** For the people who handle cases: one's own and the desk's; also marks them read and sets preferences. */
  READ_SIGNALS: { AGENT: AGENCIES, CLERK: EVERYWHERE, CHIEF: ORGANS, DEPUTY_HEAD: ORGANS, HEAD: ORGANS },
} as const satisfies Record<string, Duty>;
