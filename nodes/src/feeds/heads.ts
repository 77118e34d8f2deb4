import type { DivisionCode } from '@liandong/schema/kernel';
import type { Feed, FeedHead } from '@liandong/schema/wire';
import { ProblemError } from '@liandong/schema/kernel';
import { feedHeadSchema, SIGNED_TYPES } from '@liandong/schema/wire';
import type { Trust } from '../trust/index.ts';
import { payloadOf } from '../trust/index.ts';

/**
 * The signed words of nodes on how far their own feeds go. They travel with the entries. A subscriber keeps the newest,
 * and shows it to the node when the node sends less: proof that the node's database was put back.
 */
export class FeedHeads {
  readonly #trust: Trust;
  readonly #incarnationOf: (node: DivisionCode) => number | undefined;
  readonly #now: () => Date;
  /** The last word on each feed of this host's nodes: many subscribers get the same one. */
  readonly #stated = new Map<string, { head: number; life: number | undefined; jws: string }>();

  /**
   * @param incarnationOf the present incarnation of a node's database: a word proves something only of the incarnation
   *   it was signed in
   */
  constructor(trust: Trust, incarnationOf: (node: DivisionCode) => number | undefined, now: () => Date) {
    this.#trust = trust;
    this.#incarnationOf = incarnationOf;
    this.#now = now;
  }

  /** Signs the node's word that its feed goes this far. */
  async state(feed: Feed, publisher: DivisionCode, head: number): Promise<string> {
    const key = `${publisher} ${feed}`;
    const last = this.#stated.get(key);
    const life = this.#incarnationOf(publisher);
    if (last?.head === head && last.life === life) return last.jws;
    const word: FeedHead = { feed, publisher, head, at: this.#now().toISOString() };
    const jws = await this.#trust.sign(publisher, SIGNED_TYPES.feedHead, word);
    this.#stated.set(key, { head, life, jws });
    return jws;
  }

  /** Checks a word that a node shows this one as its own; null if it is not, or if this node can't tell. */
  async prove(jws: string, feed: Feed, publisher: DivisionCode): Promise<FeedHead | null> {
    try {
      const { node } = await this.#trust.verify(jws, SIGNED_TYPES.feedHead);
      const word = readHead(jws, feed, publisher);
      return node === publisher ? word : null;
    } catch (error) {
      if (error instanceof ProblemError) return null;
      throw error;
    }
  }
}

/** Reads a word on a feed without checking its signature; null if it is of another feed or not a word on a feed. */
export function readHead(jws: string, feed: Feed, publisher: DivisionCode): FeedHead | null {
  let payload: unknown;
  try {
    payload = payloadOf(jws);
  } catch {
    return null;
  }
  const word = feedHeadSchema.safeParse(payload);
  return word.success && word.data.feed === feed && word.data.publisher === publisher ? word.data : null;
}
