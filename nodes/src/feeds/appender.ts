import type { Feed } from '@liandong/schema/wire';
import { MAX_ENTRY_BYTES, MAX_FACT_BYTES } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';
import { coalesced } from '../db/index.ts';

/** Most bytes of an entry as JSON: it then fits a message of every broker, whichever node signs it on its way. */
const MOST_BYTES: Readonly<Record<Feed, number>> = { CATALOGUE: MAX_ENTRY_BYTES, FACTS: MAX_FACT_BYTES };

/** Stores the entries a node states; wakes the publisher when they are durable. */
export class FeedAppender {
  #wake: () => void = () => undefined;

  onAppended(wake: () => void): void {
    this.#wake = wake;
  }

  /**
   * States entries of the node's own feed in the caller's transaction. They get their numbers afterwards, in the order
   * they became durable, so that transactions of one node do not wait for each other.
   * @throws {ProblemError} PAYLOAD_TOO_LARGE for an entry that no message could carry: it would stop all entries behind
   *   it
   */
  async append(tx: SharedTx, feed: Feed, entries: readonly unknown[]): Promise<void> {
    if (entries.length === 0) return;
    const stated = entries.map((entry) => ({ feed, entry: JSON.stringify(entry) }));
    stated.forEach(({ entry: text }, i) => {
      const bytes = Buffer.byteLength(text);
      if (bytes <= MOST_BYTES[feed]) return;
      const message = `${nameOf(entries[i])} has ${bytes} bytes; an entry of the feed ${feed} may have ${MOST_BYTES[feed]}.`;
      tx.refuse(problem('PAYLOAD_TOO_LARGE', message, { node: tx.node }));
    });
    await insertPending(tx, stated);
    tx.afterCommit(() => this.#wake());
  }
}

/** The name of an entry in an error for people. */
function nameOf(entry: unknown): string {
  const { kind, item, implementation, offer } = entry as {
    kind?: string;
    item?: { code?: string };
    implementation?: { item?: string };
    offer?: { id?: string };
  };
  return [kind ?? 'An entry', item?.code ?? implementation?.item ?? offer?.id ?? ''].join(' ').trim();
}

const insertPending = coalesced(async (tx: SharedTx, given: readonly (readonly { feed: Feed; entry: string }[])[]) => {
  const entries = given.flat();
  await tx.query(
    `INSERT INTO feed_pending (node, feed, entry)
     SELECT $1, feed, entry FROM json_to_recordset($2) AS e (feed text, entry text, place int) ORDER BY place`,
    [JSON.stringify(entries.map(({ feed, entry }, place) => ({ feed, entry, place })))],
  );
  return given.map(() => undefined);
});
