import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostDb, findBasis, findDrifts, insertItems, migrate } from '@liandong/nodes';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { ItemHead } from '@liandong/schema/domains/catalogue';
import { parseDivisions, problem } from '@liandong/schema/kernel';
import { DATA, manyItems } from './catalogue.ts';
import { startDatabase } from './bench-database.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';
import type { Times } from './statistics.ts';
import { timesOf } from './statistics.ts';

const COUNTY = '331022';

export interface DriftOptions {
  /** Items of the basic catalogue; every village has all of them. */
  items: number;
  /** Villages of one host. */
  nodes: number;
  /** How often the host is asked. */
  rounds: number;
}

export interface DriftResult extends DriftOptions {
  bench: 'drift';
  ok: boolean;
  machine: Machine;
  /** All villages asked together while no copy differs, ms from the question to the answer. */
  same: Times;
  /** The same, while every village lacks the city's newest version of one item. */
  behind: Times;
}

/**
 * Measures how long one host needs to compare the copies of all its villages with the city's catalogue. The gateway
 * waits 2.5 s for a host; the answer may take 1 s of it.
 */
export async function drift(options: DriftOptions, tell: (line: string) => void): Promise<DriftResult> {
  const divisions = parseDivisions(await readFile(join(DATA, 'taizhou-divisions.csv'), 'utf8'));
  const villages = divisions.subtree(COUNTY).filter(({ tier }) => tier === 'VILLAGE');
  const nodes = villages.slice(0, options.nodes).map(({ code }) => code);
  const services = await startDatabase(64);
  try {
    const url = await services.createDatabase('drift');
    await migrate(url);
    const db = new HostDb(url, 4, () => undefined);
    try {
      tell(`storing ${options.items} items for each of ${nodes.length} villages`);
      const heads = await fill(db, nodes, options.items);
      tell(`asking all villages ${options.rounds} times`);
      const same = await ask(db, nodes, heads, options.rounds, 0);
      const [first, ...others] = heads;
      if (!first) throw problem('INTERNAL', 'There is no item.');
      const newer = [{ ...first, version: 2, digest: 'newer' }, ...others];
      const behind = await ask(db, nodes, newer, options.rounds, 1);
      const ok = same.p95 < 1000 && behind.p95 < 1000;
      return { bench: 'drift', ok, machine: machine(), ...options, nodes: nodes.length, same, behind };
    } finally {
      await db.close();
    }
  } finally {
    await services.stop();
  }
}

async function fill(db: HostDb, nodes: readonly DivisionCode[], items: number): Promise<ItemHead[]> {
  const [first] = nodes;
  if (first === undefined) throw problem('BAD_INPUT', 'Name at least one village.');
  const catalogue = await manyItems(items);
  await db.transact(first, (tx) =>
    insertItems(
      tx,
      catalogue.map((item) => ({ item, publishedAt: new Date(0) })),
    ),
  );
  // the other villages hold byte for byte the same
  const columns = await db.queryHost<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_name = 'items' AND column_name <> 'node' AND is_generated = 'NEVER'`,
  );
  const names = columns.map(({ name }) => name).join(', ');
  await db.queryHost(
    `INSERT INTO items (node, ${names}) SELECT n, ${names} FROM items, unnest($2::text[]) AS n WHERE node = $1`,
    [first, nodes.slice(1)],
  );
  await db.queryHost('VACUUM ANALYZE items');
  return (await findBasis(db.queries(first))).items.map(({ head }) => head);
}

async function ask(
  db: HostDb,
  nodes: readonly DivisionCode[],
  heads: readonly ItemHead[],
  rounds: number,
  differing: number,
): Promise<Times> {
  const compared = nodes.map((node) => ({ node, tier: 'VILLAGE' as const }));
  const times: number[] = [];
  for (let i = -1; i < rounds; i++) {
    const began = performance.now();
    const found = await findDrifts(db, compared, heads);
    // the first round warms up
    if (i >= 0) times.push(performance.now() - began);
    const right = [...found.values()].every((answer) => answer.differing.length === differing);
    if (!right || found.size !== nodes.length) throw problem('INTERNAL', 'The villages did not answer as they must.');
  }
  return timesOf(times);
}
