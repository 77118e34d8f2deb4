import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { parseDivisions } from '@liandong/schema/kernel';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { person } from '../federation/demo-plan.ts';
import { FILE_CASE } from '../federation/documents.ts';
import { Federation } from '../federation/federation.ts';
import { lowIncome } from '../federation/journeys.ts';
import { CATALOGUE_FILE, DIVISIONS_FILE } from '../federation/plan.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';

const CITY = '331000';
const COUNTY = '331022';
/** Longest median of a page of {@link PAGE}, ms. */
const MOST_MS = 150;
const PAGE = 50;
/** Agents whose cases stand on the first page and on the deep one, and the cases each files for either. */
const AGENTS = 10;
const EACH = 6;
/** Of the made rows, the share that is open. */
const OPEN = 0.4;
const ROWS = new URL('../../../test/case-rows.sql', import.meta.url);

export interface SubtreeOptions {
  /** Nodes of the division. */
  nodes: number;
  /** Open cases of all of them. */
  cases: number;
  rounds: number;
  /** Hosts that serve the nodes, one federation each. */
  hosts: readonly number[];
}

/** Times of one federation, ms. */
interface SubtreeTimes {
  hosts: number;
  /** Pages of fifty through the gateway, with what a supervisor's table shows. */
  first: Times;
  deep: Times;
  /** Cases before the deep page. */
  depth: number;
  /** Ids alone: the positions, without the parts of the cases. */
  ids: Times;
  /** The first page of one node's own list (`cases`), the same columns. */
  desk: Times;
  /** Plain SQL: the first fifty of one table with as many rows, by an index in their order. */
  floor: Times;
  /** Median of the first page to that of the desk's own. */
  ratio: number;
  /** First pages while one host is killed, and the nodes they name as silent. */
  cut: Times & { silent: number };
  /** Load of the machine (one minute) before and after. */
  load: [before: number, after: number];
}

export interface SubtreeResult extends SubtreeOptions {
  bench: 'subtree';
  ok: boolean;
  machine: Machine;
  federations: SubtreeTimes[];
}

/** A supervisor's page over many nodes: all on one host, and on ten. */
export async function subtree(options: SubtreeOptions, tell: (line: string) => void): Promise<SubtreeResult> {
  const federations: SubtreeTimes[] = [];
  for (const hosts of options.hosts) federations.push(await measured(options, hosts, tell));
  const medians = federations.flatMap(({ first, deep }) => [first.p50, deep.p50]);
  return { bench: 'subtree', ok: Math.max(...medians) < MOST_MS, machine: machine(), ...options, federations };
}

async function measured(options: SubtreeOptions, hosts: number, tell: (line: string) => void): Promise<SubtreeTimes> {
  const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
  const nodes = divisions.subtree(COUNTY).map(({ code }) => code);
  const asked = nodes.slice(0, options.nodes);
  const villages = asked.filter((node) => node.length === 12);
  const agents = Array.from(
    { length: AGENTS + 1 },
    (_, i) => villages[Math.floor((i * villages.length) / (AGENTS + 1))] ?? '',
  );
  const catalogueFile = await oneItem();
  const federation = await Federation.start({
    plan: {
      hosts: [
        { id: 'city', nodes: [CITY] },
        ...Array.from({ length: hosts }, (_, i) => ({
          id: `room-${i}`,
          nodes: asked.filter((_, n) => n % hosts === i),
        })),
      ],
      people: [
        person('supervisor', '蒋监督', COUNTY, 'SUPERVISOR'),
        ...agents.map((node) => person(`agent-${node}`, '包小芳', node, 'AGENT')),
      ],
      catalogueFile,
      awaited: agents,
      settings: async () => ({ LIANDONG_FEED_HEARTBEAT_MS: '20000' }),
    },
    gatewayPort: null,
    durable: true,
    path: process.env['PATH'] ?? '',
    progress: (name, ms) => (ms === null ? undefined : tell(`${name}: ${ms} ms`)),
  });
  try {
    const times = await new Measurement(federation, { ...options, hosts }, agents, tell).run();
    tell(JSON.stringify(times));
    return times;
  } finally {
    await federation.stop();
    await rm(dirname(catalogueFile), { recursive: true, force: true });
  }
}

