/** 事项动态管理: an item from its draft to its end. */
export { diffElements, sameData } from './item-diff.ts';
export type { ElementChange } from './item-diff.ts';
export { itemLife } from './operations.ts';
export type { ItemDraftInput } from './operations.ts';
export {
  cancellationOf,
  draftState,
  requireFromToday,
  requirePublishable,
  requireReason,
  requireReview,
  statusOn,
  suspensionOf,
  visibleReviews,
} from './rules.ts';
export type { DraftFile } from './rules.ts';
export type { ItemChangeView, ItemDraftView, ItemReviewView, ItemView } from './views.ts';
