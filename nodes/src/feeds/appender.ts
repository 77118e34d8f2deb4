import type { Feed } from '@liandong/schema';
import type { NodeTx } from '../db/index.ts';
import { gathered } from '../db/index.ts';

/** Where a node leaves what it states; wakes the publisher when it is durable. */
export class FeedAppender {
  #wake: () => void = () => undefined;

  onAppended(wake: () => void): void {
    this.#wake = wake;
  }

  /**
   * States entries of the node's own feed in the caller's transaction. They get their numbers afterwards, in the order
   * they became durable, so that transactions of one node do not wait for each other.
   */
  async append(tx: NodeTx, feed: Feed, entries: readonly unknown[]): Promise<void> {
    if (entries.length === 0) return;
    await insertPending(
      tx,
      entries.map((entry) => ({ feed, entry: JSON.stringify(entry) })),
    );
    tx.afterCommit(() => this.#wake());
  }
}

const insertPending = gathered(async (tx: NodeTx, given: readonly (readonly { feed: Feed; entry: string }[])[]) => {
  const entries = given.flat();
  await tx.query(
    `INSERT INTO feed_pending (node, feed, entry)
     SELECT $1, feed, entry FROM json_to_recordset($2) AS e (feed text, entry text, place int) ORDER BY place`,
    [JSON.stringify(entries.map(({ feed, entry }, place) => ({ feed, entry, place })))],
  );
  return given.map(() => undefined);
});
