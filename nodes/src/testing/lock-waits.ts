import type { HostDb } from '../db/index.ts';
import { eventually } from './test-federation.ts';

/** Waits until so many transactions of a host wait for locks that others hold. */
export async function waiting(db: HostDb, count: number): Promise<void> {
  await eventually(async () => {
    const [row] = await db.queryHost<{ waiting: number }>(
      `SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row?.waiting === count;
  });
}