/** A catalogue of the one item that is applied for: three hundred nodes take long to take in more. */
async function oneItem(): Promise<string> {
  const { items, ...rest } = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as { items: { code: string }[] };
  const file = join(await mkdtemp(join(tmpdir(), 'liandong-bench-')), 'catalogue.json');
  await writeFile(file, JSON.stringify({ ...rest, items: items.filter(({ code }) => code === lowIncome(1)['item']) }));
  return file;
}

const COLUMNS = `id number state applicant { name } item { name } custodian { code name } handler { person { name } }
  acceptanceDueAt clock { dueAt remainingDays }`;
const WITHIN = `query Page($after: String) {
  list: casesWithin(division: "${COUNTY}", first: ${PAGE}, after: $after) {
    edges { cursor node { ${COLUMNS} } }
    pageInfo { hasNextPage endCursor }
    coverage { expected answered asOf silent { node { code name } code } }
  }
}`;
const IDS = `query Ids($after: String, $first: Int) {
  list: casesWithin(division: "${COUNTY}", first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } coverage { answered }
  }
}`;
const DESK = `query Desk($node: ID!) {
  list: cases(filter: { division: $node }, orderBy: REMAINING_DAYS, first: ${PAGE}) {
    edges { cursor node { ${COLUMNS} } } pageInfo { hasNextPage endCursor }
  }
}`;

interface Listed {
  list: {
    edges: { cursor: string; node: { id: string; number: string | null; applicant: { name: string } | null } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    coverage: { answered: number; silent: object[] };
  };
}

class Measurement {
  readonly #federation: Federation;
  readonly #options: Omit<SubtreeOptions, 'hosts'> & { hosts: number };
  readonly #agents: readonly string[];
  readonly #tell: (line: string) => void;

  constructor(
    federation: Federation,
    options: Omit<SubtreeOptions, 'hosts'> & { hosts: number },
    agents: readonly string[],
    tell: (line: string) => void,
  ) {
    this.#federation = federation;
    this.#options = options;
    this.#agents = agents;
    this.#tell = tell;
  }

  async run(): Promise<SubtreeTimes> {
    const { hosts, rounds } = this.#options;
    const deep = await this.#fill();
    this.#tell('walking to the deep page');
    const { after, depth } = await this.#walkTo(deep);
    const supervisor = await this.#federation.as('supervisor');
    const desk = this.#agents.at(-1) ?? '';
    const floor = await this.#floor();
    const times = { first: [], deep: [], ids: [], desk: [], floor: [] } as Record<string, number[]>;
    const ask = async (query: string, variables: Record<string, unknown>) =>
      this.#whole(await supervisor.get<Listed>(query, variables, 1));
    const work: Record<string, () => Promise<unknown>> = {
      first: () => ask(WITHIN, { after: null }),
      deep: () => ask(WITHIN, { after }),
      ids: () => supervisor.get(IDS, { after: null, first: PAGE }, 1),
      desk: () => ask(DESK, { node: desk }),
      floor: () => floor.query('SELECT id, due FROM floor ORDER BY due, id LIMIT 51'),
    };
    this.#tell(`asking in turn, ${rounds} times`);
    const before = loadavg()[0] ?? 0;
    try {
      for (let i = -3; i < rounds; i++) {
        for (const [name, question] of Object.entries(work)) {
          const begun = performance.now();
          await question();
          if (i >= 0) times[name]?.push(performance.now() - begun);
        }
      }
    } finally {
      await floor.end();
    }
    const load: [number, number] = [round(before), round(loadavg()[0] ?? 0)];
    const [first, own] = [timesOf(times['first'] ?? []), timesOf(times['desk'] ?? [])];
    const cut = await this.#cut();
    return {
      hosts,
      first,
      deep: timesOf(times['deep'] ?? []),
      depth,
      ids: timesOf(times['ids'] ?? []),
      desk: own,
      floor: timesOf(times['floor'] ?? []),
      ratio: round(first.p50 / own.p50, 2),
      cut,
      load,
    };
  }

