import type { DivisionCode, ProblemError } from '@liandong/schema/kernel';
import type { Item, ItemChangeKind } from '@liandong/schema/domains/catalogue';
import type { itemLife, ItemDraftView, ItemView } from '@liandong/schema/domains/item-life';
import type { Viewer } from '@liandong/schema/operation';
import { ARTICLES, dayOf, problem } from '@liandong/schema/kernel';
import {
  cancellationOf,
  draftState,
  requireFromToday,
  requirePublishable,
  requireReason,
  requireReview,
  statusOn,
  suspensionOf,
  visibleReviews,
} from '@liandong/schema/domains/item-life';
import { itemFaults } from '@liandong/schema/domains/catalogue';
import { requireOwnDesk } from '@liandong/schema/operation';
import type { Authorship, ItemFile, StoredDraft } from '../catalogue/index.ts';
import {
  deleteDraft,
  findHistory,
  findItem,
  findItemCodes,
  insertItems,
  lockItem,
  readItemFile,
  recordChanges,
  sameContent,
} from '../catalogue/index.ts';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { draftedItem, refuseFaults } from './drafted-item.ts';
import { insertReview } from './review-store.ts';

export interface ItemLifeParts {
  node: DivisionCode;
  appender: FeedAppender;
  now: () => Date;
}

type ItemLifeHandlers = NodeHandlers<typeof itemLife>;

/** The life of the basic catalogue's items: at the city's node, since only the city has these posts. */
export function itemLifeHandlers(parts: ItemLifeParts): ItemLifeHandlers {
  return { ...draftsKept(parts), ...itemsIssued(parts) };
}

function draftsKept(parts: ItemLifeParts): Pick<ItemLifeHandlers, 'draftItem' | 'reviewItemDraft' | 'itemHistory'> {
  const { node, now } = parts;

  return {
    draftItem: ({ viewer, tx, input, once }) =>
      drafting(once, async () => {
        const file = await lockItem(tx, input.code);
        const item = draftedItem(node, input, file, dayOf(now()));
        const before = file.published[0] ?? null;
        const base = file.draft?.item ?? before;
        if (base && sameContent(base, item)) {
          if (file.draft) return draftView(parts, file.draft, viewer);
          throw problem('ILLEGAL_STEP', `The draft of ${item.code} changes nothing.`, { article: ARTICLES.itemLife });
        }
        refuseFaults(itemFaults(item, item.bundle ? await findItemCodes(tx) : []));
        await deleteDraft(tx, item.code);
        await insertItems(tx, [{ item, publishedAt: null }]);
        await recordChanges(tx, 'DRAFTED', byPerson(viewer, input.reason), now(), [
          { seq: file.seq + 1, before, item },
        ]);
        return draftView(parts, draftIn(await readItemFile(tx, item.code)), viewer);
      }),

    reviewItemDraft: ({ viewer, tx, input: { code, desk, opinion, remarks }, once }) =>
      drafting(once, async () => {
        const draft = draftIn(await lockItem(tx, code));
        const review = { desk, opinion, remarks, reviewer: viewer.sub, reviewerName: viewer.name, at: now() };
        requireReview(draft, review);
        await insertReview(tx, code, draft.change, review);
        return draftView(parts, { ...draft, reviews: [...draft.reviews, review] }, viewer);
      }),

    async itemHistory({ viewer, queries, input: { code } }) {
      requireOwnDesk(viewer, node);
      const file = await readItemFile(queries, code);
      if (file.published.length === 0 && !file.draft) throw unknownItem(code);
      return {
        changes: await findHistory(queries, code),
        draft: file.draft && draftView(parts, file.draft, viewer),
        answeredBy: node,
      };
    },
  };
}

