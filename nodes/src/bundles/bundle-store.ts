import type { Bundle } from '@liandong/schema/domains/catalogue';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Material } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { Application, StoredCase } from '../cases/index.ts';
import { findCases } from '../cases/index.ts';

import { findItem } from '../catalogue/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';

interface BundleRow {
  id: string;
  item: string;
  item_version: number;
  place: DivisionCode;
  application: string;
  materials: Material[];
  tracking_code: string;
  agent: Viewer;
  filed_at: Date;
}

export interface StoredMember {
  item: string;
  stored: StoredCase | null;
  case: StoredCase['file'] | null;
  fault: string | null;
}

/** A bundle as its node keeps it, with its members' cases as this node knows them. */
export interface StoredBundle {
  id: string;
  item: string;
  bundle: Bundle;
  place: DivisionCode;
  application: Application;
  materials: Material[];
  trackingCode: string;
  agent: Viewer;
  filedAt: Date;
  members: StoredMember[];
}

export interface NewBundle extends Omit<StoredBundle, 'members' | 'bundle'> {
  itemVersion: number;
  memberItems: readonly string[];
}

const COLUMNS = 'id, item, item_version, place, application, materials, tracking_code, agent, filed_at';

export async function insertBundle(tx: SharedTx, bundle: NewBundle): Promise<void> {
  await tx.query(
    `INSERT INTO bundles (node, ${COLUMNS}, seen, settled)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, false)`,
    [
      bundle.id,
      bundle.item,
      bundle.itemVersion,
      bundle.place,
      tx.vault.seal('bundles.application', bundle.id, JSON.stringify(bundle.application)),
      JSON.stringify(bundle.materials),
      tx.vault.seal('bundles.tracking_code', bundle.id, bundle.trackingCode),
      JSON.stringify(bundle.agent),
      bundle.filedAt,
    ],
  );
  await tx.query(
    `INSERT INTO bundle_members (node, bundle, item) SELECT $1, $2, item FROM unnest($3::text[]) AS m (item)`,
    [bundle.id, bundle.memberItems],
  );
}

/**
 * Reads a bundle and locks it until the transaction ends; null if there is no such bundle.
 * @throws {ProblemError} why it can't be read, as {@link findCase} for its members
 */
export async function lockBundle(tx: SharedTx, id: string): Promise<StoredBundle | null> {
  const rows = await tx.query<BundleRow>(`SELECT ${COLUMNS} FROM bundles WHERE node = $1 AND id = $2 FOR UPDATE`, [id]);
  const [found] = await assemble(tx, rows);
  return found ? requireBundle(found) : null;
}

export async function findBundle(queries: NodeQueries, id: string): Promise<StoredBundle | null> {
  const rows = await queries.query<BundleRow>(`SELECT ${COLUMNS} FROM bundles WHERE node = $1 AND id = $2`, [id]);
  const [found] = await assemble(queries, rows);
  return found ? requireBundle(found) : null;
}

/** The newest first. */
export async function listBundles(
  queries: NodeQueries,
  item: string | null,
  limit: number,
  failures: Failures,
): Promise<StoredBundle[]> {
  const rows = await queries.query<BundleRow>(
    `SELECT ${COLUMNS} FROM bundles WHERE node = $1 AND ($2::text IS NULL OR item = $2)
     ORDER BY filed_at DESC, id LIMIT $3`,
    [item, limit],
  );
  const read = await assemble(queries, rows);
  return failures.map('reading a bundle', read, ({ id }) => ({ node: queries.node, bundle: id }), requireBundle);
}

/** Bundles whose members' cases have moved since the clockwork's last look, or whose next try is due. */
export async function movedBundles(queries: NodeQueries, now: Date, limit: number): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    `SELECT b.id FROM bundles b WHERE b.node = $1 AND NOT b.settled AND (b.retry_at <= $2 OR b.seen <>
       (SELECT coalesce(sum(c.seq), 0) FROM bundle_members m JOIN cases c ON c.node = m.node AND c.id = m.case_id
        WHERE m.node = b.node AND m.bundle = b.id))
     LIMIT $3`,
    [now, limit],
  );
  return rows.map((row) => row.id);
}

