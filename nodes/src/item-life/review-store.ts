import type { ItemReviewView } from '@liandong/schema/domains/item-life';
import type { SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import { itemReviewsTable } from './tables.ts';

/** Stores a desk's review of a draft. @param draft number of the change that made it */
export async function insertReview(tx: SharedTx, code: string, draft: number, review: ItemReviewView): Promise<void> {
  await insert(tx, itemReviewsTable, [{ ...review, code, draft }]);
}
