import type { AgentStanding } from '@liandong/schema/domains/stewards';
import type { Day } from '@liandong/schema/kernel';
import { numberDigests } from '../cases/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { EnterpriseRow } from './tables.ts';
import { stewardedEnterprisesTable } from './tables.ts';

/** An enterprise, and what the desk's registers say of its steward today. */
export type StoredEnterprise = EnterpriseRow & { standing: AgentStanding };

interface Person {
  issuer: string;
  sub: string;
}

const IN_FORCE = `p.ended_at IS NULL AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
   AND 'AGENT' = ANY (p.roles)` as const;
/** What the registers say of a person on the day of parameter 2. Both parameters are columns. */
const standingOf = <const I extends string, const S extends string>(issuer: I, sub: S) =>
  `json_build_object(
    'keepsPosts', EXISTS (SELECT 1 FROM desk_posts p WHERE p.node = $1 AND p.issuer = ${issuer} AND p.sub = ${sub}),
    'isAgent', EXISTS (SELECT 1 FROM desk_posts p
      WHERE p.node = $1 AND p.issuer = ${issuer} AND p.sub = ${sub} AND ${IN_FORCE}),
    'roster', CASE
      WHEN EXISTS (SELECT 1 FROM roster_agents r WHERE r.node = $1 AND r.sub = ${sub} AND r.from_day <= $2
        AND (r.until_day IS NULL OR r.until_day >= $2)) THEN 'TODAY'
      WHEN EXISTS (SELECT 1 FROM roster_agents r WHERE r.node = $1 AND r.sub = ${sub}) THEN 'OTHERWISE'
      ELSE 'NEVER' END) AS standing` as const;

const ENTERPRISES = `SELECT ${stewardedEnterprisesTable.selectAll('e')},
  ${standingOf('e.steward_issuer', 'e.steward_sub')} FROM stewarded_enterprises e` as const;

/** As `standsAsAgent` judges it. */
const STANDS = `standing ->> 'roster' <> 'OTHERWISE'
  AND (NOT (standing ->> 'keepsPosts')::boolean OR (standing ->> 'isAgent')::boolean)` as const;

/** What the registers say of a person on a day. */
export async function findAgentStanding(
  queries: NodeQueries,
  { issuer, sub }: Person,
  day: Day,
): Promise<AgentStanding> {
  const [row] = await queries.query<{ standing: AgentStanding }>(
    `SELECT ${standingOf('n.issuer', 'n.sub')} FROM (VALUES ($1, $3::text, $4::text)) AS n (node, issuer, sub)
     WHERE node = $1 AND $2::date IS NOT NULL`,
    [day, issuer, sub],
  );
  return row?.standing ?? { keepsPosts: false, isAgent: false, roster: 'NEVER' };
}

export async function findEnterprise(queries: NodeQueries, id: string, day: Day): Promise<StoredEnterprise | null> {
  const rows = await queries.query<StoredEnterprise>(`${ENTERPRISES} WHERE e.node = $1 AND e.id = $3`, [day, id]);
  return (await opened(queries, stewardedEnterprisesTable, rows))[0] ?? null;
}

/** Locks one until the transaction ends; null where there is none. */
export async function lockEnterprise(tx: SharedTx, id: string, day: Day): Promise<StoredEnterprise | null> {
  await tx.query(`SELECT 1 FROM stewarded_enterprises WHERE node = $1 AND id = $2 FOR UPDATE`, [id]);
  return findEnterprise(tx, id, day);
}

/** Which of a desk's enterprises are listed. */
export interface EnterpriseFilter {
  /** Those of these stewards alone; of all if null. */
  stewards: readonly string[] | null;
  /** Of stewards of this issuer alone; of any if null. */
  issuer: string | null;
  ended: boolean;
  /** Those whose steward stands as an agent today, or does not, alone; both if null. */
  stands: boolean | null;
}

/** A desk's enterprises, the newest first. @param before the place it continues behind: when it was named, and its id */
export async function listEnterprises(
  queries: NodeQueries,
  { stewards, issuer, ended, stands }: EnterpriseFilter,
  { day, before, most }: { day: Day; before: readonly [at: string, id: string] | null; most: number },
): Promise<StoredEnterprise[]> {
  const rows = await queries.query<StoredEnterprise>(
    `SELECT * FROM (${ENTERPRISES} WHERE e.node = $1 AND (e.ended_at IS NOT NULL) = $3
       AND ($4::text[] IS NULL OR e.steward_sub = ANY ($4)) AND ($5::text IS NULL OR e.steward_issuer = $5)
       AND ($6::timestamptz IS NULL OR (e.named_at, e.id) < ($6, $7::text))) AS listed
     WHERE $8::boolean IS NULL OR $8 = (${STANDS})
     ORDER BY "namedAt" DESC, id DESC LIMIT $9`,
    [day, ended, stewards, issuer, before?.[0] ?? null, before?.[1] ?? null, stands, most],
  );
  return opened(queries, stewardedEnterprisesTable, rows);
}

/** Whether a desk has a steward for the enterprise of this code. Asked under {@link lockStewards}. */
export async function isStewarded(queries: NodeQueries, code: string): Promise<boolean> {
  const rows = await queries.query(
    `SELECT 1 FROM stewarded_enterprises WHERE node = $1 AND digest = ANY ($2) AND ended_at IS NULL`,
    [await numberDigests(queries, code)],
  );
  return rows.length > 0;
}

/** Locks the desk's list until the transaction ends: an enterprise stands there once, also while a key is changed. */
export async function lockStewards(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('stewards'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}

/** Writes an enterprise, or what changed of it. */
export async function saveEnterprise(tx: SharedTx, row: EnterpriseRow): Promise<void> {
  await insert(tx, stewardedEnterprisesTable, [row], 'REPLACE');
}

/** How many enterprises wait for another steward when a person leaves. */
export async function countStewarded(queries: NodeQueries, { issuer, sub }: Person): Promise<number> {
  const [row] = await queries.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM stewarded_enterprises
     WHERE node = $1 AND steward_issuer = $2 AND steward_sub = $3 AND ended_at IS NULL`,
    [issuer, sub],
  );
  return row?.count ?? 0;
}