/** Delays a bundle that can't be read, so that it takes no other bundle's place in the next round. */
export async function putOffBundle(tx: SharedTx, id: string, until: Date): Promise<void> {
  await tx.query(
    `UPDATE bundles b SET retry_at = $3, seen =
       (SELECT coalesce(sum(c.seq), 0) FROM bundle_members m JOIN cases c ON c.node = m.node AND c.id = m.case_id
        WHERE m.node = b.node AND m.bundle = b.id)
     WHERE b.node = $1 AND b.id = $2`,
    [id, until],
  );
}

/** Records the clockwork's look at a bundle, and its result. */
export async function markSeen(
  tx: SharedTx,
  { id, members }: StoredBundle,
  settled: boolean,
  retryAt: Date | null,
): Promise<void> {
  const seen = members.reduce((sum, member) => sum + (member.case?.seq ?? 0), 0);
  await tx.query(`UPDATE bundles SET seen = $3, settled = $4, retry_at = $5 WHERE node = $1 AND id = $2`, [
    id,
    seen,
    settled,
    retryAt,
  ]);
}

export async function linkMember(tx: SharedTx, bundle: string, item: string, caseId: string): Promise<void> {
  await tx.query(`UPDATE bundle_members SET case_id = $4, fault = NULL WHERE node = $1 AND bundle = $2 AND item = $3`, [
    bundle,
    item,
    caseId,
  ]);
}

export async function noteFault(
  tx: SharedTx,
  bundle: string,
  item: string,
  code: string,
  retryAt: Date,
): Promise<void> {
  await tx.query(
    `UPDATE bundle_members SET fault = $4 WHERE node = $1 AND bundle = $2 AND item = $3 AND case_id IS NULL`,
    [bundle, item, code],
  );
  await tx.query(`UPDATE bundles SET retry_at = $3 WHERE node = $1 AND id = $2`, [bundle, retryAt]);
}

/** The result of reading a row: the bundle, or why it can't be read. */
type Read = { id: string } & ({ bundle: StoredBundle } | { error: ProblemError });

/** @throws {ProblemError} why it can't be read */
function requireBundle(read: Read): StoredBundle {
  if ('error' in read) throw read.error;
  return read.bundle;
}

interface MemberRow {
  bundle: string;
  item: string;
  case_id: string | null;
  fault: string | null;
}

/** Reads each bundle separately: a member's case that can't be read must not look like one that was never filed. */
async function assemble(queries: NodeQueries, rows: readonly BundleRow[]): Promise<Read[]> {
  if (rows.length === 0) return [];
  const members = await queries.query<MemberRow>(
    `SELECT bundle, item, case_id, fault FROM bundle_members WHERE node = $1 AND bundle = ANY ($2::uuid[])`,
    [rows.map((row) => row.id)],
  );
  const found = await findCases(
    queries,
    members.flatMap((m) => m.case_id ?? []),
  );
  return Promise.all(
    rows.map(async (row): Promise<Read> => {
      const own = members.filter((member) => member.bundle === row.id);
      const broken = found.broken.find(({ id }) => own.some((member) => member.case_id === id));
      if (broken) return { id: row.id, error: broken.error };
      try {
        return { id: row.id, bundle: await bundleOf(queries, row, own, found.cases) };
      } catch (error) {
        if (error instanceof ProblemError && error.code !== 'DATABASE_UNAVAILABLE') return { id: row.id, error };
        throw error;
      }
    }),
  );
}

async function bundleOf(
  queries: NodeQueries,
  row: BundleRow,
  members: readonly MemberRow[],
  cases: readonly StoredCase[],
): Promise<StoredBundle> {
  const item = await findItem(queries, row.item, { version: row.item_version });
  if (!item?.bundle) throw problem('ITEM_UNKNOWN', `${row.item} is not in the catalogue.`, { field: 'item' });
  const { bundle } = item;
  return {
    id: row.id,
    item: row.item,
    bundle,
    place: row.place,
    application: JSON.parse(await queries.vault.open('bundles.application', row.id, row.application)) as Application,
    materials: row.materials,
    trackingCode: await queries.vault.open('bundles.tracking_code', row.id, row.tracking_code),
    agent: row.agent,
    filedAt: row.filed_at,
    members: bundle.members.map((code) => {
      const member = members.find((m) => m.item === code);
      const stored = member?.case_id ? (cases.find((c) => c.id === member.case_id) ?? null) : null;
      return { item: code, stored, case: stored?.file ?? null, fault: member?.fault ?? null };
    }),
  };
}
