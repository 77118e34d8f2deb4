import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostDb, SEARCH_SQL, insertItems, migrate, searchParameters } from '@liandong/nodes';
import type { Divisions } from '@liandong/schema/kernel';
import { ownCompetenceKeys } from '@liandong/schema/domains/catalogue';
import { parseDivisions, problem } from '@liandong/schema/kernel';
import { DATA, manyItems } from './catalogue.ts';
import { startDatabase } from './bench-database.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';

const TOWNSHIP = '331022103';
const TODAY = '2026-03-02';

/**
 * Searches that people type: part of a name, initials, full pinyin, department, code, no text, and text without a
 * match.
 */
const SEARCHES = ['宅基地', 'zjd', 'shengyu', '民政', '3310-ny', '', '登记', 'dj', '许可 卫生', 'qqqq', '证', 'xuke'];

export interface SearchOptions {
  /** Items of each node's catalogue. */
  items: number;
  /** Nodes whose rows are in the same table. */
  nodes: number;
  /** How often each search is run. */
  rounds: number;
}

export interface SearchResult extends SearchOptions {
  bench: 'search';
  ok: boolean;
  machine: Machine;
  searches: readonly string[];
  /** First page of a mixed search at one node, ms of planning and execution in the database. */
  search: Times;
  /** The same words by `ILIKE` over all rows of the table, ms in the database, in the same run. */
  ilike: Times;
  /** The same words by `ILIKE` over the node's own rows: no pinyin, no ranking, old versions too. */
  ilikeOwnRows: Times;
  /** Median of the search to the median of `ILIKE` over all rows. */
  ratio: number;
}

/** Runs searches in a township's catalogue and a plain `ILIKE` in turn, on the same PostgreSQL. */
export async function search(options: SearchOptions, tell: (line: string) => void): Promise<SearchResult> {
  const divisions = parseDivisions(await readFile(join(DATA, 'taizhou-divisions.csv'), 'utf8'));
  const services = await startDatabase(64);
  try {
    const url = await services.createDatabase('search');
    await migrate(url);
    const db = new HostDb(url, 2, () => undefined);
    try {
      tell(`storing ${options.items} items for each of ${options.nodes} nodes`);
      await fill(db, divisions, options);
      tell(`asking ${SEARCHES.length} searches ${options.rounds} times`);
      return { ...(await ask(db, divisions, options)), ...options };
    } finally {
      await db.close();
    }
  } finally {
    await services.stop();
  }
}

async function fill(db: HostDb, divisions: Divisions, { items, nodes }: SearchOptions): Promise<void> {
  const catalogue = await manyItems(items);
  const places = [TOWNSHIP, ...divisions.subtree('331022').map((d) => d.code)].filter(
    (c, i, all) => all.indexOf(c) === i,
  );
  for (const node of places.slice(0, nodes)) {
    await db.transact(node, (tx) =>
      insertItems(
        tx,
        catalogue.map((item) => ({ item, publishedAt: new Date(0) })),
      ),
    );
  }
  await db.queryHost('VACUUM ANALYZE items');
}

async function ask(
  db: HostDb,
  divisions: Divisions,
  { rounds }: SearchOptions,
): Promise<Omit<SearchResult, keyof SearchOptions>> {
  const ownKeys = ownCompetenceKeys(TOWNSHIP, divisions);
  const times = { search: [] as number[], ilike: [] as number[], ilikeOwnRows: [] as number[] };
  for (let i = -1; i < rounds; i++) {
    for (const text of SEARCHES) {
      const parameters = searchParameters({ search: text, ownKeys, today: TODAY, first: 20, after: null });
      const found = {
        search: await timed(db, SEARCH_SQL, [TOWNSHIP, ...parameters]),
        ilike: await timed(db, plain(''), [`%${text}%`]),
        ilikeOwnRows: await timed(db, plain('node = $2 AND'), [`%${text}%`, TOWNSHIP]),
      };
      // the first round warms up
      if (i >= 0) for (const key of ['search', 'ilike', 'ilikeOwnRows'] as const) times[key].push(found[key]);
    }
  }
  const searched = timesOf(times.search);
  const ilike = timesOf(times.ilike);
  return {
    bench: 'search',
    ok: searched.p95 < 20,
    machine: machine(),
    searches: SEARCHES,
    search: searched,
    ilike,
    ilikeOwnRows: timesOf(times.ilikeOwnRows),
    ratio: round(searched.p50 / ilike.p50, 3),
  };
}

function plain(scope: string): string {
  return `SELECT code, body FROM items
    WHERE ${scope} (name ILIKE $1 OR department ILIKE $1 OR code ILIKE $1) ORDER BY code LIMIT 21`;
}

/** Planning and execution in the database, ms. */
async function timed(db: HostDb, sql: string, parameters: readonly unknown[]): Promise<number> {
  const [row] = await db.queryHost<{ 'QUERY PLAN': { 'Planning Time': number; 'Execution Time': number }[] }>(
    `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
    parameters,
  );
  const [plan] = row?.['QUERY PLAN'] ?? [];
  if (!plan) throw problem('INTERNAL', 'The database gave no plan.');
  return plan['Planning Time'] + plan['Execution Time'];
}
