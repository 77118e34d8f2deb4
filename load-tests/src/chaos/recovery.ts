import { setTimeout as pause } from 'node:timers/promises';
import type { HostDatabases } from './host-databases.ts';

const OWED = `SELECT EXISTS (SELECT 1 FROM outbox WHERE settled_at IS NULL AND created_at <= $1) AS owed`;

/**
 * Waits until all messages and entries owed at a moment are settled at every host.
 * @param longestMs time after which it gives up; the findings then show what is still owed
 * @returns how long it took, ms
 */
export async function recovered(databases: HostDatabases, since: Date, longestMs: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const owed = await databases
      .everywhere<{ owed: boolean }>(OWED, [since])
      .then((hosts) => hosts.some((host) => host.owed))
      // a database that is not back yet still owes its messages
      .catch(() => true);
    const took = performance.now() - began;
    if (!owed || took > longestMs) return took;
    await pause(100);
  }
}

const WAITING = `SELECT (SELECT count(*)::int FROM outbox WHERE settled_at IS NULL)
  + (SELECT count(*)::int FROM feed_pending)
  + (SELECT count(*)::int FROM feed_cursors c JOIN feeds f USING (node, feed, publisher) WHERE c.acked < f.head) AS waiting`;

/**
 * Waits until nothing is under way between nodes any more, messages and feeds, or nothing has moved for this long, ms.
 */
export async function settled(databases: HostDatabases, patienceMs: number): Promise<boolean> {
  let least = Infinity;
  let moved = performance.now();
  for (;;) {
    const hosts = await databases.everywhere<{ waiting: number }>(WAITING).catch(() => null);
    const waiting = hosts?.reduce((sum, host) => sum + host.waiting, 0) ?? Infinity;
    if (waiting === 0) return true;
    if (waiting < least) {
      least = waiting;
      moved = performance.now();
    }
    if (performance.now() - moved > patienceMs) return false;
    await pause(200);
  }
}
