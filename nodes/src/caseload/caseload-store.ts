import type { CaseHandler, Handler } from '@liandong/schema/domains/caseload';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { coalesced } from '../db/index.ts';

/** The open cases of one person, or those without a handler. */
export interface CaseloadRow {
  handler: Handler | null;
  open: number;
  overdue: number;
}

/** Sets the handler of a case; null if it waits for another handler. */
export function saveHandler(tx: SharedTx, id: string, handler: CaseHandler | null): Promise<void> {
  return saveOne(tx, { id, handler });
}

const saveOne = coalesced(
  async (tx: SharedTx, saved: readonly { id: string; handler: CaseHandler | null }[]): Promise<undefined[]> => {
    const rows = saved.map(({ id, handler }) => ({ ...handler, id }));
    await tx.query(
      `UPDATE cases c SET handler_issuer = h.issuer, handler_sub = h.sub, handler_name = h.name,
         handler_since = h.since, handler_by = h.by
       FROM json_to_recordset($2) AS h (id text, issuer text, sub text, name text, since timestamptz, by text)
       WHERE c.node = $1 AND c.id = h.id`,
      [JSON.stringify(rows)],
    );
    return saved.map(() => undefined);
  },
);

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
