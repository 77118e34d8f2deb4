import type { Fact, ProxyFigures } from '@liandong/schema/domains/figures';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import type { NodeQueries, SharedTx } from '../db/index.ts';

/** Counts the cases under proxy (代办) of a publisher's facts by the day they were filed. */
export async function countProxied(
  tx: SharedTx,
  publisher: DivisionCode,
  facts: readonly Pick<Fact, 'measure' | 'proxy'>[],
): Promise<void> {
  const counts = new Map<Day, ProxyFigures>();
  for (const { measure, proxy } of facts) {
    if (!proxy || (measure !== 'FILED' && measure !== 'CLOSED')) continue;
    const sums = counts.get(proxy.filedOn) ?? noProxied();
    counts.set(proxy.filedOn, sums);
    if (measure === 'FILED') sums.filed++;
    else {
      sums.closed++;
      sums.closedDays += proxy.days ?? 0;
    }
  }
  if (counts.size === 0) return;
  const sums = [...counts.values()];
  await tx.query(
    `INSERT INTO rollup_proxy_days (node, publisher, day, filed, closed, closed_days)
     SELECT $1, $2, day, filed, closed, closed_days
     FROM unnest($3::date[], $4::int[], $5::int[], $6::int[]) AS r (day, filed, closed, closed_days)
     ON CONFLICT (node, publisher, day) DO UPDATE SET filed = rollup_proxy_days.filed + excluded.filed,
       closed = rollup_proxy_days.closed + excluded.closed,
       closed_days = rollup_proxy_days.closed_days + excluded.closed_days`,
    [publisher, [...counts.keys()], sums.map((s) => s.filed), sums.map((s) => s.closed), sums.map((s) => s.closedDays)],
  );
}

/** 代办统计 of the cases filed between two days, for each node that took some in. */
export async function proxiedBetween(
  queries: NodeQueries,
  from: Day,
  to: Day,
): Promise<Map<DivisionCode, ProxyFigures>> {
  const rows = await queries.query<ProxyFigures & { publisher: DivisionCode }>(
    `SELECT publisher, sum(filed)::int AS filed, sum(closed)::int AS closed, sum(closed_days)::int AS "closedDays"
     FROM rollup_proxy_days WHERE node = $1 AND day BETWEEN $2 AND $3 GROUP BY publisher`,
    [from, to],
  );
  return new Map(rows.map(({ publisher, ...sums }) => [publisher, sums]));
}

export function proxiedSum(figures: Iterable<ProxyFigures>): ProxyFigures {
  const sums = noProxied();
  for (const { filed, closed, closedDays } of figures) {
    sums.filed += filed;
    sums.closed += closed;
    sums.closedDays += closedDays;
  }
  return sums;
}

export const noProxied = (): ProxyFigures => ({ filed: 0, closed: 0, closedDays: 0 });
