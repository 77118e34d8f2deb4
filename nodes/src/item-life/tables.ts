import type { ItemChangeKind } from '@liandong/schema/domains/catalogue';
import type { ElementChange, ItemReviewView } from '@liandong/schema/domains/item-life';
import type { RowOf } from '../db/index.ts';
import { instant, integer, jsonOf, nullable, table, text, textOf } from '../db/index.ts';

/** What was done to an item of the basic catalogue, by whom and why (事项变更); kept at the city's node. */
export const itemChangesTable = table('item_changes', ['code', 'seq'], {
  code: text,
  seq: integer,
  version: integer,
  kind: textOf<ItemChangeKind>(),
  author: text,
  authorName: text,
  reason: text,
  /** Element by element against the version before. */
  diff: jsonOf<ElementChange[]>(),
  at: instant,
});
export type ChangeRow = RowOf<typeof itemChangesTable>;

/** A desk's review of a draft; `draft` is the number of the change that made it. */
export const itemReviewsTable = table('item_reviews', ['code', 'draft', 'desk'], {
  code: text,
  draft: integer,
  desk: textOf<ItemReviewView['desk']>(),
  reviewer: text,
  reviewerName: text,
  opinion: textOf<ItemReviewView['opinion']>(),
  remarks: nullable(text),
  at: instant,
});
export type ReviewRow = RowOf<typeof itemReviewsTable>;
