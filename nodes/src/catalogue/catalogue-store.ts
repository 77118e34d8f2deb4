import type { Day, DivisionCode } from '@liandong/schema/kernel';
import type { Bundle, Implementation, Item } from '@liandong/schema/domains/catalogue';
import { implementationSchema, isInForce, itemSchema } from '@liandong/schema/domains/catalogue';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { askedOnce, insert } from '../db/index.ts';
import { INDEX_FORM, indexOf } from './item-index.ts';
import { parsedOnce } from './parsed-once.ts';
import { implementationsTable, itemsTable } from './tables.ts';

interface BodyRow {
  /** As text: the same text is parsed once. */
  body: string;
}

const parseItem = parsedOnce(itemSchema);
const parseImplementation = parsedOnce(implementationSchema);
const itemOf = (row: BodyRow): Item => parseItem(row.body);
const implementationOf = (row: BodyRow): Implementation => parseImplementation(row.body);

/** Items as of a day: of each the highest version in effect by then, else the first to come. */
export async function findItems(queries: NodeQueries, codes: readonly string[], today: Day): Promise<Item[]> {
  const rows = await queries.query<BodyRow>(
    `SELECT DISTINCT ON (code) body::text AS body FROM items
     WHERE node = $1 AND code = ANY ($2) AND published_at IS NOT NULL
     ORDER BY code, (effective_from <= $3::date) DESC, CASE WHEN effective_from <= $3::date THEN -version ELSE version END`,
    [codes, today],
  );
  return rows.map(itemOf);
}

/** Every item this node has, as of a day. */
export async function findAllItems(queries: NodeQueries, today: Day): Promise<Item[]> {
  const rows = await queries.query<{ code: string }>(
    `SELECT DISTINCT code FROM items WHERE node = $1 AND published_at IS NOT NULL`,
  );
  return findItems(
    queries,
    rows.map((row) => row.code),
    today,
  );
}

/** Every item as of a day, by code. */
export async function findItemsInEffect(queries: NodeQueries, today: Day): Promise<Item[]> {
  const rows = await queries.query<BodyRow>(
    `SELECT DISTINCT ON (code) body::text AS body FROM items
     WHERE node = $1 AND published_at IS NOT NULL AND effective_from <= $2::date ORDER BY code, version DESC`,
    [today],
  );
  return rows.map(itemOf);
}

/** 一件事: the definitions of all bundles in force on a day. */
export async function findBundles(queries: NodeQueries, today: Day): Promise<Bundle[]> {
  const rows = await queries.query<BodyRow>(
    `SELECT DISTINCT ON (code) body::text AS body FROM items
     WHERE node = $1 AND published_at IS NOT NULL AND effective_from <= $2::date ORDER BY code, version DESC`,
    [today],
  );
  return rows.map(itemOf).flatMap((item) => (item.bundle && isInForce(item, today) ? [item.bundle] : []));
}

/** One item as of a day, or in the version a case was accepted under. */
export function findItem(
  queries: NodeQueries,
  code: string,
  at: { today: Day } | { version: number },
): Promise<Item | null> {
  return itemAt(queries, { code, at });
}

interface ItemAt {
  code: string;
  at: { today: Day } | { version: number };
}

const itemAt = askedOnce(async (queries: NodeQueries, { code, at }: ItemAt): Promise<Item | null> => {
  if ('today' in at) return (await findItems(queries, [code], at.today))[0] ?? null;
  const [row] = await queries.query<BodyRow>(
    `SELECT body::text AS body FROM items WHERE node = $1 AND code = $2 AND version = $3 AND published_at IS NOT NULL`,
    [code, at.version],
  );
  return row ? itemOf(row) : null;
});

/** Newest implementations of deciding nodes. */
export const findImplementations = askedOnce(async (queries: NodeQueries, keys: readonly ImplementationKey[]) => {
  const rows = await queries.query<BodyRow>(
    `SELECT DISTINCT ON (item, decider) body::text AS body FROM implementations
     WHERE node = $1 AND (item, decider) IN (SELECT * FROM unnest($2::text[], $3::text[]))
     ORDER BY item, decider, version DESC`,
    [keys.map((k) => k.item), keys.map((k) => k.node)],
  );
  return rows.map(implementationOf);
});

interface ImplementationKey {
  item: string;
  node: DivisionCode;
}

/** One version of a deciding node's implementation, for example the one a case was accepted under. */
export const findImplementation = askedOnce(
  async (queries: NodeQueries, key: ImplementationKey & { version: number }) => {
    const [row] = await queries.query<BodyRow>(
      `SELECT body::text AS body FROM implementations WHERE node = $1 AND item = $2 AND decider = $3 AND version = $4`,
      [key.item, key.node, key.version],
    );
    return row ? implementationOf(row) : null;
  },
);

/** Adds items' versions; a stored one stays as it is, except that a draft becomes published. */
export async function insertItems(
  tx: SharedTx,
  items: readonly { item: Item; publishedAt: Date | null }[],
): Promise<void> {
  const indexed = await indexOf(items);
  await insert(
    tx,
    itemsTable,
    indexed.map(({ item, ...row }) => ({ ...item, ...row, body: item, indexForm: INDEX_FORM })),
    `ON CONFLICT (node, code, version) DO UPDATE SET published_at = coalesce(items.published_at, excluded.published_at)`,
  );
}

/** Adds implementations' versions; a stored one stays as it is. */
export async function insertImplementations(tx: SharedTx, implementations: readonly Implementation[]): Promise<void> {
  const rows = implementations.map((body) => ({ ...body, decider: body.node, body }));
  await insert(tx, implementationsTable, rows, 'KEEP');
}
