import type { Item } from '@liandong/schema/domains/catalogue';
import { itemFaults } from '@liandong/schema/domains/catalogue';
import { ARTICLES, problem } from '@liandong/schema/kernel';
import type { Authorship, ItemFile, StoredDraft } from '../catalogue/index.ts';
import {
  deleteDraft,
  findItemCodes,
  insertItems,
  readItemFile,
  recordChanges,
  sameContent,
} from '../catalogue/index.ts';
import type { SharedTx } from '../db/index.ts';
import { refuseFaults } from './drafted-item.ts';

/**
 * Keeps an item as its draft, and begins a new round of reviews. A draft that says the same stays as it is.
 * @throws {ProblemError} ILLEGAL_STEP if it changes nothing of the published item; CATALOGUE_INVALID
 */
export async function keepDraft(
  tx: SharedTx,
  file: ItemFile,
  item: Item,
  by: Authorship,
  now: Date,
): Promise<StoredDraft> {
  const before = file.published[0] ?? null;
  const base = file.draft?.item ?? before;
  if (base && sameContent(base, item)) {
    if (file.draft) return file.draft;
    throw problem('ILLEGAL_STEP', `The draft of ${item.code} changes nothing.`, { article: ARTICLES.itemLife });
  }
  refuseFaults(itemFaults(item, item.bundle ? await findItemCodes(tx) : []));
  await deleteDraft(tx, item.code);
  await insertItems(tx, [{ item, publishedAt: null }]);
  await recordChanges(tx, 'DRAFTED', by, now, [{ seq: file.seq + 1, before, item }]);
  const { draft } = await readItemFile(tx, item.code);
  if (!draft) throw new Error(`the draft of ${item.code} vanished in its own transaction`);
  return draft;
}
