import type { CatalogueEntry } from '@liandong/schema/domains/catalogue';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Feed } from '@liandong/schema/wire';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import type { NodeTx } from '../db/index.ts';
import type { Trust } from '../trust/index.ts';
import { extendFeed, lockFeed } from './feed-store.ts';

/** Most entries numbered in one transaction. */
const NUMBERED = 500;

/** Processes new entries of a feed, the node's own or another's, in the transaction that moves the head. */
export type FeedReader = (tx: NodeTx, publisher: DivisionCode, entries: readonly string[]) => Promise<void>;

export interface NumberingParts {
  trust: Trust;
  readers: Readonly<Record<Feed, FeedReader>>;
  now: () => Date;
}

/**
 * Gives pending entries of a node's own feed their numbers, and lets the node itself read them.
 * @returns whether there were any
 * @throws {ProblemError} KEY_NOT_IN_EFFECT for catalogue entries of a node whose keys have ended
 */
export async function numberFeed(tx: NodeTx, feed: Feed, parts: NumberingParts): Promise<boolean> {
  const { readers, now } = parts;
  const { node } = tx;
  const state = await lockFeed(tx, feed, node);
  const pending = await tx.query<{ id: number; entry: string }>(
    `DELETE FROM feed_pending WHERE node = $1 AND id IN (
       SELECT id FROM feed_pending WHERE node = $1 AND feed = $2 ORDER BY id LIMIT ${NUMBERED} FOR UPDATE)
     RETURNING id, entry`,
    [feed],
  );
  if (pending.length === 0) return false;
  const stated = pending.sort((a, b) => a.id - b.id).map(({ entry }) => entry);
  const entries = feed === 'FACTS' ? stated : await signEntries(node, state.head, stated, parts);
  const head = state.head + entries.length;
  await extendFeed(tx, state, entries, { ...state, knownHead: head, asOf: now() });
  await readers[feed](tx, node, entries);
  return true;
}

/** Catalogue entries pass through other desks, so each is signed; facts come straight from their node. */
function signEntries(
  node: DivisionCode,
  head: number,
  entries: readonly string[],
  { trust, now }: NumberingParts,
): Promise<string[]> {
  return Promise.all(
    entries.map((entry, i) => {
      const sealed: CatalogueEntry = {
        publisher: node,
        seq: head + i + 1,
        at: now().toISOString(),
        body: JSON.parse(entry) as CatalogueEntry['body'],
      };
      return trust.sign(node, SIGNED_TYPES.entry, sealed);
    }),
  );
}
