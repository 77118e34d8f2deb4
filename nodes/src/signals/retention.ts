import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';

const DAY_MS = 86_400_000;
/** Time a signal is kept after somebody it is for has first read it. */
export const READ_KEPT_MS = 30 * DAY_MS;
/** Time a signal that nobody reads is kept. */
export const UNREAD_KEPT_MS = 180 * DAY_MS;

/** Removes signals whose time is over, and who read them. The cases themselves say what happened. */
export async function forgetSignals(nodes: readonly DivisionCode[], db: HostDb, now: Date): Promise<void> {
  const [readBefore, writtenBefore] = [READ_KEPT_MS, UNREAD_KEPT_MS].map((ms) => new Date(now.getTime() - ms));
  await db.queryHost(
    `DELETE FROM signals s WHERE node = ANY ($1) AND seq IS NOT NULL AND (at < $2 OR EXISTS (
       SELECT 1 FROM signal_reads r WHERE r.node = s.node AND r.id = s.id AND r.read_at < $3))`,
    [nodes, writtenBefore, readBefore],
  );
  await db.queryHost(
    `DELETE FROM signal_reads r WHERE node = ANY ($1)
       AND NOT EXISTS (SELECT 1 FROM signals s WHERE s.node = r.node AND s.id = r.id)`,
    [nodes],
  );
}
