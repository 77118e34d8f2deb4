import type { DivisionCode } from '@liandong/schema';
import type { HostDb } from '../db/index.ts';

/** How long a step can be asked again under its key, days. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Forgets keys that nobody asks again under any more, with the answers kept for them: what may name a person is kept no
 * longer than it is needed for (个人信息保护法 Art. 19).
 * @returns how many keys that were
 */
export async function forgetKeys(parts: { node: DivisionCode; db: HostDb; now: () => Date }): Promise<number> {
  const { node, db, now } = parts;
  const until = new Date(now().getTime() - KEPT_DAYS * DAY_MS);
  const gone = await db.transact(node, (tx) =>
    tx.query<{ key: string }>(`DELETE FROM idempotency WHERE node = $1 AND at < $2 RETURNING key`, [until]),
  );
  return gone.length;
}
