import type { Day } from '@liandong/schema/kernel';
import type { HandlerStanding } from '@liandong/schema/domains/caseload';
import type { NodeQueries } from '../db/index.ts';

/**
 * The presence of this desk's people on a day: gone if the roster ended their term, absent if they reported it or a
 * stand-in has their post. People whom the registers do not know are present.
 */
export async function findStandings(
  queries: NodeQueries,
  subs: readonly string[],
  day: Day,
): Promise<Map<string, HandlerStanding>> {
  if (subs.length === 0) return new Map();
  const rows = await queries.query<{ sub: string; standing: HandlerStanding }>(
    `SELECT s.sub, CASE
       WHEN EXISTS (SELECT 1 FROM roster_agents r WHERE r.node = $1 AND r.sub = s.sub
         AND (r.until_day < $3::date OR r.from_day > $3::date)) THEN 'LEFT'
       WHEN EXISTS (SELECT 1 FROM agent_absences a WHERE a.node = $1 AND a.agent = s.sub AND a.settled_at IS NULL
         AND $3::date BETWEEN a.from_day AND a.until_day AND (a.ended_on IS NULL OR a.ended_on > $3::date)) THEN 'ABSENT'
       WHEN EXISTS (SELECT 1 FROM stand_ins i WHERE i.node = $1 AND i.absent = s.sub AND i.until_day >= $3::date
         AND i.from_day <= $3::date AND (i.ended_on IS NULL OR i.ended_on > $3::date)) THEN 'ABSENT'
       ELSE 'PRESENT' END AS standing
     FROM unnest($2::text[]) AS s (sub)`,
    [[...new Set(subs)], day],
  );
  return new Map(rows.map(({ sub, standing }) => [sub, standing]));
}
