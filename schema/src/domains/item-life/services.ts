import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Item } from '../catalogue/catalogue.ts';
import type { ElementChange } from './item-diff.ts';
import type { DraftReview } from './rules.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { DraftState, ItemChangeKind } from '../catalogue/words.ts';
import type {
  CancelItemInput,
  ItemDraftInput,
  PublishItemInput,
  ReviewItemDraftInput,
  SuspendItemInput,
} from '../catalogue/inputs.ts';

export interface ItemReviewView extends DraftReview {
  reviewerName: string;
  at: Date;
}

/** A draft as one person sees it. */
export interface ItemDraftView {
  item: ItemView;
  state: DraftState;
  /** All three desks' once they have spoken; before that only the person's own. */
  reviews: readonly ItemReviewView[];
}

/** One line of an item's history. */
export interface ItemChangeView {
  seq: number;
  version: number;
  kind: ItemChangeKind;
  author: string;
  reason: string;
  at: Date;
  diff: ElementChange[];
}

export interface ItemHistoryView {
  changes: ItemChangeView[];
  draft: ItemDraftView | null;
  answeredBy: DivisionCode;
}

/** The life of the basic catalogue's items (事项动态管理), at the city's node. */
export interface ItemLifeService {
  draft(viewer: Viewer | null, input: ItemDraftInput): Promise<ItemDraftView>;
  review(viewer: Viewer | null, input: ReviewItemDraftInput): Promise<ItemDraftView>;
  publish(viewer: Viewer | null, input: PublishItemInput): Promise<ItemView>;
  suspend(viewer: Viewer | null, input: SuspendItemInput): Promise<ItemView>;
  cancel(viewer: Viewer | null, input: CancelItemInput): Promise<ItemView>;
  /** @throws {ProblemError} UNAUTHENTICATED, FORBIDDEN, NOT_COMPETENT, ITEM_UNKNOWN */
  history(viewer: Viewer | null, code: string): Promise<ItemHistoryView>;
}

/** An item as one node has it. */
export interface ItemView {
  item: Item;
  answeredBy: DivisionCode;
  /** When the local copy last heard from the city; null at the city itself. */
  staleSince: Date | null;
}
