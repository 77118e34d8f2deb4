import type { InputOf, Viewer } from '@liandong/schema/operation';
import type { itemLife } from '@liandong/schema/domains/item-life';
import type { ReviewDesk } from '@liandong/schema/domains/catalogue';
import { REVIEW_DESKS } from '@liandong/schema/domains/catalogue';
import { CITY, personAt } from './test-federation.ts';

export const cataloguer = personAt(CITY, 'CATALOGUER');
/** A person of each desk. */
export const reviewerOf = (desk: ReviewDesk) => personAt(CITY, 'REVIEWER', null, `reviewer-${desk}`);

interface Reviewing {
  reviewItemDraft(viewer: Viewer, input: InputOf<typeof itemLife.operations.reviewItemDraft>): Promise<unknown>;
}

/** All three desks approve the draft of an item. */
export async function approveDraft(life: Reviewing, code: string): Promise<void> {
  for (const desk of REVIEW_DESKS) {
    const approval = { code, desk, opinion: 'APPROVE' as const, remarks: null, idempotencyKey: null };
    await life.reviewItemDraft(reviewerOf(desk), approval);
  }
}
