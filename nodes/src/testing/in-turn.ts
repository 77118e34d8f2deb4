import type { DivisionCode } from '@liandong/schema/kernel';
import { lockCase } from '../cases/index.ts';
import type { HostDb } from '../db/index.ts';
import type { TestFederation } from './test-federation.ts';
import { eventually } from './test-federation.ts';

/**
 * Lets steps of one case queue for its lock in the order given, and then run: each comes to wait in the database before
 * the next is begun, so that their order does not hang on time.
 */
export async function inTurn<T>(
  federation: TestFederation,
  node: DivisionCode,
  id: string,
  steps: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  const begun: Promise<T>[] = [];
  await federation.db(node).transact(node, async (tx) => {
    await lockCase(tx, id);
    for (const step of steps) {
      begun.push(step());
      await waiting(federation.db(node), begun.length);
    }
  });
  return Promise.allSettled(begun);
}

/** Waits until so many transactions of a host wait for locks that others hold. */
export async function waiting(db: HostDb, count: number): Promise<void> {
  await eventually(async () => {
    const [row] = await db.queryHost<{ waiting: number }>(
      `SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row?.waiting === count;
  });
}
