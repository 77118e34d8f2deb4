import type { CaseHandler, Handler } from '@liandong/schema/domains/caseload';
import type { NodeQueries, SharedTx } from '../db/index.ts';

/** The open cases of one person, or those without a handler. */
export interface CaseloadRow {
  handler: Handler | null;
  open: number;
  overdue: number;
}

/** Sets the handler of cases; null if they wait for another handler. */
export async function saveHandler(tx: SharedTx, ids: readonly string[], handler: CaseHandler | null): Promise<void> {
  await tx.query(
    `UPDATE cases SET handler_issuer = $3, handler_sub = $4, handler_name = $5, handler_since = $6, handler_by = $7
     WHERE node = $1 AND id = ANY ($2)`,
    [ids, handler?.issuer, handler?.sub, handler?.name, handler?.since, handler?.by].map((value) => value ?? null),
  );
}

/**
 * Open cases this desk holds, by handler, those without one first.
 * @param department of one department only; null for all
 */
export async function findCaseloads(
  queries: NodeQueries,
  department: string | null,
  now: Date,
): Promise<CaseloadRow[]> {
  const rows = await queries.query<{
    issuer: string | null;
    sub: string | null;
    name: string | null;
    open: number;
    overdue: number;
  }>(
    `SELECT handler_issuer AS issuer, handler_sub AS sub, max(handler_name) AS name, count(*)::int AS open,
       (count(*) FILTER (WHERE CASE WHEN paused_days IS NULL THEN next_due_at < $2 ELSE paused_days < 0 END))::int AS overdue
     FROM cases WHERE node = $1 AND custody = 'HELD' AND closed_at IS NULL AND ($3::text IS NULL OR department = $3)
     GROUP BY handler_issuer, handler_sub ORDER BY handler_sub IS NULL DESC, open DESC, name`,
    [now, department],
  );
  return rows.map(({ issuer, sub, name, open, overdue }) => ({
    handler: issuer === null || sub === null || name === null ? null : { issuer, sub, name },
    open,
    overdue,
  }));
}
