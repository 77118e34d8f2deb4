import type { DivisionCode } from '@liandong/schema/kernel';
import type { Feed } from '@liandong/schema/wire';
import type { NodeQueries, SharedTx } from '../db/index.ts';

/** How far a node holds a feed, and how far the feed is known to go. */
export interface FeedState {
  feed: Feed;
  publisher: DivisionCode;
  /** Number of the last entry held without a gap. */
  head: number;
  /** Number of the publisher's last entry, as far as known. */
  knownHead: number;
  /** The publisher had no more than `knownHead` at this moment. */
  asOf: Date;
  /**
   * The publisher's signed word on its head that reaches furthest; null before the first one, and for one's own feed.
   */
  stated: string | null;
}

interface FeedRow {
  feed: Feed;
  publisher: DivisionCode;
  head: number;
  known_head: number;
  as_of: Date;
  stated: string | null;
}

const stateOf = (row: FeedRow): FeedState => ({
  feed: row.feed,
  publisher: row.publisher,
  head: row.head,
  knownHead: row.known_head,
  asOf: row.as_of,
  stated: row.stated,
});

/** Every feed a node holds, and how far. */
export async function findFeeds(queries: NodeQueries, feed: Feed): Promise<FeedState[]> {
  const rows = await queries.query<FeedRow>(
    `SELECT feed, publisher, head, known_head, as_of, stated FROM feeds WHERE node = $1 AND feed = $2`,
    [feed],
  );
  return rows.map(stateOf);
}

/** One feed, locked until the transaction ends; made empty when it is new here. */
export async function lockFeed(tx: SharedTx, feed: Feed, publisher: DivisionCode): Promise<FeedState> {
  await tx.query(
    `INSERT INTO feeds (node, feed, publisher, head, known_head, as_of) VALUES ($1, $2, $3, 0, 0, 'epoch')
     ON CONFLICT (node, feed, publisher) DO NOTHING`,
    [feed, publisher],
  );
  const [row] = await tx.query<FeedRow>(
    `SELECT feed, publisher, head, known_head, as_of, stated FROM feeds
     WHERE node = $1 AND feed = $2 AND publisher = $3 FOR UPDATE`,
    [feed, publisher],
  );
  if (!row) throw new Error(`feed ${feed} of ${publisher} vanished while it was locked`);
  return stateOf(row);
}

/** Adds entries behind the head and moves it. */
export async function extendFeed(
  tx: SharedTx,
  state: FeedState,
  entries: readonly string[],
  known: FeedState,
): Promise<void> {
  if (entries.length > 0) {
    await tx.query(
      `INSERT INTO feed_entries (node, feed, publisher, seq, entry)
       SELECT $1, $2, $3, $4 + place, entry FROM unnest($5::text[]) WITH ORDINALITY AS e (entry, place)`,
      [state.feed, state.publisher, state.head, entries],
    );
  }
  await tx.query(
    `UPDATE feeds SET head = $4, known_head = $5, as_of = $6, stated = $7
     WHERE node = $1 AND feed = $2 AND publisher = $3`,
    [state.feed, state.publisher, state.head + entries.length, known.knownHead, known.asOf, known.stated],
  );
}

/**
 * Entries after a number, oldest first: at most as many as asked, and at most as many bytes, but always at least one.
 */
export async function readEntries(
  queries: NodeQueries,
  feed: Feed,
  publisher: DivisionCode,
  after: number,
  most: { entries: number; bytes: number },
): Promise<string[]> {
  const rows = await queries.query<{ entry: string }>(
    `SELECT entry FROM (
       SELECT seq, entry, sum(octet_length(entry)) OVER (ORDER BY seq) - octet_length(entry) AS ahead FROM (
         SELECT seq, entry FROM feed_entries WHERE node = $1 AND feed = $2 AND publisher = $3 AND seq > $4
         ORDER BY seq LIMIT $5) stretch) counted
     WHERE ahead < $6 OR ahead = 0 ORDER BY seq`,
    [feed, publisher, after, most.entries, most.bytes],
  );
  return rows.map((r) => r.entry);
}
