import type { Day, DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Figures, Measure, Watermark, figures } from '@liandong/schema/domains/figures';
import type { Viewer } from '@liandong/schema/operation';
import { factSchema, MEASURES } from '@liandong/schema/domains/figures';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requireFiguresReader } from '@liandong/schema/operation';
import type { HostDb, NodeHandlers, NodeQueries } from '../db/index.ts';
import type { FeedReader } from '../feeds/index.ts';
import { findFeeds } from '../feeds/index.ts';
import { countProxied, noProxied, proxiedBetween, proxiedSum } from './proxy-figures.ts';
import { isProjectFact, keepProjectFacts, projectFigures } from './project-figures.ts';
import { standardizationBetween } from './standardization.ts';

/**
 * Counts facts by day, in the transaction that takes them in: a fact is counted once, because its number moves the
 * feed's head once.
 */
export const countFacts: FeedReader = async (tx, publisher, entries) => {
  const counts = new Map<string, { day: string; item: string; measure: Measure; count: number }>();
  const parsed = entries.map((entry): unknown => JSON.parse(entry));
  await keepProjectFacts(tx, publisher, parsed.filter(isProjectFact));
  const facts = parsed.filter((entry) => !isProjectFact(entry)).map((entry) => factSchema.parse(entry));
  for (const { day, item, measure, node } of facts) {
    if (node !== publisher) throw problem('MESSAGE_INVALID', `${publisher} stated a fact of ${node}.`);
    const key = `${day} ${item} ${measure}`;
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { day, item, measure, count: 1 });
  }
  await countProxied(tx, publisher, facts);
  const rows = [...counts.values()];
  await tx.query(
    `INSERT INTO rollup_days (node, publisher, day, item, measure, count)
     SELECT $1, $2, day, item, measure, count
     FROM unnest($3::date[], $4::text[], $5::text[], $6::int[]) AS r (day, item, measure, count)
     ON CONFLICT (node, publisher, day, item, measure) DO UPDATE SET count = rollup_days.count + excluded.count`,
    [publisher, rows.map((r) => r.day), rows.map((r) => r.item), rows.map((r) => r.measure), rows.map((r) => r.count)],
  );
};

export interface FiguresParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  /** Every node of the federation; those in this division are expected to report. */
  nodes: () => readonly DivisionCode[];
  /** Whether a node was closed and its keys have ended: no more facts of it will come. */
  isGone: (node: DivisionCode) => boolean;
  now: () => Date;
}

/** A division's figures, from the facts its node holds. */
export function figureHandlers(parts: FiguresParts): NodeHandlers<typeof figures> {
  const { node, db, divisions, calendar, now } = parts;

  /** @throws {ProblemError} FORBIDDEN, BAD_INPUT */
  function requireAsker(viewer: Viewer, { from, to }: { from: Day; to: Day }): void {
    requireFiguresReader(viewer, node, divisions);
    if (from > to) throw problem('BAD_INPUT', `from ${from} lies after to ${to}.`, { field: 'from' });
  }

  return {
    standardization: ({ queries, input }) => standardizationBetween(queries, input, dayOf(now())),

    async rollup({ viewer, queries, input }) {
      requireAsker(viewer, input);
      const { from, to } = input;
      const reads = db.reads(node);
      const [rows, proxied, watermarks] = await Promise.all([
        reads.rollupDay.groupBy({
          by: ['publisher', 'item', 'measure'],
          where: { day: { gte: new Date(from), lte: new Date(to) } },
          _sum: { count: true },
        }),
        proxiedBetween(queries, from, to),
        watermarksOf(parts, queries),
      ]);
      const total = noFigures();
      const items = new Map<string, Figures>();
      const byNode = new Map<string, Figures>();
      for (const { publisher, item, measure, _sum } of rows) {
        const count = _sum.count ?? 0;
        for (const sums of [total, grown(items, item), grown(byNode, publisher)]) sums[measure as Measure] += count;
      }
      // a case's day of filing may lie between the days while nothing else of its node does
      for (const publisher of proxied.keys()) grown(byNode, publisher);
      return {
        division: node,
        from,
        to,
        figures: total,
        proxy: proxiedSum(proxied.values()),
        items: sorted(items).map(([item, sums]) => ({ item, figures: sums })),
        nodes: sorted(byNode).map(([code, sums]) => ({
          node: code,
          figures: sums,
          proxy: proxied.get(code) ?? noProxied(),
        })),
        watermarks,
        answeredBy: node,
      };
    },

    async projectRollup({ viewer, queries, input }) {
      requireAsker(viewer, input);
      const { from, to } = input;
      const [sums, watermarks] = await Promise.all([
        projectFigures(queries, from, to, dayOf(now()), calendar()),
        watermarksOf(parts, queries),
      ]);
      return { division: node, from, to, ...sums, watermarks };
    },
  };
}

async function watermarksOf(
  { node, divisions, nodes, isGone, now }: FiguresParts,
  queries: NodeQueries,
): Promise<Watermark[]> {
  const asked = now();
  const [pending] = await queries.query<{ count: number }>(
    `SELECT count(*) AS count FROM feed_pending WHERE node = $1 AND feed = 'FACTS'`,
  );
  const held = new Map((await findFeeds(queries, 'FACTS')).map((f) => [f.publisher, f]));
  const expected = nodes().filter((code) => divisions.isWithin(code, node));
  return expected.sort().map((code): Watermark => {
    const state = held.get(code);
    if (code === node) return { node, seq: state?.head ?? 0, behind: pending?.count ?? 0, asOf: asked };
    if (!state || state.asOf.getTime() === 0) return { node: code, seq: 0, behind: 0, asOf: null };
    const behind = Math.max(0, state.knownHead - state.head);
    return { node: code, seq: state.head, behind, asOf: isGone(code) && behind === 0 ? asked : state.asOf };
  });
}

function noFigures(): Figures {
  return Object.fromEntries(MEASURES.map((measure) => [measure, 0])) as Figures;
}

function grown(figures: Map<string, Figures>, key: string): Figures {
  const known = figures.get(key) ?? noFigures();
  figures.set(key, known);
  return known;
}

function sorted(figures: Map<string, Figures>): [string, Figures][] {
  return [...figures].sort(([a], [b]) => (a < b ? -1 : 1));
}
