import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';

/** How long a step can be repeated under its key, days. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Forgets keys that no caller repeats any more, with the answers kept for them: what may name a person is kept no
 * longer than it is needed for (个人信息保护法 Art. 19). One statement serves all nodes of a host, whose rows lie side by
 * side.
 */
export async function forgetKeys(nodes: readonly DivisionCode[], db: HostDb, now: Date): Promise<void> {
  const until = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  await db.queryHost(`DELETE FROM idempotency WHERE node = ANY ($1) AND at < $2`, [nodes, until]);
}
