import { findBrokenLogs, findLongWaiting } from './broken-logs.ts';
import type { HostDb } from '../db/index.ts';

/** Most cases named one by one. */
const MOST_NAMED = 10;
/** Lines that wait longer for earlier ones are reported, ms. */
const LONG_MS = 86_400_000;

/** The doctor's findings on the cases. */
interface CaseFinding {
  part: 'cases';
  state: 'OK' | 'WARN' | 'BAD';
  text: string;
}

/** Finds open cases whose logs can't be followed, and lines that wait for earlier lines in vain. */
export async function examineCases({
  db,
  config,
  now,
}: {
  db: HostDb;
  config: { readonly nodes: readonly string[] };
  now: () => Date;
}): Promise<CaseFinding[]> {
  const findings: CaseFinding[] = [];
  const say = (state: CaseFinding['state'], text: string) => void findings.push({ part: 'cases', state, text });
  for (const node of config.nodes) {
    const queries = db.queries(node);
    const broken = await findBrokenLogs(queries);
    if (broken.length > 0) {
      const named = broken.slice(0, MOST_NAMED).map(({ id, reason }) => `${id} (${reason})`);
      const more = broken.length > MOST_NAMED ? ` and ${broken.length - MOST_NAMED} more` : '';
      const remedy = `They are left out of lists and take no steps; the other cases go on. Other desks that held them have their logs: compare with liandong case export there, and put this database's lines right or restore it.`;
      say(
        'BAD',
        `The logs of ${broken.length} open cases of ${node} can't be followed: ${named.join('; ')}${more}. ${remedy}`,
      );
    }
    const waiting = await findLongWaiting(queries, new Date(now().getTime() - LONG_MS));
    if (waiting) {
      const { lines, cases, since } = waiting;
      const remedy = `Look with liandong parked list whether the lines ahead of them are set aside, and at the hosts of the desks that held the cases.`;
      say(
        'WARN',
        `At ${node} ${lines} lines of ${cases} cases wait for the ones ahead of them, since ${since.toISOString()}. ${remedy}`,
      );
    }
  }
  if (findings.length === 0) say('OK', 'The log of every open case can be followed.');
  return findings;
}