function itemsIssued(parts: ItemLifeParts): Pick<ItemLifeHandlers, 'publishItem' | 'suspendItem' | 'cancelItem'> {
  const today = () => dayOf(parts.now());

  return {
    publishItem: ({ viewer, tx, input: { code, effectiveFrom }, once }) =>
      once(async () => {
        const file = await lockItem(tx, code);
        const draft = draftIn(file);
        requirePublishable(draft);
        requireFromToday(effectiveFrom, today(), 'effectiveFrom');
        const item = { ...draft.item, effectiveFrom };
        await deleteDraft(tx, code);
        await issue(parts, tx, file, [['PUBLISHED', item]], byPerson(viewer, '三方审核通过'));
        return itemView(parts, item);
      }),

    suspendItem: ({ viewer, tx, input: { code, reason, from, until }, once }) =>
      once(async () => {
        const file = await lockItem(tx, code);
        const [suspended, again] = suspensionOf(newestIn(file, code), from ?? today(), until, today());
        if (!suspended) throw new Error('a suspension without a version');
        const steps: [ItemChangeKind, Item][] = [['SUSPENDED', suspended]];
        if (again) steps.push(['RESUMED', again]);
        await issue(parts, tx, file, steps, byPerson(viewer, reason));
        return itemView(parts, suspended);
      }),

    cancelItem: ({ viewer, tx, input: { code, reason, effectiveTo }, once }) =>
      once(async () => {
        const file = await lockItem(tx, code);
        const newest = newestIn(file, code);
        const current = (await findItem(tx, code, { today: today() })) ?? newest;
        const ended = cancellationOf(current, newest, effectiveTo, today());
        const steps = ended.map((item): [ItemChangeKind, Item] => ['CANCELLED', item]);
        await issue(parts, tx, file, steps, byPerson(viewer, reason));
        return itemView(parts, ended[0] ?? newest);
      }),
  };
}

/** Publishes versions, states them in the feed and records them; a draft under way moves behind them. */
async function issue(
  { appender, now }: ItemLifeParts,
  tx: SharedTx,
  file: ItemFile,
  steps: readonly (readonly [ItemChangeKind, Item])[],
  by: Authorship,
): Promise<void> {
  const at = now();
  const last = steps.at(-1)?.[1];
  if (last && file.draft && file.draft.item.version <= last.version && steps[0]?.[0] !== 'PUBLISHED') {
    await deleteDraft(tx, last.code);
    await insertItems(tx, [{ item: { ...file.draft.item, version: last.version + 1 }, publishedAt: null }]);
  }
  await insertItems(
    tx,
    steps.map(([, item]) => ({ item, publishedAt: at })),
  );
  let before = file.published[0] ?? null;
  let seq = file.seq;
  for (const [kind, item] of steps) {
    await recordChanges(tx, kind, by, at, [{ seq: ++seq, before, item }]);
    before = item;
  }
  await appender.append(
    tx,
    'CATALOGUE',
    steps.map(([, item]) => ({ kind: 'ITEM', item })),
  );
}

/** A step whose answer is the draft, with the times of its reviews: stored under a key, these are text. */
async function drafting(
  once: (work: () => Promise<ItemDraftView>) => Promise<ItemDraftView>,
  work: () => Promise<ItemDraftView>,
): Promise<ItemDraftView> {
  const view = await once(work);
  return { ...view, reviews: view.reviews.map((review) => ({ ...review, at: new Date(review.at) })) };
}

function itemView({ node, now }: ItemLifeParts, item: Item): ItemView {
  return { item: { ...item, status: statusOn(item, dayOf(now())) }, answeredBy: node, staleSince: null };
}

function draftView(parts: ItemLifeParts, draft: StoredDraft, person: Viewer): ItemDraftView {
  return { item: itemView(parts, draft.item), state: draftState(draft), reviews: visibleReviews(draft, person.sub) };
}

function draftIn({ draft }: ItemFile): StoredDraft {
  if (!draft) throw problem('NOT_FOUND', 'There is no draft of this item.', { field: 'code' });
  return draft;
}

function newestIn({ published }: ItemFile, code: string): Item {
  const [newest] = published;
  if (!newest) throw unknownItem(code);
  return newest;
}

function unknownItem(code: string): ProblemError {
  return problem('ITEM_UNKNOWN', `The catalogue has no item ${code.slice(0, 50)}.`, { field: 'code' });
}

function byPerson({ sub, name }: Viewer, reason: string): Authorship {
  requireReason(reason);
  return { author: sub, authorName: name, reason };
}
