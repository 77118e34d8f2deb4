import type { Bundle } from '@liandong/schema/domains/catalogue';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { Application, StoredCase } from '../cases/index.ts';
import { findCases } from '../cases/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { NodeQueries, NodeReader, RowOf, SharedTx } from '../db/index.ts';
import { insert, openedRow } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { bundleMembersTable, bundlesTable } from './tables.ts';

/** A row as pg or Prisma read it, not opened yet. */
type BundleRow = Readonly<Record<keyof RowOf<typeof bundlesTable>, unknown>> & { id: string };
type MemberRow = RowOf<typeof bundleMembersTable>;

export interface StoredMember {
  item: string;
  stored: StoredCase | null;
  case: StoredCase['file'] | null;
  fault: string | null;
}

/** A bundle as its node keeps it, with its members' cases as this node knows them. */
export interface StoredBundle extends Omit<
  RowOf<typeof bundlesTable>,
  'itemVersion' | 'application' | 'seen' | 'retryAt' | 'settled'
> {
  bundle: Bundle;
  application: Application;
  members: StoredMember[];
}

export interface NewBundle extends Omit<StoredBundle, 'members' | 'bundle'> {
  itemVersion: number;
  memberItems: readonly string[];
}

export async function insertBundle(tx: SharedTx, bundle: NewBundle): Promise<void> {
  const application = JSON.stringify(bundle.application);
  await insert(tx, bundlesTable, [{ ...bundle, application, seen: 0, retryAt: null, settled: false }]);
  const members = bundle.memberItems.map((item) => ({ bundle: bundle.id, item, caseId: null, fault: null }));
  await insert(tx, bundleMembersTable, members);
}

/**
 * Reads a bundle and locks it until the transaction ends; null if there is no such bundle.
 * @throws {ProblemError} why it can't be read, as {@link findCase} for its members
 */
export async function lockBundle(tx: SharedTx, id: string): Promise<StoredBundle | null> {
  const rows = await tx.query<BundleRow>(
    `SELECT ${bundlesTable.selectAll('b')} FROM bundles b WHERE b.node = $1 AND b.id = $2 FOR UPDATE`,
    [id],
  );
  const [found] = await assemble(tx, rows);
  return found ? requireBundle(found) : null;
}

export async function findBundle(queries: NodeReader, id: string): Promise<StoredBundle | null> {
  const rows = await queries.reads.bundle.findMany({ where: { id } });
  const [found] = await assemble(queries, rows);
  return found ? requireBundle(found) : null;
}

/** Gives a bundle that the caller has locked another tracking code. */
export async function saveCode(tx: SharedTx, id: string, code: string): Promise<void> {
  const sealed = tx.vault.seal('bundles.tracking_code', id, code);
  await tx.query(`UPDATE bundles SET tracking_code = $3 WHERE node = $1 AND id = $2`, [id, sealed]);
}

/** The newest first. */
export async function listBundles(
  queries: NodeReader,
  item: string | null,
  limit: number,
  failures: Failures,
): Promise<StoredBundle[]> {
  const rows = await queries.reads.bundle.findMany({
    where: item === null ? {} : { item },
    orderBy: [{ filedAt: 'desc' }, { id: 'asc' }],
    take: limit,
  });
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

/** Reads each bundle separately: a member's case that can't be read must not look like one that was never filed. */
async function assemble(queries: NodeQueries, rows: readonly BundleRow[]): Promise<Read[]> {
  if (rows.length === 0) return [];
  const members = await queries.query<MemberRow>(
    `SELECT ${bundleMembersTable.select('m')} FROM bundle_members m WHERE m.node = $1 AND m.bundle = ANY ($2::uuid[])`,
    [rows.map((row) => row.id)],
  );
  const found = await findCases(
    queries,
    members.flatMap((m) => m.caseId ?? []),
  );
  return Promise.all(
    rows.map(async (row): Promise<Read> => {
      const own = members.filter((member) => member.bundle === row.id);
      const broken = found.broken.find(({ id }) => own.some((member) => member.caseId === id));
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
  const { id, item, itemVersion, place, application, materials, trackingCode, agent, filedAt } = await openedRow(
    queries,
    bundlesTable,
    row,
  );
  const { bundle } = (await findItem(queries, item, { version: itemVersion })) ?? {};
  if (!bundle) throw problem('ITEM_UNKNOWN', `${item} is not in the catalogue.`, { field: 'item' });
  return {
    id,
    item,
    bundle,
    place,
    materials,
    trackingCode,
    agent,
    filedAt,
    application: JSON.parse(application) as Application,
    members: bundle.members.map((code) => {
      const member = members.find((m) => m.item === code);
      const stored = member?.caseId ? (cases.find((c) => c.id === member.caseId) ?? null) : null;
      return { item: code, stored, case: stored?.file ?? null, fault: member?.fault ?? null };
    }),
  };
}
