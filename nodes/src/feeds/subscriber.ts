import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Feed, FeedPart } from '@liandong/schema/wire';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { feedPartSchema, SIGNED_TYPES } from '@liandong/schema/wire';
import { catalogueEntrySchema } from '@liandong/schema/domains/catalogue';
import type { Logger } from 'pino';
import type { NodeTx } from '../db/index.ts';
import type { Incoming, Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { payloadOf } from '../trust/index.ts';
import type { FeedCursors } from './cursors.ts';
import type { FeedState } from './feed-store.ts';
import { extendFeed, lockFeed } from './feed-store.ts';
import { readHead } from './heads.ts';
import type { FeedReader } from './numbering.ts';

export interface FeedSubscriberParts {
  trust: Trust;
  divisions: Divisions;
  cursors: FeedCursors;
  readers: Readonly<Record<Feed, FeedReader>>;
  /** Whether a moment belongs to an incarnation of a peer that is over. */
  isOver: (node: DivisionCode, peer: DivisionCode, life: number) => boolean;
  log: Logger;
}

/** Takes in the feeds of other nodes, without a gap. */
export class FeedSubscriber {
  readonly #parts: FeedSubscriberParts;

  constructor(parts: FeedSubscriberParts) {
    this.#parts = parts;
  }

  /**
   * Takes in a stretch of a feed. It refuses entries that do not follow without a gap, and the answer says where to
   * begin.
   */
  readonly receive = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const parsed = feedPartSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not a stretch of a feed.', { cause: parsed.error });
    const part = parsed.data;
    const { cursors, readers } = this.#parts;
    this.#requireSource(tx.node, message.from, part);
    const state = await lockFeed(tx, part.feed, part.publisher);
    const fresh = part.from <= state.head + 1 ? part.entries.slice(state.head + 1 - part.from) : [];
    const sound = part.feed === 'CATALOGUE' ? await this.#signed(part.publisher, state.head + 1, fresh) : fresh;
    const asOf = new Date(part.asOf);
    const known = asOf < state.asOf ? state : { ...state, knownHead: part.head, asOf };
    const stated = this.#newestWord(tx.node, state, message.from === part.publisher ? (part.stated ?? null) : null);
    await extendFeed(tx, state, fresh, { ...known, stated });
    if (sound.length > 0) await readers[part.feed](tx, part.publisher, sound);
    if (state.asOf.getTime() === 0) await cursors.open(tx, part.feed, part.publisher);
    if (fresh.length > 0) await cursors.dueNow(tx, part.feed, part.publisher);
    const { feed, publisher } = part;
    const forgotten = stated !== null && (readHead(stated, feed, publisher)?.head ?? 0) > part.head;
    return {
      outcome: 'WATERMARK',
      feed,
      publisher,
      seq: state.head + fresh.length,
      ...(forgotten && message.from === publisher ? { stated } : {}),
    };
  };

  /** Takes facts only from their own node, and the catalogue only from the level above. */
  #requireSource(node: DivisionCode, from: DivisionCode, part: FeedPart): void {
    const { divisions } = this.#parts;
    const sound =
      part.feed === 'FACTS'
        ? part.publisher === from && divisions.isWithin(from, node)
        : divisions.get(node).parent === from && divisions.isWithin(node, part.publisher);
    if (!sound) throw problem('FORBIDDEN', `${from} can't bring ${node} the ${part.feed} of ${part.publisher}.`);
  }

  /** The publisher's word on its head that reaches furthest; a word of an incarnation that is over proves nothing any more. */
  #newestWord(node: DivisionCode, { feed, publisher, stated }: FeedState, next: string | null): string | null {
    const before = stated === null ? null : readHead(stated, feed, publisher);
    const lasts = before !== null && !this.#parts.isOver(node, publisher, Date.parse(before.at));
    const word = next === null ? null : readHead(next, feed, publisher);
    if (word === null) return lasts ? stated : null;
    return lasts && before.head > word.head ? stated : next;
  }

  /**
   * The valid entries. An entry whose key had ended by its date keeps its number, so that the feed goes on behind it,
   * but has no content.
   * @throws {ProblemError} SIGNATURE_INVALID, KEY_UNKNOWN
   */
  async #signed(publisher: DivisionCode, first: number, entries: readonly string[]): Promise<string[]> {
    const { trust, log } = this.#parts;
    // a stretch may bring the very certificate of the key that signs its later entries
    await trust.learn(entries.flatMap(keyDocumentOf));
    const counted = await Promise.all(
      entries.map(async (jws, i) => {
        let verified;
        try {
          verified = await trust.verify(jws, SIGNED_TYPES.entry);
        } catch (error) {
          if (!(error instanceof ProblemError) || error.code !== 'KEY_NOT_IN_EFFECT') throw error;
          log.warn(
            { publisher, entry: first + i, reason: error.message },
            'catalogue entry ignored: its key had ended',
          );
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

/**
 * The certificate or end of a key in an entry: it proves itself, so the entry's own signature need not be checked
 * first.
 */
function keyDocumentOf(jws: string): string[] {
  try {
    const { body } = payloadOf(jws) as { body?: { kind?: unknown; document?: unknown } };
    return body?.kind === 'KEY' && typeof body.document === 'string' ? [body.document] : [];
  } catch {
    return [];
  }
}
