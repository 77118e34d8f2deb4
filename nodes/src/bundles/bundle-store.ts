import type { Bundle, DivisionCode, Material, Viewer } from '@liandong/schema';
import { problem } from '@liandong/schema';
import type { Application, StoredCase } from '../cases/index.ts';
import { findCases } from '../cases/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { NodeQueries, NodeTx } from '../db/index.ts';

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

/** A bundle as its node keeps it, with its members' cases as they are known here. */
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

export async function insertBundle(tx: NodeTx, bundle: NewBundle): Promise<void> {
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

/** A bundle that nobody else changes until the transaction ends; null where there is none. */
export async function lockBundle(tx: NodeTx, id: string): Promise<StoredBundle | null> {
  const rows = await tx.query<BundleRow>(`SELECT ${COLUMNS} FROM bundles WHERE node = $1 AND id = $2 FOR UPDATE`, [id]);
  const [found] = await assemble(tx, rows);
  return found ?? null;
}

export async function findBundle(queries: NodeQueries, id: string): Promise<StoredBundle | null> {
  const rows = await queries.query<BundleRow>(`SELECT ${COLUMNS} FROM bundles WHERE node = $1 AND id = $2`, [id]);
  const [found] = await assemble(queries, rows);
  return found ?? null;
}

/** The newest first. */
export async function listBundles(queries: NodeQueries, item: string | null, limit: number): Promise<StoredBundle[]> {
  const rows = await queries.query<BundleRow>(
    `SELECT ${COLUMNS} FROM bundles WHERE node = $1 AND ($2::text IS NULL OR item = $2)
     ORDER BY filed_at DESC, id LIMIT $3`,
    [item, limit],
  );
  return assemble(queries, rows);
}

/** Bundles whose members' cases moved since the clockwork looked, or whose next try has come. */
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

/** Notes what the clockwork has looked at, and what it did. */
export async function markSeen(
  tx: NodeTx,
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

export async function linkMember(tx: NodeTx, bundle: string, item: string, caseId: string): Promise<void> {
  await tx.query(`UPDATE bundle_members SET case_id = $4, fault = NULL WHERE node = $1 AND bundle = $2 AND item = $3`, [
    bundle,
    item,
    caseId,
  ]);
}

export async function noteFault(tx: NodeTx, bundle: string, item: string, code: string, retryAt: Date): Promise<void> {
  await tx.query(
    `UPDATE bundle_members SET fault = $4 WHERE node = $1 AND bundle = $2 AND item = $3 AND case_id IS NULL`,
    [bundle, item, code],
  );
  await tx.query(`UPDATE bundles SET retry_at = $3 WHERE node = $1 AND id = $2`, [bundle, retryAt]);
}

async function assemble(queries: NodeQueries, rows: readonly BundleRow[]): Promise<StoredBundle[]> {
  if (rows.length === 0) return [];
  const members = await queries.query<{ bundle: string; item: string; case_id: string | null; fault: string | null }>(
    `SELECT bundle, item, case_id, fault FROM bundle_members WHERE node = $1 AND bundle = ANY ($2::uuid[])`,
    [rows.map((row) => row.id)],
  );
  const cases = new Map(
    (
      await findCases(
        queries,
        members.flatMap((m) => m.case_id ?? []),
      )
    ).map((c) => [c.id, c]),
  );
  return Promise.all(
    rows.map(async (row): Promise<StoredBundle> => {
      const item = await findItem(queries, row.item, { version: row.item_version });
      if (!item?.bundle) throw problem('ITEM_UNKNOWN', `${row.item} is not in the catalogue.`, { field: 'item' });
      const { bundle } = item;
      return {
        id: row.id,
        item: row.item,
        bundle,
        place: row.place,
        application: JSON.parse(
          await queries.vault.open('bundles.application', row.id, row.application),
        ) as Application,
        materials: row.materials,
        trackingCode: await queries.vault.open('bundles.tracking_code', row.id, row.tracking_code),
        agent: row.agent,
        filedAt: row.filed_at,
        members: bundle.members.map((code) => {
          const member = members.find((m) => m.bundle === row.id && m.item === code);
          const stored = member?.case_id ? (cases.get(member.case_id) ?? null) : null;
          return { item: code, stored, case: stored?.file ?? null, fault: member?.fault ?? null };
        }),
      };
    }),
  );
}
