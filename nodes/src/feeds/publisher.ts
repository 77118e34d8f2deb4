import { randomUUID } from 'node:crypto';
import type { Answer, Feed, FeedPart } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import { jsonBytes, TOGETHER_BYTES } from '@liandong/schema/wire';
import type { Logger } from 'pino';
import type { HostDb, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Carrier, SendFaults, Sending } from '../handoff/index.ts';
import { Loop, inPatience, tooLarge } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import type { FeedAppender } from './appender.ts';
import type { Cursor, FeedCursors } from './cursors.ts';
import { CURSORS } from './cursors.ts';
import { findFeeds, readEntries } from './feed-store.ts';
import { FeedHeads } from './heads.ts';
import type { FeedReader } from './numbering.ts';
import { numberFeed } from './numbering.ts';

/** Entries sent in one message. */
const SENT = 200;
/** Bytes of a message of entries beside the entries themselves, with the publisher's word on its head. */
const STRETCH_BYTES = 8 * 1024;
const IDLE_MS = 500;
/** Shortest time between two numberings under load, ms. */
const PACE_MS = 100;

export interface FeedPublisherParts {
  db: HostDb;
  carrier: Carrier;
  trust: Trust;
  appender: FeedAppender;
  cursors: FeedCursors;
  faults: SendFaults;
  /** Live: nodes come to the host and leave it. */
  nodes: readonly DivisionCode[];
  readers: Readonly<Record<Feed, FeedReader>>;
  /** A healing node, which waits for what others hold of it, gives no numbers and sends nothing. */
  isHealing: (node: DivisionCode) => boolean;
  /** The present incarnation of a node's database. */
  incarnationOf: (node: DivisionCode) => number | undefined;
  /** A subscriber proved that a node has forgotten entries of its own feed: its database is an older one. */
  onForgotten: (node: DivisionCode) => void;
  failures: Failures;
  now: () => Date;
  log: Logger;
}

/**
 * Feeds: facts upward, the catalogue downward. Entries are numbered without a gap. Every subscriber signs how far it
 * holds them, and the publisher sends again what the subscriber lacks, so that a gap heals itself (G6).
 *
 * Facts go straight to every level above, so that a dead county does not hide a village from the city. The catalogue
 * goes from each level to the next below; its entries carry their publisher's signature.
 */
export class FeedPublisher {
  readonly #parts: FeedPublisherParts;
  readonly #loop: Loop;
  readonly #heads: FeedHeads;
  /** Subscribers whose last message is still being sent. */
  readonly #underWay = new Set<DivisionCode>();

