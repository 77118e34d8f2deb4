import { OPINION } from '../../case/words.ts';
import { DRAFT_STATE, ITEM_CHANGE_KIND, REVIEW_DESK } from '../catalogue/words.ts';
import type { ElementChange } from './item-diff.ts';
import { vagueClauses } from '../catalogue/vague-clauses.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { itemLife } from './operations.ts';
import type { ItemChangeView, ItemDraftView, ItemHistoryView, ItemReviewView, ItemView } from './views.ts';

type ItemRefOf = ReturnType<RoleBuilder['builder']['objectRef']> & { $inferType: ItemView };

/** Drafting, review, publication, suspension and cancellation of items; part of role catalogue. */
export function addItemLife(role: RoleBuilder, Item: ItemRefOf): void {
  const ItemDraft = draftType(role, Item);
  const ItemHistory = historyType(role, ItemDraft);
  role.builder.mutationType();
  addOperations(role, itemLife, { Item, ItemDraft, ItemHistory });
}

function draftType({ builder, enumOf, refs }: RoleBuilder, Item: ItemRefOf) {
  const Review = builder.objectRef<ItemReviewView>('ItemReview').implement({
    description: '审核意见 of one desk.',
    fields: (t) => ({
      desk: t.field({ type: enumOf(REVIEW_DESK), nullable: false, resolve: (r) => r.desk }),
      opinion: t.field({ type: enumOf(OPINION), nullable: false, resolve: (r) => r.opinion }),
      remarks: t.exposeString('remarks'),
      reviewer: t.string({ nullable: false, resolve: (r) => r.reviewerName }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
    }),
  });
  return builder.objectRef<ItemDraftView>('ItemDraft').implement({
    description: '事项草稿',
    fields: (t) => ({
      item: t.field({ type: Item, nullable: false, resolve: (d) => d.item }),
      state: t.field({ type: enumOf(DRAFT_STATE), nullable: false, resolve: (d) => d.state }),
      reviews: t.field({
        type: [Review],
        nullable: false,
        description: "All three desks' at once, when they have spoken; before that only the asker's own.",
        resolve: (d) => [...d.reviews],
      }),
      vagueClauses: t.field({
        type: [refs.VagueClause],
        nullable: false,
        resolve: (d) => vagueClauses(d.item.item.standard),
      }),
    }),
  });
}

function historyType({ builder, enumOf }: RoleBuilder, Draft: ReturnType<typeof draftType>) {
  const Element = builder.objectRef<ElementChange>('ElementChange').implement({
    description: 'An element that differs between two versions; values as JSON.',
    fields: (t) => ({
      path: t.exposeString('path', { nullable: false }),
      before: t.exposeString('before'),
      after: t.exposeString('after'),
    }),
  });
  const Change = builder.objectRef<ItemChangeView>('ItemChange').implement({
    description: '事项变更',
    fields: (t) => ({
      seq: t.exposeInt('seq', { nullable: false }),
      version: t.exposeInt('version', { nullable: false }),
      kind: t.field({ type: enumOf(ITEM_CHANGE_KIND), nullable: false, resolve: (c) => c.kind }),
      author: t.exposeString('author', { nullable: false }),
      reason: t.exposeString('reason', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      diff: t.field({ type: [Element], nullable: false, resolve: (c) => c.diff }),
    }),
  });
  return builder.objectRef<ItemHistoryView>('ItemHistory').implement({
    description: 'What was done to an item, oldest first, and the draft that is under way.',
    fields: (t) => ({
      changes: t.field({ type: [Change], nullable: false, resolve: (h) => h.changes }),
      draft: t.field({ type: Draft, resolve: (h) => h.draft }),
    }),
  });
}
