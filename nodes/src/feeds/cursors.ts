import type { Answer, Feed } from '@liandong/schema/wire';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { FEEDS } from '@liandong/schema/wire';
import type { HostDb, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { DUTIES } from '../tiers/index.ts';
import type { Trust } from '../trust/index.ts';
import { findFeeds, lockFeed } from './feed-store.ts';

/** First wait before a stretch is sent again, ms; doubles up to a minute. */
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** Cursors served at a time. */
export const CURSORS = 50;

/** How far a subscriber has a feed, as it told the publisher or the node that passes the feed on. */
export interface Cursor {
  node: DivisionCode;
  feed: Feed;
  publisher: DivisionCode;
  subscriber: DivisionCode;
  acked: number;
  /** Number of the last entry ever sent. */
  sent: number;
}

/** The result of a subscriber's watermark. */
export interface Moved {
  /** Whether the subscriber still lacks entries. */
  more: boolean;
  head: number;
  /** Whether it claims, for the first time, to hold more of the node's own feed than the node has published. */
  newClaim: boolean;
}

export interface FeedCursorsParts {
  db: HostDb;
  divisions: Divisions;
  trust: Trust;
  /** Live: nodes come to the host and leave it. */
  nodes: readonly DivisionCode[];
  failures: Failures;
  /** Time until an unchanged feed tells its subscribers again how far it reaches, ms. */
  heartbeatMs: number;
}

/** The subscribers of each feed, what they were sent, and when they are next due. */
export class FeedCursors {
  readonly #parts: FeedCursorsParts;
  #wake: () => void = () => undefined;

  constructor(parts: FeedCursorsParts) {
    this.#parts = parts;
  }

  /** Called when cursors fall due. */
  onDue(wake: () => void): void {
    this.#wake = wake;
  }

  /** Opens nodes' own feeds and a cursor for every subscriber; called at start, and for a node that comes. */
  async prepare(nodes = this.#parts.nodes): Promise<void> {
    await this.#prepareEach(nodes);
  }

  /**
   * Opens cursors for a node that was opened while this host runs: below its parent, and above the nodes that publish
   * to it.
   */
  async welcome(opened: DivisionCode): Promise<void> {
    const { nodes, divisions } = this.#parts;
    const concerned = nodes.filter((node) => divisions.get(opened).parent === node || divisions.isWithin(node, opened));
    await this.#prepareEach(concerned);
    if (concerned.length > 0) this.#wake();
  }

  #prepareEach(nodes: readonly DivisionCode[]): Promise<number> {
    return this.#parts.failures.each(
      'opening feeds',
      nodes,
      (node) => ({ node }),
      (node) => this.#prepareNode(node),
    );
  }

  #prepareNode(node: DivisionCode): Promise<void> {
    return this.#parts.db.transact(node, async (tx) => {
      for (const feed of FEEDS) {
        await lockFeed(tx, feed, node);
        for (const { publisher } of await findFeeds(tx, feed)) await this.open(tx, feed, publisher);
      }
    });
  }

  /** Opens a cursor for every subscriber without one, and closes the cursors of other nodes. */
  async open(tx: SharedTx, feed: Feed, publisher: DivisionCode): Promise<void> {
    const subscribers = this.#subscribers(tx.node, feed, publisher);
    // a zone that changed its parent no longer tells the old one, which would refuse it
    await tx.query(
      `DELETE FROM feed_cursors WHERE node = $1 AND feed = $2 AND publisher = $3 AND subscriber <> ALL ($4::text[])`,
      [feed, publisher, subscribers],
    );
    if (subscribers.length === 0) return;
    await tx.query(
      `INSERT INTO feed_cursors (node, feed, publisher, subscriber)
       SELECT $1, $2, $3, subscriber FROM unnest($4::text[]) AS s (subscriber)
       ON CONFLICT (node, feed, publisher, subscriber) DO NOTHING`,
      [feed, publisher, subscribers],
    );
  }

  /** Makes every cursor of the nodes due at once: on start, and when the broker is back. */
  async resendAll(nodes = this.#parts.nodes): Promise<void> {
    await this.#parts.db.queryHost(`UPDATE feed_cursors SET next_at = now(), attempts = 0 WHERE node = ANY ($1)`, [
      nodes,
    ]);
    this.#wake();
  }

  /** Makes a subscriber's cursors due at once: the way to it was cut and is back. */
  async resendTo(subscriber: DivisionCode): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE feed_cursors SET next_at = now(), attempts = 0 WHERE node = ANY ($1) AND subscriber = $2`,
      [this.#parts.nodes, subscriber],
    );
    this.#wake();
  }

  /**
   * Makes the cursors of a feed due. A subscriber that has not yet answered on facts is not sent the same again with
   * each new one; the publisher waits for it no longer than at first.
   */
  async dueNow(tx: SharedTx, feed: Feed, publisher: DivisionCode): Promise<void> {
    await tx.query(
      `UPDATE feed_cursors SET
         attempts = CASE WHEN feed = 'FACTS' THEN least(attempts, 1) ELSE 0 END,
         next_at = CASE WHEN feed = 'FACTS' AND attempts > 0
           THEN least(next_at, now() + $4 * interval '1 millisecond') ELSE now() END
       WHERE node = $1 AND feed = $2 AND publisher = $3`,
      [feed, publisher, BACKOFF_MS],
    );
    tx.afterCommit(() => this.#wake());
  }

  /**
   * Claims due cursors. They fall due again without further calls.
   * @param but subscribers that get nothing at this moment
   */
  async claim(nodes: readonly DivisionCode[], but: readonly DivisionCode[]): Promise<Cursor[]> {
    return this.#parts.db.queryHost<Cursor>(
      `UPDATE feed_cursors SET attempts = attempts + 1,
         next_at = now() + least($2 * power(2, least(attempts, 10)), $3) * (0.75 + random() / 2) * interval '1 millisecond'
       WHERE (node, feed, publisher, subscriber) IN (
         SELECT node, feed, publisher, subscriber FROM feed_cursors WHERE next_at <= now() AND node = ANY ($1)
           AND subscriber <> ALL ($4)
         ORDER BY next_at LIMIT ${CURSORS} FOR UPDATE SKIP LOCKED)
       RETURNING node, feed, publisher, subscriber, acked, sent`,
      [nodes, BACKOFF_MS, Math.max(MAX_BACKOFF_MS, this.#parts.heartbeatMs), but],
    );
  }

  /** Records that entries up to one are sent, before they are: the subscriber may hold them from now on. */
  async sending({ node, feed, publisher, subscriber, sent }: Cursor, last: number): Promise<void> {
    if (last <= sent) return;
    await this.#parts.db.queryHost(
      `UPDATE feed_cursors SET sent = greatest(sent, $5)
       WHERE node = $1 AND feed = $2 AND publisher = $3 AND subscriber = $4`,
      [node, feed, publisher, subscriber, last],
    );
  }

  /** Makes the publisher try a cut way again in a second. */
  async soon({ node, feed, publisher, subscriber }: Cursor): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE feed_cursors SET next_at = now() + interval '1 second'
       WHERE node = $1 AND feed = $2 AND publisher = $3 AND subscriber = $4`,
      [node, feed, publisher, subscriber],
    );
  }

  /**
   * Moves a cursor to where its subscriber says it is, but not beyond what it was sent. A claim beyond the head of the
   * node's own feed is kept apart, for display.
   * @returns null if the subscriber does not get this feed
   */
  async move(
    tx: SharedTx,
    subscriber: DivisionCode,
    { feed, publisher, seq }: Answer & { outcome: 'WATERMARK' },
  ): Promise<Moved | null> {
    const [moved] = await tx.query<Moved>(
      `UPDATE feed_cursors c SET attempts = 0,
         acked = least($5::int8, c.sent, f.head),
         claimed = CASE WHEN c.publisher = c.node AND $5::int8 > f.head THEN $5::int8 END,
         next_at = CASE WHEN least($5::int8, c.sent) < f.head THEN now()
           ELSE now() + $6 * interval '1 millisecond' END
       FROM feeds f, (SELECT claimed FROM feed_cursors
         WHERE node = $1 AND feed = $2 AND publisher = $3 AND subscriber = $4 FOR UPDATE) before
       WHERE c.node = $1 AND c.feed = $2 AND c.publisher = $3 AND c.subscriber = $4
         AND f.node = c.node AND f.feed = c.feed AND f.publisher = c.publisher
       RETURNING least($5::int8, c.sent) < f.head AS more, f.head,
         c.claimed IS NOT NULL AND c.claimed IS DISTINCT FROM before.claimed AS "newClaim"`,
      [feed, publisher, subscriber, seq, this.#parts.heartbeatMs],
    );
    if (moved?.more) tx.afterCommit(() => this.#wake());
    return moved ?? null;
  }

  #subscribers(node: DivisionCode, feed: Feed, publisher: DivisionCode): DivisionCode[] {
    const { divisions, trust } = this.#parts;
    switch (feed) {
      case 'FACTS':
        // only for its own feeds: a node above hears it from the publisher itself
        if (publisher !== node) return [];
        return divisions
          .ancestors(node)
          .filter((d) => DUTIES[d.tier].collectsFacts && trust.knows(d.code) && !trust.isGone(d.code))
          .map((d) => d.code);
      case 'CATALOGUE':
        return divisions
          .children(node)
          .map((d) => d.code)
          .filter((code) => trust.knows(code) && !trust.isGone(code));
      default:
        return feed satisfies never;
    }
  }
}