  /**
   * Real cases, with logs and applications, stand on the pages that are measured; all others are rows alone.
   * @returns the real cases of the deep page
   */
  async #fill(): Promise<Set<string>> {
    const { cases, nodes } = this.#options;
    this.#tell('filing cases');
    const real = await Promise.all(this.#agents.map((node, i) => this.#file(node, i < AGENTS ? 2 * EACH : PAGE + 10)));
    this.#tell(`filling with ${cases} rows`);
    const rows = await readFile(ROWS, 'utf8');
    for (const { id, nodes: served } of this.#rooms()) {
      for (const node of served) await this.#rows(id, rows, [node, Math.round(cases / nodes / OPEN)]);
      await this.#rows(id, `UPDATE cases SET urgent = false, paused_days = NULL WHERE head = 'head'`);
      const place = `UPDATE cases SET next_due_at = $2::timestamptz + interval '1 ms' * i
        FROM unnest($1::text[]) WITH ORDINALITY AS r (filed, i) WHERE id = filed`;
      const at = (ids: readonly string[], due: string) => this.#rows(id, place, [ids, due]);
      await at(
        real.slice(0, AGENTS).flatMap((ids) => ids.slice(0, EACH)),
        '2020-01-01',
      );
      await at(real.at(-1) ?? [], '2020-01-02');
      await at(
        real.slice(0, AGENTS).flatMap((ids) => ids.slice(EACH)),
        MIDDLE,
      );
      await this.#rows(id, 'VACUUM ANALYZE cases');
    }
    return new Set(real.slice(0, AGENTS).flatMap((ids) => ids.slice(EACH)));
  }

  async #file(node: string, count: number): Promise<string[]> {
    const agent = await this.#federation.as(`agent-${node}`);
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const { case: filed } = await agent.do<{ case: { id: string } }>(FILE_CASE, lowIncome(1));
      ids.push(filed.id);
    }
    return ids;
  }

  /** Reads the list from its beginning until a case of the deep page comes. */
  async #walkTo(deep: ReadonlySet<string>): Promise<{ after: string; depth: number }> {
    const supervisor = await this.#federation.as('supervisor');
    const seen = new Set<string>();
    for (let after: string | null = null; ;) {
      const { list }: Listed = await supervisor.get<Listed>(IDS, { after, first: 200 });
      // a host that was too busy to answer in time is asked again
      if (list.coverage.answered < this.#options.nodes) continue;
      for (const { cursor, node } of list.edges) {
        if (deep.has(node.id) && after !== null) return { after, depth: seen.size };
        if (seen.has(node.id)) throw new Error(`${node.id} came twice`);
        seen.add(node.id);
        after = cursor;
      }
      if (!list.pageInfo.hasNextPage) throw new Error('the deep page never came');
    }
  }

  /** A table of as many rows, and its index in the order of the list. */
  async #floor(): Promise<pg.Client> {
    const client = new pg.Client(this.#federation.environment('room-0')['LIANDONG_DATABASE_URL'] ?? '');
    await client.connect();
    await client.query('CREATE TABLE floor (id text, due timestamptz)');
    await client.query(
      `INSERT INTO floor SELECT 'row-' || i, now() + interval '1 second' * (i * 7919 % 999983) FROM generate_series(1, $1::int) i`,
      [this.#options.cases],
    );
    await client.query('CREATE INDEX floor_due ON floor (due, id)');
    await client.query('VACUUM ANALYZE floor');
    return client;
  }

  /** Pages while one of the hosts is dead. */
  async #cut(): Promise<SubtreeTimes['cut']> {
    const supervisor = await this.#federation.as('supervisor');
    const rooms = this.#rooms();
    const last = rooms.at(-1);
    if (!last || rooms.length < 2) return { ...timesOf([]), silent: 0 };
    await this.#federation.host(last.id).kill();
    const samples: number[] = [];
    let silent = 0;
    for (let i = 0; i < this.#options.rounds; i++) {
      const begun = performance.now();
      const { list } = await supervisor.get<Listed>(
        IDS.replace('answered', 'answered silent { code }'),
        { after: null, first: PAGE },
        1,
      );
      samples.push(performance.now() - begun);
      silent = list.coverage.silent.length;
    }
    return { ...timesOf(samples), silent };
  }

  #whole(page: Listed): void {
    const { edges } = page.list;
    const bare = edges.find(({ node }) => !node.number || !node.applicant);
    if (edges.length !== PAGE || bare) throw new Error(`not a whole page: ${edges.length}, ${JSON.stringify(bare)}`);
  }

  #rooms() {
    return this.#federation.topology.hosts.filter(({ id }) => id !== 'city');
  }

  async #rows(host: string, sql: string, params: readonly unknown[] = []): Promise<void> {
    await this.#federation.rows(host, sql, params);
  }
}

/** Where the deep page's cases stand: made rows lie from ten days ago to thirty days ahead. */
const MIDDLE = new Date(Date.now() + 10 * 86_400_000).toISOString();
