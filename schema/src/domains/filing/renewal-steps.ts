import { NODE_ACTOR } from '../../case/log-line.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { nameOf } from '../../case/case-file.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { isDeemedRenewed } from './renewals.ts';
import { oneLine } from '../../case/step-rules.ts';

/**
 * The grant by law when the licence to renew expires before a decision (逾期未作决定的,视为准予延续, Art. 50), at any desk that
 * holds the case; null if the case is under way or settled, or there is still time.
 */
export function deemRenewed({ node, now }: Pick<Desk, 'node' | 'now'>, file: CaseFile): Step | null {
  const rests = file.custodian === node && file.inTransitTo === null;
  if (!rests || !file.renewal || !isDeemedRenewed(file, now)) return null;
  const data = { expiredOn: file.renewal.expiresOn, inNameOf: nameOf(file) };
  return oneLine({ action: 'DEEMED_RENEWED', actor: NODE_ACTOR, note: '有效期届满前未作决定,视为准予延续', data });
}
