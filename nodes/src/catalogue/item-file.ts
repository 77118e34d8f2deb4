import type { DraftFile, ItemChangeView, ItemReviewView } from '@liandong/schema/domains/item-life';
import type { Item, ItemChangeKind } from '@liandong/schema/domains/catalogue';
import { diffElements, sameData } from '@liandong/schema/domains/item-life';
import { itemSchema } from '@liandong/schema/domains/catalogue';
import type { NodeQueries, NodeReader, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { ChangeRow, ReviewRow } from '../item-life/tables.ts';
import { itemChangesTable, itemReviewsTable } from '../item-life/tables.ts';

/** The author of a change to an item, and the reason. */
export interface Authorship {
  /** Subject of the person, or a command's own name if the person is unknown. */
  author: string;
  authorName: string;
  reason: string;
}

/** A draft of an item, with its reviews. */
export interface StoredDraft extends DraftFile<ItemReviewView> {
  item: Item;
  /** Number of the change that made it; the reviews are of this change. */
  change: number;
}

/** All that a node holds of an item, locked until the transaction ends. */
export interface ItemFile {
  /** Published versions, newest first. */
  published: Item[];
  draft: StoredDraft | null;
  /** Number of the last change. */
  seq: number;
}

/** Locks an item by its code until the transaction ends, also a code without an item yet. */
export async function lockCode(tx: SharedTx, code: string): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('item ' || k.node || ' ' || $2::text, 0))
     FROM (SELECT $1::text AS node) k WHERE k.node = $1`,
    [code],
  );
}

/** Locks an item and reads it. */
export async function lockItem(tx: SharedTx, code: string): Promise<ItemFile> {
  await lockCode(tx, code);
  return readItemFile(tx, code);
}

/** All that a node holds of an item. */
export async function readItemFile(queries: NodeQueries, code: string): Promise<ItemFile> {
  const rows = await queries.query<{ body: unknown; published_at: Date | null }>(
    `SELECT body, published_at FROM items WHERE node = $1 AND code = $2 ORDER BY version DESC`,
    [code],
  );
  const changes = await findChanges(queries, code);
  const drafted = rows.find((row) => row.published_at === null);
  return {
    published: rows.filter((row) => row.published_at !== null).map((row) => itemSchema.parse(row.body)),
    draft: drafted ? await draftOf(queries, itemSchema.parse(drafted.body), changes) : null,
    seq: changes.at(-1)?.seq ?? 0,
  };
}

async function draftOf(queries: NodeQueries, item: Item, changes: readonly ChangeRow[]): Promise<StoredDraft> {
  const published = changes.findLastIndex((c) => c.kind === 'PUBLISHED');
  const rounds = changes.slice(published + 1).filter((c) => c.kind === 'DRAFTED');
  const change = rounds.at(-1)?.seq ?? 0;
  const reviews = await queries.query<ReviewRow>(
    `SELECT ${itemReviewsTable.select('r')} FROM item_reviews r
     WHERE node = $1 AND code = $2 AND draft = $3 ORDER BY at, desk`,
    [item.code, change],
  );
  return {
    item,
    change,
    authors: [...new Set(rounds.map((c) => c.author))],
    reviews: reviews.map(({ code: _code, draft: _draft, ...review }) => review),
  };
}

async function findChanges(queries: NodeQueries, code: string): Promise<ChangeRow[]> {
  return queries.query<ChangeRow>(
    `SELECT ${itemChangesTable.select('c')} FROM item_changes c WHERE node = $1 AND code = $2 ORDER BY seq`,
    [code],
  );
}

/** An item's history, oldest first. */
export async function findHistory(queries: NodeReader, code: string): Promise<ItemChangeView[]> {
  const omit = { node: true, code: true, author: true };
  const rows = await queries.reads.itemChange.findMany({ where: { code }, orderBy: { seq: 'asc' }, omit });
  const changes = await opened(queries, itemChangesTable, rows);
  return changes.map(({ authorName: author, ...change }) => ({ ...change, author }));
}

/** Adds lines to items' histories. Every change has its author, its reason and its differences. */
export async function recordChanges(
  tx: SharedTx,
  kind: ItemChangeKind,
  by: Authorship,
  at: Date,
  changes: readonly { seq: number; before: Item | null; item: Item }[],
): Promise<void> {
  const rows = changes.map(({ seq, before, item }) => {
    const { code, version } = item;
    return { ...by, code, seq, version, kind, at, diff: diffElements(before, item) };
  });
  await insert(tx, itemChangesTable, rows);
}

/** Removes an item's draft, before the next takes its place. */
export async function deleteDraft(tx: SharedTx, code: string): Promise<void> {
  await tx.query(`DELETE FROM items WHERE node = $1 AND code = $2 AND published_at IS NULL`, [code]);
}

/** Codes of every item the node has, published or drafted. */
export async function findItemCodes(queries: NodeQueries): Promise<string[]> {
  const rows = await queries.query<{ code: string }>(`SELECT DISTINCT code FROM items WHERE node = $1`);
  return rows.map((row) => row.code);
}

/** Whether two versions have the same content, apart from their numbers and the day a text came in. */
export function sameContent(before: Omit<Item, 'version'>, item: Omit<Item, 'version'>): boolean {
  return sameData({ ...before, effectiveFrom: '', version: 0 }, { ...item, effectiveFrom: '', version: 0 });
}
