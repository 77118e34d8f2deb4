import { randomUUID } from 'node:crypto';
import type { Answer, DivisionCode, Divisions, Feed, FeedPart } from '@liandong/schema';
import { FEEDS, ProblemError, SIGNED_TYPES, catalogueEntrySchema, feedPartSchema, problem } from '@liandong/schema';
import type { Logger } from 'pino';
import type { HostDb, NodeTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Carrier, Incoming, Verdict } from '../handoff/index.ts';
import { Loop, inPatience } from '../handoff/index.ts';
import { DUTIES } from '../tiers/index.ts';
import type { Trust } from '../trust/index.ts';
import { payloadOf } from '../trust/index.ts';
import type { FeedAppender } from './appender.ts';
import { extendFeed, findFeeds, lockFeed, readEntries } from './feed-store.ts';
import type { FeedReader } from './numbering.ts';
import { numberFeed } from './numbering.ts';

/** Entries sent in one message. */
const SENT = 200;
/** First wait before a stretch is sent again, ms; doubles up to a minute. */
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
const IDLE_MS = 500;
/** Under load entries are numbered no more often than this, ms. */
const PACE_MS = 100;
/** Cursors served at a time. */
const CURSORS = 50;

export interface FeedPublisherParts {
  db: HostDb;
  carrier: Carrier;
  trust: Trust;
  divisions: Divisions;
  appender: FeedAppender;
  /** Live: nodes come to the host and leave it. */
  nodes: readonly DivisionCode[];
  readers: Readonly<Record<Feed, FeedReader>>;
  /** How often an unchanged feed says how far it reaches, ms. */
  heartbeatMs: number;
  /** A node that waits for what others hold of it gives no numbers and sends nothing. */
  isHealing: (node: DivisionCode) => boolean;
  /** A subscriber holds more of a node's own feed than the node itself: its database is an older one. */
  onForgotten: (node: DivisionCode) => void;
  failures: Failures;
  now: () => Date;
  log: Logger;
}

interface Cursor {
  node: DivisionCode;
  feed: Feed;
  publisher: DivisionCode;
  subscriber: DivisionCode;
  acked: number;
}

/**
 * Feeds: facts upward, the catalogue downward. Entries are numbered without a gap; every subscriber's signed word says
 * how far it holds them, and what it lacks is sent again, so that a gap heals itself (G6).
 *
 * Facts go straight to every level above, so that a dead county does not hide a village from the city. The catalogue
 * goes from each level to the next below; its entries carry their publisher's signature.
 */
export class FeedPublisher {
  readonly #parts: FeedPublisherParts;
  readonly #loop: Loop;
  /** Subscribers that something is still being sent to. */
  readonly #underWay = new Set<DivisionCode>();

