import type { DivisionCode } from '@liandong/schema/kernel';
import type { Item } from '@liandong/schema/domains/catalogue';
import type { LegalBasis, LegalBasisChange, LegalBasisReport } from '@liandong/schema/domains/legal-bases';
import {
  citationOf,
  citationsOf,
  citedBasis,
  legalBasisChangeSchema,
  legalBasisSchema,
} from '@liandong/schema/domains/legal-bases';
import { itemSchema } from '@liandong/schema/domains/catalogue';
import type { HostDb, NodeQueries, NodeReader, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { ReportRow } from './tables.ts';
import { itemBasesTable, legalBasesTable, legalBasisChangesTable, legalBasisReportsTable } from './tables.ts';

/** Set once a node's items from before this table are linked. */
const LINKED = 'legal-bases.linked';

interface BodyRow {
  body: unknown;
}

/**
 * Stores the legal bases of versions of items, by their citations; a known basis stays as it is. A version that is
 * linked again (a draft that was replaced) keeps its new links only.
 */
export async function linkItems(tx: SharedTx, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return;
  const links = items.flatMap((item) => citationsOf(item.legalBasis).map((citation) => ({ item, citation })));
  await tx.query(
    `DELETE FROM item_bases WHERE node = $1 AND (item, version) IN (SELECT * FROM unnest($2::text[], $3::int[]))`,
    [items.map((item) => item.code), items.map((item) => item.version)],
  );
  const bases = new Map(links.map(({ citation }) => [citationOf(citation), citedBasis(citation)]));
  await insert(tx, legalBasesTable, rowsOf([...bases.values()]), 'KEEP');
  const rows = links.map(({ item: { code, version }, citation }) => ({
    item: code,
    version,
    basis: citationOf(citation),
  }));
  await insert(tx, itemBasesTable, rows, 'KEEP');
}

/** Links a node's items from before links were stored; once a node, at its host's start. */
export async function linkOlderItems(db: HostDb, node: DivisionCode): Promise<void> {
  await db.transact(node, async (tx) => {
    const first = await tx.query(
      `INSERT INTO node_settings (node, key, value) VALUES ($1, $2, 'yes') ON CONFLICT DO NOTHING RETURNING key`,
      [LINKED],
    );
    if (first.length === 0) return;
    const rows = await tx.query<BodyRow>(`SELECT body FROM items WHERE node = $1`);
    await linkItems(
      tx,
      rows.map((row) => itemSchema.parse(row.body)),
    );
  });
}

/** The legal bases of the newest published version of an item. */
export async function basesOfItem(queries: NodeQueries, item: string): Promise<LegalBasis[]> {
  const rows = await queries.query<BodyRow>(
    `SELECT b.body FROM item_bases l JOIN legal_bases b ON b.node = l.node AND b.id = l.basis
     WHERE l.node = $1 AND l.item = $2 AND l.version = (
       SELECT max(version) FROM items i WHERE i.node = l.node AND i.code = l.item AND i.published_at IS NOT NULL)
     ORDER BY b.id`,
    [item],
  );
  return rows.map((row) => legalBasisSchema.parse(row.body));
}

/** The known bases of these titles. */
export async function basesByTitle(queries: NodeQueries, titles: readonly string[]): Promise<LegalBasis[]> {
  const rows = await queries.query<BodyRow>(
    `SELECT body FROM legal_bases WHERE node = $1 AND title = ANY ($2) ORDER BY id`,
    [titles],
  );
  return rows.map((row) => legalBasisSchema.parse(row.body));
}

/** Every basis of a title, locked until the transaction ends. */
export async function lockBases(tx: SharedTx, title: string): Promise<LegalBasis[]> {
  const rows = await tx.query<BodyRow>(
    `SELECT body FROM legal_bases WHERE node = $1 AND title = $2 ORDER BY id FOR UPDATE`,
    [title],
  );
  return rows.map((row) => legalBasisSchema.parse(row.body));
}

/** The newest published versions of items that cite any basis of a title, each with its citations. */
export async function citingItems(
  queries: NodeQueries,
  title: string,
): Promise<{ item: Item; title: string; article: string | null }[]> {
  const rows = await queries.query<{ item: unknown; basis: unknown }>(
    `SELECT i.body AS item, b.body AS basis
     FROM legal_bases b
     JOIN item_bases l ON l.node = b.node AND l.basis = b.id
     JOIN items i ON i.node = l.node AND i.code = l.item AND i.version = l.version
     WHERE b.node = $1 AND b.title = $2 AND l.version = (
       SELECT max(version) FROM items n WHERE n.node = l.node AND n.code = l.item AND n.published_at IS NOT NULL)`,
    [title],
  );
  return rows.map((row) => {
    const basis = legalBasisSchema.parse(row.basis);
    return { item: itemSchema.parse(row.item), title: basis.title, article: basis.article };
  });
}

/** Stores a change and the bases after it. @returns whether it is new here */
export async function insertChange(tx: SharedTx, change: LegalBasisChange): Promise<boolean> {
  const { id, announcedOn, bases } = change;
  if ((await insert(tx, legalBasisChangesTable, [{ id, announcedOn, body: change }], 'KEEP')) === 0) return false;
  await insert(tx, legalBasesTable, rowsOf(bases), 'REPLACE');
  return true;
}

const rowsOf = (bases: readonly LegalBasis[]) => bases.map((body) => ({ id: body.id, title: body.title, body }));

/** One change; null if it has not come down to this node. */
export async function findChange(queries: NodeQueries, id: string): Promise<LegalBasisChange | null> {
  const [row] = await queries.query<BodyRow>(`SELECT body FROM legal_basis_changes WHERE node = $1 AND id = $2`, [id]);
  return row ? legalBasisChangeSchema.parse(row.body) : null;
}

/** The newest changes first. */
export async function findChanges({ reads }: NodeReader, most: number): Promise<LegalBasisChange[]> {
  const rows = await reads.legalBasisChange.findMany({
    orderBy: [{ announcedOn: 'desc' }, { takenAt: 'desc' }, { id: 'asc' }],
    take: most,
  });
  return rows.map((row) => legalBasisChangeSchema.parse(row.body));
}

/** Open cases of these items that this node holds, or has under way. */
export async function countRunning(queries: NodeQueries, items: readonly string[]): Promise<number> {
  const [row] = await queries.query<{ count: number }>(
    `SELECT count(*) AS count FROM cases
     WHERE node = $1 AND item = ANY ($2) AND closed_at IS NULL AND custody IN ('HELD', 'IN_TRANSIT')`,
    [items],
  );
  return row?.count ?? 0;
}

/** Stores a desk's report. Reports may overtake each other: a later count wins, and a confirmation is never lost. */
export async function saveReport(tx: SharedTx, report: LegalBasisReport): Promise<void> {
  const { node: desk, confirmation, countedAt, ...counted } = report;
  const { at, by = null, note = null } = confirmation ?? {};
  const confirmed = { confirmedAt: at ? new Date(at) : null, confirmedBy: by, note };
  await insert(
    tx,
    legalBasisReportsTable,
    [{ ...counted, ...confirmed, desk, countedAt: new Date(countedAt) }],
    `ON CONFLICT (node, change, desk) DO UPDATE SET
       running_cases = CASE WHEN excluded.counted_at > legal_basis_reports.counted_at
         THEN excluded.running_cases ELSE legal_basis_reports.running_cases END,
       counted_at = greatest(excluded.counted_at, legal_basis_reports.counted_at),
       note = CASE WHEN legal_basis_reports.confirmed_at IS NULL THEN excluded.note ELSE legal_basis_reports.note END,
       confirmed_by = coalesce(legal_basis_reports.confirmed_by, excluded.confirmed_by),
       confirmed_at = coalesce(legal_basis_reports.confirmed_at, excluded.confirmed_at)`,
  );
}

/** The desks' reports on these changes. */
export async function findReports(queries: NodeQueries, changes: readonly string[]): Promise<LegalBasisReport[]> {
  const rows = await queries.query<ReportRow>(
    `SELECT ${legalBasisReportsTable.select('r')} FROM legal_basis_reports r WHERE node = $1 AND change = ANY ($2::uuid[])`,
    [changes],
  );
  return rows.map(({ desk, countedAt, confirmedAt, confirmedBy, note, ...row }) => ({
    ...row,
    node: desk,
    countedAt: countedAt.toISOString(),
    confirmation: confirmedAt && { at: confirmedAt.toISOString(), by: confirmedBy ?? '', note },
  }));
}
