import type { Feed } from '@liandong/schema';
import type { NodeTx } from '../db/index.ts';

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
    await tx.query(
      `INSERT INTO feed_pending (node, feed, entry)
       SELECT $1, $2, entry FROM unnest($3::text[]) WITH ORDINALITY AS e (entry, place) ORDER BY place`,
      [feed, entries.map((entry) => JSON.stringify(entry))],
    );
    tx.afterCommit(() => this.#wake());
  }
}
