import type { Wish } from '@liandong/schema/case';
import type { SharedTx } from '../db/index.ts';
import { pipelined } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { StoredCase } from './case-store.ts';

/** Sends a wish to the desk that holds a case; a withdrawal is sent once. */
export async function carryWish(
  tx: SharedTx,
  outbox: Outbox,
  stored: StoredCase,
  { wish, actor, reason }: Wish,
  now: Date,
): Promise<StoredCase> {
  const { id, custodian } = stored.file;
  const carry = (body: object) => outbox.enqueue(tx, [{ receiver: custodian, kind: wish, caseId: id, body }]);
  if (wish === 'RECALL') {
    await carry({ case: id, reason, actor });
    return stored;
  }
  if (stored.withdrawalRequestedAt) return stored;
  await pipelined(
    carry({ case: id, reason, actor, requestedAt: tx.node }),
    tx.query(`UPDATE cases SET withdrawal_requested_at = $3 WHERE node = $1 AND id = $2`, [id, now]),
  );
  return { ...stored, withdrawalRequestedAt: now };
}