  constructor(parts: FeedPublisherParts) {
    this.#parts = parts;
    this.#heads = new FeedHeads(parts.trust, parts.incarnationOf, parts.now);
    this.#loop = new Loop(
      () => this.#publish(),
      IDLE_MS,
      (error) => parts.log.warn({ err: error }, 'feeds'),
      PACE_MS,
    );
    parts.appender.onAppended(() => this.#loop.wake());
    parts.cursors.onDue(() => this.#loop.wake());
    parts.carrier.roads.onHealed((subscriber) => {
      parts.cursors.resendTo(subscriber).catch((error: unknown) => parts.log.warn({ err: error }, 'feeds'));
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

  /**
   * Receives a subscriber's word on how far it holds a feed. A subscriber that claims more of a node's own feed than
   * the node has must show the node's own signed word: else one subscriber could stop its publisher at will.
   */
  readonly watermark = async (
    tx: SharedTx,
    subscriber: DivisionCode,
    answer: Answer & { outcome: 'WATERMARK' },
  ): Promise<void> => {
    const { cursors, incarnationOf, log, onForgotten } = this.#parts;
    const { feed, publisher, seq, stated } = answer;
    const moved = await cursors.move(tx, subscriber, answer);
    if (!moved || publisher !== tx.node) return;
    const word = stated === undefined ? null : await this.#heads.prove(stated, feed, publisher);
    // a word of an earlier incarnation was dealt with when this incarnation began
    if (word && word.head > moved.head && Date.parse(word.at) >= (incarnationOf(publisher) ?? 0)) {
      log.warn(
        { node: publisher, subscriber, feed, head: moved.head, stated: word.head },
        'own feed is shorter than its subscriber proves: this database was restored',
      );
      tx.afterCommit(() => onForgotten(publisher));
    } else if (moved.newClaim) {
      log.warn(
        { node: publisher, subscriber, feed, head: moved.head, claimed: seq },
        'watermark ignored: it claims entries that were never sent',
      );
    }
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
    // in random order: a feed that can't be numbered, as of a node whose key has ended, must not block the others
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
          if (await numberFeed(tx, feed, this.#parts)) await this.#parts.cursors.dueNow(tx, feed, node);
        }),
    );
    return waiting.length > failed;
  }

  async #send(): Promise<boolean> {
    const { carrier, cursors } = this.#parts;
    const due = await cursors.claim(this.#working(), [...carrier.roads.cut(), ...this.#underWay]);
    await inPatience(due.map((cursor) => this.#sendStretch(cursor)));
    return due.length === CURSORS;
  }

  async #sendStretch(cursor: Cursor): Promise<void> {
    const { carrier, cursors, faults, log, nodes } = this.#parts;
    const { node, feed, publisher, subscriber } = cursor;
    const sending: Sending = { node, receiver: subscriber, kind: 'FEED', subject: `${feed} of ${publisher}` };
    this.#underWay.add(subscriber);
    try {
      const part = await this.#partFor(cursor);
      await cursors.sending(cursor, part.from + part.entries.length - 1);
      const id = randomUUID();
      const message = { id, kind: 'FEED' as const, body: JSON.stringify(part) };
      const [left] = await carrier.send(node, subscriber, [{ message, bytes: null, broker: id }]);
      await (left ? faults.failed(sending, tooLarge(left.bytes, left.most)) : faults.went(sending));
    } catch (error) {
      await faults.failed(sending, error);
      if (!carrier.roads.isCut(subscriber) || !nodes.includes(node)) return;
      await cursors.soon(cursor).catch((failed: unknown) => log.debug({ err: failed }, 'message not published'));
    } finally {
      this.#underWay.delete(subscriber);
    }
  }

  async #partFor({ node, feed, publisher, acked }: Cursor): Promise<FeedPart> {
    const { db, now } = this.#parts;
    const queries = db.queries(node);
    // the moment is taken before the head is read, so that everything stated up to it is included
    const asked = now();
    const [waiting] = await queries.query<{ count: number }>(
      `SELECT count(*) AS count FROM feed_pending WHERE node = $1 AND feed = $2`,
      [feed],
    );
    const [state] = (await findFeeds(queries, feed)).filter((f) => f.publisher === publisher);
    const most = Math.min(TOGETHER_BYTES, this.#parts.carrier.room - STRETCH_BYTES);
    const entries = fitting(await readEntries(queries, feed, publisher, acked, { entries: SENT, bytes: most }), most);
    const own = publisher === node;
    const head = (own ? state?.head : state?.knownHead) ?? 0;
    return {
      feed,
      publisher,
      from: acked + 1,
      entries,
      head,
      asOf: (own && waiting?.count === 0 ? asked : (state?.asOf ?? new Date(0))).toISOString(),
      ...(own ? { stated: await this.#heads.state(feed, publisher, head) } : {}),
    };
  }
}

/**
 * As many entries as fit one message, and always at least one: an entry that is too large alone is reported when it
 * can't be sent.
 */
function fitting(entries: readonly string[], most: number): string[] {
  let bytes = 0;
  const [first, ...rest] = entries.map((entry) => ({ entry, bytes: jsonBytes(JSON.stringify(entry)) }));
  if (!first) return [];
  bytes = first.bytes;
  const beyond = rest.findIndex((each) => (bytes += each.bytes) > most);
  return entries.slice(0, beyond < 0 ? entries.length : beyond + 1);
}
