import type { DataOffer } from '@liandong/schema/domains/sharing';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Implementation, Item } from '@liandong/schema/domains/catalogue';
import type { LegalBasisChange } from '@liandong/schema/domains/legal-bases';
import type { PublishedGrant } from '@liandong/schema/domains/delegation';
import { catalogueEntrySchema, standardImplementation } from '@liandong/schema/domains/catalogue';
import { followItem } from '@liandong/schema/domains/implementation';
import { publisherFault } from '@liandong/schema/wire';
import type { Logger } from 'pino';
import type { NodeTx } from '../db/index.ts';
import type { FeedAppender, FeedReader } from '../feeds/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { payloadOf } from '../trust/index.ts';
import { findImplementations, findItem, insertImplementations, insertItems } from './catalogue-store.ts';
import { lockCode } from './item-file.ts';

/** Other domains' readers of the catalogue feed, called in the transaction that takes it in. */
export interface CatalogueReaders {
  /** Stores the legal bases of items. */
  linkItems: (tx: NodeTx, items: readonly Item[]) => Promise<void>;
  /** Takes in a change of the law. */
  changeLegalBasis: (tx: NodeTx, change: LegalBasisChange) => Promise<void>;
  /**
   * Stores a grant that its grantor published. An invalid grant, or one that can't be judged yet, does not stop the
   * feed.
   */
  takeGrant: (tx: NodeTx, publisher: DivisionCode, published: PublishedGrant) => Promise<void>;
  /** Judges grants that wait for items: new items have come. */
  judgeWaitingGrants: (tx: NodeTx) => Promise<void>;
  /** Stores offers of data. */
  keepOffers: (tx: NodeTx, offers: readonly DataOffer[]) => Promise<void>;
  /** Offers the forms that published items name, and asks the level above for those whose bytes are not here. */
  offerForms: (tx: NodeTx, items: readonly Item[]) => Promise<void>;
  /** Stores certificates and the ends of keys. */
  takeKeys: (tx: NodeTx, publisher: DivisionCode, documents: readonly string[]) => Promise<void>;
}

export interface CatalogueReaderParts {
  divisions: Divisions;
  appender: FeedAppender;
  others: CatalogueReaders;
  log: Logger;
}

/**
 * Reads the catalogue feed into a node's copy. A node at the deciding tier follows a new item with its own
 * implementation (实施清单): the city's standard, with what the node has bettered. The implementation goes on to the levels
 * below.
 *
 * An entry that its publisher may not state keeps its number but has no effect, so that the feed goes on behind it,
 * whether it came with the feed or was given back to a restored node.
 */
export function catalogueReader({ divisions, appender, others, log }: CatalogueReaderParts): FeedReader {
  return async (tx, publisher, entries) => {
    const offers: DataOffer[] = [];
    const items: { item: Item; publishedAt: Date }[] = [];
    const implementations: Implementation[] = [];
    const changes: LegalBasisChange[] = [];
    const keys: string[] = [];
    for (const jws of entries) {
      // signatures were checked when the entry came in
      const { seq, at, body } = catalogueEntrySchema.parse(payloadOf(jws));
      const fault = publisherFault(body, publisher, divisions);
      if (fault !== null) {
        log.warn({ node: tx.node, publisher, entry: seq, kind: body.kind, reason: fault }, 'catalogue entry ignored');
        continue;
      }
      switch (body.kind) {
        case 'ITEM':
          items.push({ item: body.item, publishedAt: new Date(at) });
          break;
        case 'IMPLEMENTATION':
          implementations.push(body.implementation);
          break;
        case 'DELEGATION':
          await others.takeGrant(tx, publisher, body.delegation);
          break;
        case 'OFFER':
          offers.push(body.offer);
          break;
        case 'LEGAL_BASIS':
          changes.push(body.change);
          break;
        case 'KEY':
          keys.push(body.document);
          break;
        default:
          body satisfies never;
      }
    }
    if (keys.length > 0) await others.takeKeys(tx, publisher, keys);
    await insertItems(tx, items);
    if (items.length > 0) await others.judgeWaitingGrants(tx);
    await others.linkItems(
      tx,
      items.map(({ item }) => item),
    );
    await others.offerForms(
      tx,
      items.map(({ item }) => item),
    );
    await insertImplementations(tx, implementations);
    await others.keepOffers(tx, offers);
    const decided = items.map(({ item }) => item).filter((item) => decidesHere(item, tx.node, divisions));
    await follow(tx, decided, appender);
    for (const change of changes) await others.changeLegalBasis(tx, change);
  };
}

function decidesHere(item: Item, node: DivisionCode, divisions: Divisions): boolean {
  const { tier } = divisions.get(node);
  return tier === item.decidingTier && DUTIES[tier].implementsItems;
}

async function follow(tx: NodeTx, items: readonly Item[], appender: FeedAppender): Promise<void> {
  if (items.length === 0) return;
  const keys = items.map((item) => ({ item: item.code, node: tx.node }));
  // another desk may be revising the item at this moment
  for (const code of new Set(items.map((item) => item.code).toSorted())) await lockCode(tx, code);
  const known = new Map((await findImplementations(tx, keys)).map((i) => [i.item, i]));
  const made: Implementation[] = [];
  for (const item of items) {
    const before = known.get(item.code);
    if (before && before.itemVersion >= item.version) continue;
    const next = before
      ? followItem(before, await findItem(tx, item.code, { version: before.itemVersion }), item)
      : standardImplementation(item, tx.node, 1);
    // the feed may bring two versions of an item at once
    known.set(item.code, next);
    made.push(next);
  }
  await insertImplementations(tx, made);
  await appender.append(
    tx,
    'CATALOGUE',
    made.map((implementation) => ({ kind: 'IMPLEMENTATION', implementation })),
  );
}