  constructor(parts: FeedPublisherParts) {
    this.#parts = parts;
    this.#loop = new Loop(
      () => this.#publish(),
      IDLE_MS,
      (error) => parts.log.warn({ err: error }, 'feeds'),
      PACE_MS,
    );
    parts.appender.onAppended(() => this.#loop.wake());
    parts.carrier.roads.onHealed((subscriber) => {
      this.#resendTo(subscriber).catch((error: unknown) => parts.log.warn({ err: error }, 'feeds'));
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** Waits for what is being published at this moment. */
  async turn(): Promise<void> {
    await this.#loop.turn();
  }

  /** Opens the nodes' own feeds and a cursor for every subscriber, at start. */
  async prepareAll(): Promise<void> {
    await this.#prepareEach(this.#parts.nodes);
  }

  /** Opens cursors for a node that was opened while this host runs: below its parent, and above those who tell it. */
  async welcome(opened: DivisionCode): Promise<void> {
    const { nodes, divisions } = this.#parts;
    const concerned = nodes.filter((node) => divisions.get(opened).parent === node || divisions.isWithin(node, opened));
    await this.#prepareEach(concerned);
    if (concerned.length > 0) this.#loop.wake();
  }

  #prepareEach(nodes: readonly DivisionCode[]): Promise<number> {
    return this.#parts.failures.each(
      'opening feeds',
      nodes,
      (node) => ({ node }),
      (node) => this.prepare(node),
    );
  }

  /** Opens a node's own feeds and a cursor for every subscriber. */
  prepare(node: DivisionCode): Promise<void> {
    return this.#parts.db.transact(node, async (tx) => {
      for (const feed of FEEDS) {
        await lockFeed(tx, feed, node);
        for (const { publisher } of await findFeeds(tx, feed)) await this.#openCursors(tx, feed, publisher);
      }
    });
  }

  /** Every cursor of nodes, all or some, falls due at once: on start, and when the broker is back. */
  async resendAll(nodes = this.#parts.nodes): Promise<void> {
    await this.#parts.db.queryHost(`UPDATE feed_cursors SET next_at = now(), attempts = 0 WHERE node = ANY ($1)`, [
      nodes,
    ]);
    this.#loop.wake();
  }

  /** The way to a subscriber was cut and is back. */
  async #resendTo(subscriber: DivisionCode): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE feed_cursors SET next_at = now(), attempts = 0 WHERE node = ANY ($1) AND subscriber = $2`,
      [this.#parts.nodes, subscriber],
    );
    this.#loop.wake();
  }

  /** Takes a stretch of a feed in; what does not follow without a gap is not taken, and the answer says from where on. */
  readonly receive = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const parsed = feedPartSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not a stretch of a feed.', { cause: parsed.error });
    const part = parsed.data;
    this.#requireSource(tx.node, message.from, part);
    const state = await lockFeed(tx, part.feed, part.publisher);
    const fresh = part.from <= state.head + 1 ? part.entries.slice(state.head + 1 - part.from) : [];
    const sound = part.feed === 'CATALOGUE' ? await this.#signed(part.publisher, state.head + 1, fresh) : fresh;
    const asOf = new Date(part.asOf);
    const known = asOf < state.asOf ? state : { ...state, knownHead: part.head, asOf };
    await extendFeed(tx, state, fresh, known);
    if (sound.length > 0) await this.#parts.readers[part.feed](tx, part.publisher, sound);
    if (state.asOf.getTime() === 0) await this.#openCursors(tx, part.feed, part.publisher);
    if (fresh.length > 0) await this.#dueNow(tx, part.feed, part.publisher);
    return { outcome: 'WATERMARK', feed: part.feed, publisher: part.publisher, seq: state.head + fresh.length };
  };

  /** A subscriber's word how far it holds a feed. */
  readonly watermark = async (
    tx: NodeTx,
    subscriber: DivisionCode,
    { feed, publisher, seq }: Answer & { outcome: 'WATERMARK' },
  ): Promise<void> => {
    const rows = await tx.query<{ more: boolean; ahead: boolean }>(
      `UPDATE feed_cursors c SET acked = $5::int8, attempts = 0,
         next_at = CASE WHEN $5::int8 < f.head THEN now() ELSE now() + $6 * interval '1 millisecond' END
       FROM feeds f
       WHERE c.node = $1 AND c.feed = $2 AND c.publisher = $3 AND c.subscriber = $4
         AND f.node = c.node AND f.feed = c.feed AND f.publisher = c.publisher
       RETURNING $5::int8 < f.head AS more, $5::int8 > f.head AS ahead`,
      [feed, publisher, subscriber, seq, this.#parts.heartbeatMs],
    );
    if (rows[0]?.more) tx.afterCommit(() => this.#loop.wake());
    if (rows[0]?.ahead && publisher === tx.node) tx.afterCommit(() => this.#parts.onForgotten(publisher));
  };

  #working(): DivisionCode[] {
    return this.#parts.nodes.filter((node) => !this.#parts.isHealing(node));
  }

  async #publish(): Promise<boolean> {
    const numbered = await this.#number();
    const sent = await this.#send();
    return numbered || sent;
  }

  /** Gives pending entries their numbers, and lets the node itself read them. */
  async #number(): Promise<boolean> {
    const { db, failures } = this.#parts;
    // in no order: feeds that can't be numbered, as of a node whose key has ended, keep no others from their turn
    const waiting = await db.queryHost<{ node: DivisionCode; feed: Feed }>(
      `SELECT node, feed FROM (SELECT DISTINCT node, feed FROM feed_pending WHERE node = ANY ($1)) AS f
       ORDER BY random() LIMIT 50`,
      [this.#working()],
    );
    const failed = await failures.each(
      'numbering a feed',
      waiting,
      ({ node, feed }) => ({ node, feed }),
      ({ node, feed }) =>
        db.transact(node, async (tx) => {
          if (await numberFeed(tx, feed, this.#parts)) await this.#dueNow(tx, feed, node);
        }),
    );
    return waiting.length > failed;
  }

  async #send(): Promise<boolean> {
    const { db, carrier, heartbeatMs, log } = this.#parts;
    const nodes = this.#working();
    const due = await db.queryHost<Cursor>(
      `UPDATE feed_cursors SET attempts = attempts + 1,
         next_at = now() + least($2 * power(2, least(attempts, 10)), $3) * (0.75 + random() / 2) * interval '1 millisecond'
       WHERE (node, feed, publisher, subscriber) IN (
         SELECT node, feed, publisher, subscriber FROM feed_cursors WHERE next_at <= now() AND node = ANY ($1)
           AND subscriber <> ALL ($4)
         ORDER BY next_at LIMIT ${CURSORS} FOR UPDATE SKIP LOCKED)
       RETURNING node, feed, publisher, subscriber, acked`,
      [nodes, BACKOFF_MS, Math.max(MAX_BACKOFF_MS, heartbeatMs), [...carrier.roads.cut(), ...this.#underWay]],
    );
    await inPatience(
      due.map(async (cursor) => {
        const { node, feed, publisher, subscriber } = cursor;
        this.#underWay.add(subscriber);
        try {
          const body = JSON.stringify(await this.#partFor(cursor));
          const id = randomUUID();
          await carrier.send(node, subscriber, [{ message: { id, kind: 'FEED', body }, bytes: null, broker: id }]);
        } catch (error) {
          log.debug({ err: error, subscriber }, 'road');
          if (!carrier.roads.isCut(subscriber) || !this.#parts.nodes.includes(node)) return;
          await db
            .queryHost(
              `UPDATE feed_cursors SET next_at = now() + interval '1 second'
               WHERE node = $1 AND feed = $2 AND publisher = $3 AND subscriber = $4`,
              [node, feed, publisher, subscriber],
            )
            .catch((failed: unknown) => log.debug({ err: failed }, 'road'));
        } finally {
          this.#underWay.delete(subscriber);
        }
      }),
    );
    return due.length === CURSORS;
  }

  async #partFor({ node, feed, publisher, acked }: Cursor): Promise<FeedPart> {
    const { db, now } = this.#parts;
    const queries = db.queries(node);
    // the moment is taken before the head is read: nothing stated up to it is left out
    const asked = now();
    const [waiting] = await queries.query<{ count: number }>(
      `SELECT count(*) AS count FROM feed_pending WHERE node = $1 AND feed = $2`,
      [feed],
    );
    const [state] = (await findFeeds(queries, feed)).filter((f) => f.publisher === publisher);
    const entries = await readEntries(queries, feed, publisher, acked, SENT);
    const own = publisher === node;
    return {
      feed,
      publisher,
      from: acked + 1,
      entries,
      head: (own ? state?.head : state?.knownHead) ?? 0,
      asOf: (own && waiting?.count === 0 ? asked : (state?.asOf ?? new Date(0))).toISOString(),
    };
  }

  async #openCursors(tx: NodeTx, feed: Feed, publisher: DivisionCode): Promise<void> {
    const subscribers = this.#subscribers(tx.node, feed, publisher);
    // a zone that changed its parent no longer tells the old one, which would not take it
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

  /**
   * A subscriber whose word on facts is still awaited is not sent the same again with each new one; it is waited for no
   * longer than at first.
   */
  async #dueNow(tx: NodeTx, feed: Feed, publisher: DivisionCode): Promise<void> {
    await tx.query(
      `UPDATE feed_cursors SET
         attempts = CASE WHEN feed = 'FACTS' THEN least(attempts, 1) ELSE 0 END,
         next_at = CASE WHEN feed = 'FACTS' AND attempts > 0
           THEN least(next_at, now() + $4 * interval '1 millisecond') ELSE now() END
       WHERE node = $1 AND feed = $2 AND publisher = $3`,
      [feed, publisher, BACKOFF_MS],
    );
    tx.afterCommit(() => this.#loop.wake());
  }

  #subscribers(node: DivisionCode, feed: Feed, publisher: DivisionCode): DivisionCode[] {
    const { divisions, trust } = this.#parts;
    switch (feed) {
      case 'FACTS':
        // only one's own: whoever is above hears it from the node itself
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

  /** Facts are taken from their own node, the catalogue from the level above. */
  #requireSource(node: DivisionCode, from: DivisionCode, part: FeedPart): void {
    const { divisions } = this.#parts;
    const sound =
      part.feed === 'FACTS'
        ? part.publisher === from && divisions.isWithin(from, node)
        : divisions.get(node).parent === from && divisions.isWithin(node, part.publisher);
    if (!sound) throw problem('FORBIDDEN', `${from} can't bring ${node} the ${part.feed} of ${part.publisher}.`);
  }

  /**
   * The entries that count. One whose key had ended by its date keeps its number, so that the feed goes on behind it,
   * and says nothing.
   * @throws {ProblemError} SIGNATURE_INVALID, KEY_UNKNOWN
   */
  async #signed(publisher: DivisionCode, first: number, entries: readonly string[]): Promise<string[]> {
    const { trust, log } = this.#parts;
    // a stretch may bring the very certificate that its later entries are signed by
    await trust.learn(entries.flatMap(keyDocumentOf));
    const counted = await Promise.all(
      entries.map(async (jws, i) => {
        let verified;
        try {
          verified = await trust.verify(jws, SIGNED_TYPES.entry);
        } catch (error) {
          if (!(error instanceof ProblemError) || error.code !== 'KEY_NOT_IN_EFFECT') throw error;
          log.warn({ publisher, entry: first + i, reason: error.message }, 'an entry of the catalogue says nothing');
          return [];
        }
        const entry = catalogueEntrySchema.safeParse(verified.payload);
        if (
          !entry.success ||
          verified.node !== publisher ||
          entry.data.publisher !== publisher ||
          entry.data.seq !== first + i
        ) {
          throw problem('SIGNATURE_INVALID', `Entry ${first + i} of ${publisher}'s catalogue is not its own.`);
        }
        return [jws];
      }),
    );
    return counted.flat();
  }
}

/** The certificate or end of a key that an entry brings: it proves itself, so the entry need not be believed yet. */
function keyDocumentOf(jws: string): string[] {
  try {
    const { body } = payloadOf(jws) as { body?: { kind?: unknown; document?: unknown } };
    return body?.kind === 'KEY' && typeof body.document === 'string' ? [body.document] : [];
  } catch {
    return [];
  }
}
