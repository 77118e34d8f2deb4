import type { DivisionCode, ProblemError } from '@liandong/schema/kernel';
import type { Item, ItemChangeKind } from '@liandong/schema/domains/catalogue';
import type { itemLife, ItemDraftView, ItemView } from '@liandong/schema/domains/item-life';
import type { Viewer } from '@liandong/schema/operation';
import { dayOf, problem } from '@liandong/schema/kernel';
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
import { requireOwnDesk } from '@liandong/schema/operation';
import type { Authorship, ItemFile, StoredDraft } from '../catalogue/index.ts';
import {
  deleteDraft,
  findHistory,
  findItem,
  insertItems,
  lockItem,
  readItemFile,
  recordChanges,
} from '../catalogue/index.ts';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { draftedItem } from './drafted-item.ts';
import { checkedForm, removeUnnamed } from '../item-forms/index.ts';
import { decodeBase64 } from '../materials/index.ts';
import { attachForm, baseIn, withForms } from './attached-forms.ts';
import { keepDraft } from './kept-draft.ts';
import { insertReview } from './review-store.ts';

export interface ItemLifeParts {
  node: DivisionCode;
  appender: FeedAppender;
  now: () => Date;
}

type ItemLifeHandlers = NodeHandlers<typeof itemLife>;

/** The life of the basic catalogue's items: at the city's node, since only the city has these posts. */
export function itemLifeHandlers(parts: ItemLifeParts): ItemLifeHandlers {
  return { ...draftsKept(parts), ...formsKept(parts), ...itemsIssued(parts) };
}

function draftsKept(parts: ItemLifeParts): Pick<ItemLifeHandlers, 'draftItem' | 'reviewItemDraft' | 'itemHistory'> {
  const { node, now } = parts;

  return {
    draftItem: ({ viewer, tx, input, once }) =>
      drafting(once, async () => {
        const file = await lockItem(tx, input.code);
        const item = draftedItem(node, input, file, dayOf(now()));
        return draftView(parts, await keepDraft(tx, file, item, byPerson(viewer, input.reason), now()), viewer);
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

/** Forms of an item, attached to its draft and taken out of it. */
function formsKept(parts: ItemLifeParts): Pick<ItemLifeHandlers, 'attachItemForm' | 'detachItemForm'> {
  const { node, now } = parts;

  return {
    attachItemForm: ({ viewer, tx, input, once }) =>
      drafting(once, async () => {
        const { code, reason, content, idempotencyKey: _, ...stated } = input;
        const by = byPerson(viewer, reason);
        const given = await checkedForm(stated, decodeBase64(content, 'content'), 'content');
        return draftView(parts, await attachForm(tx, node, code, given, by, now()), viewer);
      }),

    detachItemForm: ({ viewer, tx, input: { code, title, reason }, once }) =>
      drafting(once, async () => {
        const by = byPerson(viewer, reason);
        const file = await lockItem(tx, code);
        const base = baseIn(file, code);
        const taken = base.forms?.find((form) => form.title === title);
        if (!taken) throw problem('NOT_FOUND', `The item has no form ${title}.`, { field: 'title' });
        const forms = base.forms?.filter((form) => form !== taken) ?? [];
        const item = withForms(node, file, code, forms, dayOf(now()));
        const draft = await keepDraft(tx, file, item, by, now());
        await removeUnnamed(tx, taken.sha256);
        return draftView(parts, draft, viewer);
      }),
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
