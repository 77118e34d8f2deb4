import type { ItemLifeService } from '@liandong/schema/domains/item-life';
import type { ReviewDesk } from '@liandong/schema/domains/catalogue';
import { REVIEW_DESKS } from '@liandong/schema/domains/catalogue';
import { CITY, personAt } from './test-federation.ts';

export const cataloguer = personAt(CITY, 'CATALOGUER');
/** A person of each desk. */
export const reviewerOf = (desk: ReviewDesk) => personAt(CITY, 'REVIEWER', null, `reviewer-${desk}`);

/** All three desks approve the draft of an item. */
export async function approveDraft(life: ItemLifeService, code: string): Promise<void> {
  for (const desk of REVIEW_DESKS) {
    await life.review(reviewerOf(desk), { code, desk, opinion: 'APPROVE', remarks: null, idempotencyKey: null });
  }
}
