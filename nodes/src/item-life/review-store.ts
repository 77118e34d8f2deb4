import type { ItemReviewView } from '@liandong/schema/domains/item-life';
import type { SharedTx } from '../db/index.ts';

/** Stores a desk's review of a draft. @param draft number of the change that made it */
export async function insertReview(tx: SharedTx, code: string, draft: number, review: ItemReviewView): Promise<void> {
  await tx.query(
    `INSERT INTO item_reviews (node, code, draft, desk, reviewer, reviewer_name, opinion, remarks, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [code, draft, review.desk, review.reviewer, review.reviewerName, review.opinion, review.remarks, review.at],
  );
}
