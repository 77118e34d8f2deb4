import type { Action, Viewer } from '@liandong/schema/operation';
import type { CatalogueFault, Item, ItemChangeKind, ItemDraftInput } from '@liandong/schema/domains/catalogue';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { ItemDraftView, ItemLifeService, ItemView } from '@liandong/schema/domains/item-life';
import { ARTICLES, dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import {
  cancellationOf,
  draftState,
  requireFromToday,
  requirePublishable,
  requireReason,
  requireReview,
  sameData,
  statusOn,
  suspensionOf,
  visibleReviews,
} from '@liandong/schema/domains/item-life';
import { itemFaults, itemSchema } from '@liandong/schema/domains/catalogue';
import { parseInput } from '@liandong/schema/graph';
import { requireOwnDesk, requirePermission } from '@liandong/schema/operation';
import type { HostDb, NodeTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { once, unkeyed } from '../idempotency/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { findItem, insertItems } from './catalogue-store.ts';
import type { Authorship, ItemFile, StoredDraft } from './item-life-store.ts';
import { deleteDraft, findHistory, insertReview, lockItem, readItemFile, recordChanges } from './item-life-store.ts';

export interface ItemLifeParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  appender: FeedAppender;
  now: () => Date;
}

/** The life of the basic catalogue's items at the city's node; every other node refuses. */
export function itemLifeService({ node, db, divisions, appender, now }: ItemLifeParts): ItemLifeService {
  const { tier } = divisions.get(node);

  return {
    draft: (viewer, input) =>
      drafting(viewer, 'DRAFT_ITEM', 'draft', input, async (tx, person) => {
        const file = await lockItem(tx, input.code);
        const item = draftedItem(input, file, dayOf(now()));
        const before = file.published[0] ?? null;
        const base = file.draft?.item ?? before;
        if (base && sameContent(base, item)) {
          if (file.draft) return draftView(file.draft, person);
          throw problem('ILLEGAL_STEP', `The draft of ${item.code} changes nothing.`, { article: ARTICLES.itemLife });
        }
        refuseFaults(itemFaults(item, item.bundle ? await knownCodes(tx) : []));
        await deleteDraft(tx, item.code);
        await insertItems(tx, [{ item, publishedAt: null }]);
        await recordChanges(tx, 'DRAFTED', byPerson(person, input.reason), now(), [
          { seq: file.seq + 1, before, item },
        ]);
        return draftView(draftIn(await readItemFile(tx, item.code)), person);
      }),

    review: (viewer, input) =>
      drafting(viewer, 'REVIEW_ITEM', 'review', input, async (tx, person) => {
        const { code, desk, opinion, remarks } = input;
        const draft = draftIn(await lockItem(tx, code));
        const review = { desk, opinion, remarks, reviewer: person.sub, reviewerName: person.name, at: now() };
        requireReview(draft, review);
        await insertReview(tx, code, draft.change, review);
        return draftView({ ...draft, reviews: [...draft.reviews, review] }, person);
      }),

    publish: (viewer, input) =>
      step(viewer, 'PUBLISH_ITEM', 'publish', input, async (tx, person) => {
        const { code, effectiveFrom } = input;
        const file = await lockItem(tx, code);
        const draft = draftIn(file);
        requirePublishable(draft);
        requireFromToday(effectiveFrom, dayOf(now()), 'effectiveFrom');
        const item = { ...draft.item, effectiveFrom };
        await deleteDraft(tx, code);
        await issue(tx, file, [['PUBLISHED', item]], byPerson(person, '三方审核通过'));
        return view(item);
      }),

    suspend: (viewer, input) =>
      step(viewer, 'PUBLISH_ITEM', 'suspend', input, async (tx, person) => {
        const { code, reason, from, until } = input;
        const file = await lockItem(tx, code);
        const today = dayOf(now());
        const [suspended, again] = suspensionOf(newestIn(file, code), from ?? today, until, today);
        if (!suspended) throw new Error('a suspension without a version');
        const steps: [ItemChangeKind, Item][] = [['SUSPENDED', suspended]];
        if (again) steps.push(['RESUMED', again]);
        await issue(tx, file, steps, byPerson(person, reason));
        return view(suspended);
      }),

    cancel: (viewer, input) =>
      step(viewer, 'PUBLISH_ITEM', 'cancel', input, async (tx, person) => {
        const { code, reason, effectiveTo } = input;
        const file = await lockItem(tx, code);
        const today = dayOf(now());
        const newest = newestIn(file, code);
        const current = (await findItem(tx, code, { today })) ?? newest;
        const ended = cancellationOf(current, newest, effectiveTo, today);
        await issue(
          tx,
          file,
          ended.map((item) => ['CANCELLED', item]),
          byPerson(person, reason),
        );
        return view(ended[0] ?? newest);
      }),

    async history(viewer, code) {
      const person = mayAct(viewer, 'READ_ITEM_HISTORY');
      const queries = db.queries(node);
      const file = await readItemFile(queries, code);
      if (file.published.length === 0 && !file.draft) throw unknownItem(code);
      return {
        changes: await findHistory(queries, code),
        draft: file.draft && draftView(file.draft, person),
        answeredBy: node,
      };
    },
  };

  /** One step in one transaction, done once under its key. */
  async function step<T>(
    viewer: Viewer | null,
    action: Action,
    mutation: keyof ItemLifeService,
    input: { idempotencyKey: string | null },
    work: (tx: NodeTx, person: Viewer) => Promise<T>,
  ): Promise<T> {
    const person = mayAct(viewer, action);
    return db.transact(node, (tx) =>
      once(tx, person, input.idempotencyKey, { mutation, input }, () => work(tx, person)),
    );
  }

  /** A step whose answer is the draft, with the moments of its reviews. */
  async function drafting(...asked: Parameters<typeof step<ItemDraftView>>): Promise<ItemDraftView> {
    const view = await step(...asked);
    return { ...view, reviews: view.reviews.map((review) => ({ ...review, at: new Date(review.at) })) };
  }

  function mayAct(viewer: Viewer | null, action: Action): Viewer {
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    requireOwnDesk(viewer, node);
    requirePermission(viewer, action, tier);
    if (!DUTIES[tier].publishesCatalogue) {
      throw problem('NOT_COMPETENT', `The basic catalogue belongs to ${divisions.city.code}, not to ${node}.`);
    }
    return viewer;
  }

  /** The item as the input leaves it: what it does not name stays as it was in the draft, or in the last version. */
  function draftedItem(input: ItemDraftInput, file: ItemFile, today: Day): Item {
    if (!input.code.startsWith(node.slice(0, 4))) {
      throw problem('BAD_INPUT', `${node}'s codes begin with ${node.slice(0, 4)}.`, { field: 'code' });
    }
    const base = file.draft?.item ?? file.published[0];
    const { reason: _, promised, materials, maxVisits, conditions, fields, ...elements } = unkeyed(input);
    const standard = { promised, materials, maxVisits, conditions, fields };
    return parseInput(itemSchema, {
      ...BLANK,
      ...base,
      ...elements,
      standard: {
        ...base?.standard,
        ...Object.fromEntries(Object.entries(standard).filter(([, v]) => v !== undefined)),
      },
      version: file.draft?.item.version ?? (file.published[0]?.version ?? 0) + 1,
      status: 'IN_FORCE',
      effectiveFrom: today,
      effectiveTo: null,
    });
  }

  /** Publishes versions, states them in the feed and writes them down; a draft under way moves behind them. */
  async function issue(
    tx: NodeTx,
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

  function view(item: Item): ItemView {
    return { item: { ...item, status: statusOn(item, dayOf(now())) }, answeredBy: node, staleSince: null };
  }

  function draftView(draft: StoredDraft, person: Viewer): ItemDraftView {
    return { item: view(draft.item), state: draftState(draft), reviews: visibleReviews(draft, person.sub) };
  }
}

/** What a new item has until its author says otherwise. */
const BLANK = { delegableTo: [], feeSchedule: null, bundle: null, note: null, statutory: null, verified: false };

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

async function knownCodes(tx: NodeTx): Promise<string[]> {
  const rows = await tx.query<{ code: string }>(`SELECT DISTINCT code FROM items WHERE node = $1`);
  return rows.map((row) => row.code);
}

function byPerson({ sub, name }: Viewer, reason: string): Authorship {
  requireReason(reason);
  return { author: sub, authorName: name, reason };
}

function refuseFaults(faults: readonly CatalogueFault[]): void {
  const [first, ...rest] = faults.map(({ place, message }) => ({
    code: 'CATALOGUE_INVALID' as const,
    message: `${place}: ${message}`,
    article: null,
    field: place,
    node: null,
  }));
  if (first) throw new ProblemError([first, ...rest]);
}

/** Whether two versions say the same; the day a text came in is no part of it, nor its number. */
export function sameContent(before: Omit<Item, 'version'>, item: Omit<Item, 'version'>): boolean {
  return sameData({ ...before, effectiveFrom: '', version: 0 }, { ...item, effectiveFrom: '', version: 0 });
}
