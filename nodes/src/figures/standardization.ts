import type { Day, DivisionCode } from '@liandong/schema/kernel';
import type { Standardization, StandardizationView } from '@liandong/schema/domains/figures';
import { problem } from '@liandong/schema/kernel';
import { implementationSchema, isInForce, itemSchema } from '@liandong/schema/domains/catalogue';
import { standardizationOf, standardizationSchema } from '@liandong/schema/domains/figures';
import type { HostDb, NodeQueries, NodeReader } from '../db/index.ts';
import { opened } from '../db/index.ts';
import { standardizationDaysTable } from './tables.ts';

/** A node's figures of standardization, from the implementations it holds as the deciding node. */
export async function findStandardization(queries: NodeQueries, today: Day): Promise<Standardization> {
  const rows = await queries.query<{ item: unknown; implementation: unknown }>(
    `SELECT i.body AS item, m.body AS implementation
     FROM (
       SELECT DISTINCT ON (item) item, body FROM implementations WHERE node = $1 AND decider = $1
       ORDER BY item, version DESC
     ) m
     JOIN LATERAL (
       SELECT body FROM items
       WHERE node = $1 AND code = m.item AND published_at IS NOT NULL AND effective_from <= $2::date
       ORDER BY version DESC LIMIT 1
     ) i ON true
     ORDER BY m.item`,
    [today],
  );
  const carriedOut = rows.map((row) => ({
    item: itemSchema.parse(row.item),
    implementation: implementationSchema.parse(row.implementation),
  }));
  return standardizationOf(carriedOut.filter(({ item }) => isInForce(item, today)));
}

/**
 * Stores the day's figures if they differ from the last stored ones; a day has one row, its last state.
 * @returns whether anything was written
 */
export function recordStandardization(db: HostDb, node: DivisionCode, today: Day): Promise<boolean> {
  return db.transact(node, async (tx) => {
    const figures = await findStandardization(tx, today);
    const rows = await tx.query<{ day: Day }>(
      `INSERT INTO standardization_days (node, day, figures)
       SELECT $1, $2::date, $3::jsonb
       WHERE $3::jsonb IS DISTINCT FROM (
         SELECT figures FROM standardization_days WHERE node = $1 AND day <= $2::date ORDER BY day DESC LIMIT 1
       )
       ON CONFLICT (node, day) DO UPDATE SET figures = excluded.figures
       RETURNING day`,
      [today, JSON.stringify(figures)],
    );
    return rows.length > 0;
  });
}

/**
 * A node's present figures of standardization, and the days between two on which they changed.
 * @param asked both days included; null leaves that end open
 * @throws {ProblemError} BAD_INPUT
 */
export async function standardizationBetween(
  queries: NodeReader,
  { from, to }: { from: Day | null; to: Day | null },
  today: Day,
): Promise<StandardizationView> {
  if (from !== null && to !== null && from > to)
    throw problem('BAD_INPUT', `from ${from} lies after to ${to}.`, { field: 'from' });
  const rows = await queries.reads.standardizationDay.findMany({
    where: { day: { ...(from !== null && { gte: new Date(from) }), ...(to !== null && { lte: new Date(to) }) } },
    orderBy: { day: 'asc' },
  });
  const days = await opened(queries, standardizationDaysTable, rows);
  return {
    division: queries.node,
    present: await findStandardization(queries, today),
    days: days.map(({ day, figures }) => ({ day, figures: standardizationSchema.parse(figures) })),
  };
}
