import type { Day, DivisionCode, OfficialCalendar } from '@liandong/schema/kernel';
import type { ProjectFact, ProjectFigures } from '@liandong/schema/domains/figures';
import { problem } from '@liandong/schema/kernel';
import { projectFactSchema, projectFiguresOf } from '@liandong/schema/domains/figures';
import type { NodeQueries, SharedTx } from '../db/index.ts';

/** Whether an entry of the feed of facts is about a project. */
export function isProjectFact(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && (entry as { measure?: unknown }).measure === 'PROJECT';
}

/**
 * Stores the state of projects from their keeper's newest facts; of several in one stretch the last counts.
 * @throws {ProblemError} MESSAGE_INVALID for a fact of another node's project
 */
export async function keepProjectFacts(
  tx: SharedTx,
  publisher: DivisionCode,
  entries: readonly unknown[],
): Promise<void> {
  const newest = new Map<string, ProjectFact>();
  for (const entry of entries) {
    const fact = projectFactSchema.parse(entry);
    if (fact.node !== publisher) throw problem('MESSAGE_INVALID', `${publisher} stated a fact of ${fact.node}.`);
    newest.set(fact.project, fact);
  }
  const rows = [...newest.values()];
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO rollup_projects (node, publisher, project, amount_fen, key, phase, began_on, started_on, ended_on,
       moved, proxied)
     SELECT $1, $2, p.* FROM unnest($3::text[], $4::int8[], $5::boolean[], $6::text[], $7::date[], $8::date[], $9::date[],
       $10::boolean[], $11::boolean[])
       AS p (project, amount_fen, key, phase, began_on, started_on, ended_on, moved, proxied)
     ON CONFLICT (node, publisher, project) DO UPDATE SET amount_fen = excluded.amount_fen, key = excluded.key,
       phase = excluded.phase, began_on = excluded.began_on, started_on = excluded.started_on,
       ended_on = excluded.ended_on, moved = excluded.moved,
       proxied = excluded.proxied`,
    [
      publisher,
      rows.map((r) => r.project),
      rows.map((r) => r.amountFen),
      rows.map((r) => r.key),
      rows.map((r) => r.phase),
      rows.map((r) => r.beganOn),
      rows.map((r) => r.startedOn),
      rows.map((r) => r.endedOn),
      rows.map((r) => r.moved ?? false),
      rows.map((r) => r.proxied ?? false),
    ],
  );
}

type Row = Omit<ProjectFact, 'measure' | 'node' | 'moved' | 'proxied'> & { publisher: DivisionCode; proxied: boolean };

/** Figures of the projects that began between two days, in total and for each node that keeps some. */
export async function projectFigures(
  queries: NodeQueries,
  from: Day,
  to: Day,
  today: Day,
  calendar: OfficialCalendar,
): Promise<{ figures: ProjectFigures; nodes: { node: DivisionCode; figures: ProjectFigures }[] }> {
  const rows = await queries.query<Row>(
    `SELECT publisher, project, amount_fen AS "amountFen", key, phase, began_on AS "beganOn", started_on AS "startedOn",
       ended_on AS "endedOn", proxied
     FROM rollup_projects WHERE node = $1 AND began_on BETWEEN $2 AND $3 AND NOT moved`,
    [from, to],
  );
  const publishers = [...new Set(rows.map((row) => row.publisher))].sort();
  return {
    figures: projectFiguresOf(rows, today, calendar),
    nodes: publishers.map((node) => ({
      node,
      figures: projectFiguresOf(
        rows.filter((row) => row.publisher === node),
        today,
        calendar,
      ),
    })),
  };
}
