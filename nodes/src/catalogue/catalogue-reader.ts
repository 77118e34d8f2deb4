import type { DivisionCode, Divisions, Implementation, Item } from '@liandong/schema';
import { catalogueEntrySchema, followItem, standardImplementation } from '@liandong/schema';
import type { NodeTx } from '../db/index.ts';
import type { FeedAppender, FeedReader } from '../feeds/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { payloadOf } from '../trust/index.ts';
import { findImplementations, findItem, insertImplementations, insertItems } from './catalogue-store.ts';
import { lockCode } from './item-life-store.ts';

/**
 * Reads the catalogue feed into a node's copy. A node at the deciding tier follows a new item with its own
 * implementation (实施清单): the city's standard, with what the node has bettered; that goes on to the levels below.
 */
export function catalogueReader(divisions: Divisions, appender: FeedAppender): FeedReader {
  return async (tx, _publisher, entries) => {
    const items: { item: Item; publishedAt: Date }[] = [];
    const implementations: Implementation[] = [];
    for (const jws of entries) {
      // signatures were checked when the entry came in
      const { at, body } = catalogueEntrySchema.parse(payloadOf(jws));
      switch (body.kind) {
        case 'ITEM':
          items.push({ item: body.item, publishedAt: new Date(at) });
          break;
        case 'IMPLEMENTATION':
          implementations.push(body.implementation);
          break;
        default:
          body satisfies never;
      }
    }
    await insertItems(tx, items);
    await insertImplementations(tx, implementations);
    const decided = items.map(({ item }) => item).filter((item) => decidesHere(item, tx.node, divisions));
    await follow(tx, decided, appender);
  };
}

function decidesHere(item: Item, node: DivisionCode, divisions: Divisions): boolean {
  const { tier } = divisions.get(node);
  return tier === item.decidingTier && DUTIES[tier].implementsItems;
}

async function follow(tx: NodeTx, items: readonly Item[], appender: FeedAppender): Promise<void> {
  if (items.length === 0) return;
  const keys = items.map((item) => ({ item: item.code, node: tx.node }));
  // somebody may be revising it at this moment
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
