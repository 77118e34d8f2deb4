import type { DivisionCode } from '../../kernel/divisions.ts';
import type * as catalogue from '../catalogue/catalogue.ts';
import type { ElementChange } from './item-diff.ts';
import type { DraftReview } from './rules.ts';
import { view } from '../../operation/operation.ts';
import type { DraftState, ItemChangeKind } from '../catalogue/words.ts';

export interface ItemReviewView extends DraftReview {
  reviewerName: string;
  at: Date;
}

/** A draft as one person sees it. */
export interface ItemDraftView {
  item: ItemView;
  state: DraftState;
  /** The reviews of all three desks, once all have reviewed; before that only the person's own. */
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

/** A node's copy of an item. */
export interface ItemView {
  item: catalogue.Item;
  answeredBy: DivisionCode;
  /** Time of the last update of the local copy from the city; null at the city itself. */
  staleSince: Date | null;
}

export const Item = view<ItemView>('Item');
export const ItemDraft = view<ItemDraftView>('ItemDraft', { type: 'ItemDraftPayload', field: 'draft' });
export const ItemHistory = view<ItemHistoryView>('ItemHistory');
