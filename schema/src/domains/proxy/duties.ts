import type { Duty } from '../../operation/duties.ts';
import { AGENCIES, EVERYWHERE } from '../../operation/duties.ts';

export const proxyDuties = {
  LOG_CONTACT: { AGENT: AGENCIES },
  // the applicant revokes at the own desk, or at the desk that holds the case
  REVOKE_CONSENT: { AGENT: AGENCIES, CLERK: EVERYWHERE },
  TAKE_OVER_CASE: { AGENT: ['TOWNSHIP'], CLERK: ['TOWNSHIP'] },
} as const satisfies Record<string, Duty>;
