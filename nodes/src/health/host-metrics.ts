import { Gauge, Registry } from 'prom-client';
import type { HostDb } from '../db/index.ts';
import { processRegistry } from '../observability/index.ts';
import type { Readiness } from './readiness.ts';

/** Channels shown one by one; the rest are summed up, so that a city's scrape stays readable. */
const MOST_CHANNELS = 500;
/** A publisher without a message for this long is silent, seconds. */
const SILENT_SECONDS = 600;

/**
 * The queries of one scrape. Each reads open rows and no finished ones, through a partial index or a table with one row
 * a node: their cost follows the waiting work, not the million rows behind it (tested by their plans).
 */
export const METRIC_QUERIES = {
  outbox: `SELECT node, receiver, kind, count(*) AS depth, extract(epoch FROM now() - min(created_at))::float8 AS age
    FROM outbox WHERE settled_at IS NULL AND outcome IS DISTINCT FROM 'WAITS'
      -- nobody answers any more for a closed node whose keys have ended; a case that was on its way is looked after all the same
      AND (kind = 'DOSSIER' OR (receiver <> ALL ($1) AND node <> ALL ($1)))
    GROUP BY node, receiver, kind ORDER BY age DESC`,
  waits: `SELECT node, receiver, max(protocol) AS protocol, count(*) AS n
    FROM outbox WHERE settled_at IS NULL AND outcome = 'WAITS' GROUP BY node, receiver`,
  parked: `SELECT node, kind, code, count(*) AS n FROM parked WHERE resolved_at IS NULL GROUP BY node, kind, code`,
  lights: `SELECT node, kind, level, count(*) AS n FROM lights
    WHERE node = ANY ($1) AND at > now() - interval '1 day' GROUP BY node, kind, level`,
  feeds: `SELECT node, feed, sum(greatest(0, known_head - head))::float8 AS behind,
      coalesce(max(extract(epoch FROM now() - as_of)) FILTER (WHERE as_of > 'epoch'), 0)::float8 AS age,
      count(*) FILTER (WHERE as_of < now() - interval '${SILENT_SECONDS} seconds') AS silent
    FROM feeds WHERE publisher <> node
      -- nothing comes any more from a closed node whose keys have ended, nor to it
      AND publisher <> ALL ($1) AND node <> ALL ($1)
    GROUP BY node, feed`,
  unnumbered: `SELECT node, feed, count(*) AS n FROM feed_pending GROUP BY node, feed`,
  // a send that fails is tried again within a minute or two; an older row belongs to no waiting message any more
  unsendable: `SELECT node, kind, code, count(*) AS n FROM send_faults
    WHERE last_at > now() - interval '10 minutes' AND node <> ALL ($1) GROUP BY node, kind, code`,
  doubled: `SELECT count(*) AS n FROM (
    SELECT id FROM cases WHERE custody = 'HELD' AND closed_at IS NULL
      -- what a node left behind that moved to another host counts no more
      AND node NOT IN (SELECT node FROM node_moves m WHERE state IN ('LEAVING', 'STILL', 'LEFT', 'CAME')
        AND number = (SELECT max(number) FROM node_moves n WHERE n.node = m.node))
    GROUP BY id HAVING count(*) > 1) d`,
  healing: `SELECT node, count(*) FILTER (WHERE done_at IS NULL) AS n FROM heal_peers h
    WHERE life = (SELECT max(life) FROM lives l WHERE l.node = h.node AND l.healed_at IS NULL) GROUP BY node`,
} as const;

/** What a host's database says of its operation, read again at each scrape. */
export class HostMetrics {
  readonly #db: HostDb;
  /** Live: nodes come to the host and leave it. */
  readonly #nodes: readonly string[];
  readonly #readiness: () => Promise<Readiness>;
  readonly #gone: () => readonly string[];
  readonly #registry = new Registry();
  readonly #gauges = {
    depth: this.#gauge('liandong_outbox_waiting', 'Messages owed, by channel and kind.', ['node', 'receiver', 'kind']),
    age: this.#gauge('liandong_outbox_oldest_seconds', 'Age of the oldest message owed, by channel and kind.', [
      'node',
      'receiver',
      'kind',
    ]),
    parked: this.#gauge('liandong_parked', 'Messages set aside that people must look at, by reason.', [
      'node',
      'kind',
      'code',
    ]),
    lights: this.#gauge('liandong_lights', 'Lights of the last 24 hours.', ['node', 'kind', 'level']),
    behind: this.#gauge('liandong_feed_behind_entries', 'Entries of others’ feeds known of and not held.', [
      'node',
      'feed',
    ]),
    watermark: this.#gauge('liandong_feed_age_seconds', 'How long ago the feed heard of least lately was complete.', [
      'node',
      'feed',
    ]),
    silent: this.#gauge('liandong_feed_silent_publishers', 'Publishers not heard of for ten minutes.', [
      'node',
      'feed',
    ]),
    unnumbered: this.#gauge('liandong_feed_unnumbered', 'Own entries that have no number yet.', ['node', 'feed']),
    unsendable: this.#gauge('liandong_unsendable', 'What cannot be sent whatever is tried, by kind and reason.', [
      'node',
      'kind',
      'code',
    ]),
    doubled: this.#gauge('liandong_double_custody_cases', 'Open cases that two nodes of this host both hold.', []),
    healing: this.#gauge('liandong_healing_peers', 'Nodes a restored node still waits for.', ['node']),
    ready: this.#gauge('liandong_ready', 'Whether a part of the host works.', ['part']),
    clock: this.#gauge('liandong_clock_offset_seconds', 'How far the host’s clock is proved ahead of another’s.', [
      'against',
    ]),
  };

  /** @param gone closed nodes whose keys have ended: their feeds are complete as far as they are held */
  constructor(
    db: HostDb,
    nodes: readonly string[],
    readiness: () => Promise<Readiness>,
    gone: () => readonly string[],
  ) {
    this.#gone = gone;
    this.#db = db;
    this.#nodes = nodes;
    this.#readiness = readiness;
  }

  /** The figures in Prometheus's text format. */
  async scrape(): Promise<string> {
    const readiness = await this.#readiness();
    for (const gauge of Object.values(this.#gauges)) gauge.reset();
    for (const part of ['database', 'broker', 'roads', 'migrations', 'clock'] as const) {
      this.#gauges.ready.set({ part }, readiness[part] ? 1 : 0);
    }
    for (const [against, ms] of Object.entries(readiness.offsetMs)) {
      if (ms !== null) this.#gauges.clock.set({ against }, ms / 1000);
    }
    // if the database is away, only its own figures are missing
    if (readiness.database) await this.#read();
    return (await Promise.all([this.#registry.metrics(), processRegistry.metrics()])).join('\n');
  }

  async #read(): Promise<void> {
    const g = this.#gauges;
    const q = METRIC_QUERIES;
    const rows = <Row>(sql: string, params: unknown[] = []) => this.#db.queryHost<Row>(sql, params);
    const served = async <Row extends { node: string }>(sql: string, params: unknown[] = []) =>
      (await rows<Row>(sql, params)).filter(({ node }) => this.#nodes.includes(node));
    type Channel = { node: string; receiver: string; kind: string; depth: number; age: number };
    const channels = await served<Channel>(q.outbox, [this.#gone()]);
    channels.forEach(({ node, receiver, kind, depth, age }, i) => {
      const labels = { node, kind, receiver: i < MOST_CHANNELS ? receiver : 'others' };
      g.depth.inc(labels, depth);
      // oldest first: the first of the summed-up channels gives the age
      if (i <= MOST_CHANNELS) g.age.set(labels, age);
    });
    // zero owed messages is a figure too: an alert must tell it from a failed scrape
    for (const node of this.#nodes) {
      if (!channels.some((c) => c.node === node)) g.age.set({ node, receiver: 'none', kind: 'none' }, 0);
    }
    for (const { n, ...labels } of await served<{ node: string; kind: string; code: string; n: number }>(q.parked)) {
      g.parked.set(labels, n);
    }
    const lights = await rows<{ node: string; kind: string; level: string; n: number }>(q.lights, [this.#nodes]);
    for (const { n, ...labels } of lights) g.lights.set(labels, n);
    type Feed = { node: string; feed: string; behind: number; age: number; silent: number };
    for (const { behind, age, silent, ...labels } of await served<Feed>(q.feeds, [this.#gone()])) {
      g.behind.set(labels, behind);
      g.watermark.set(labels, age);
      g.silent.set(labels, silent);
    }
    for (const { n, ...labels } of await served<{ node: string; feed: string; n: number }>(q.unnumbered)) {
      g.unnumbered.set(labels, n);
    }
    type Unsendable = { node: string; kind: string; code: string; n: number };
    for (const { n, ...labels } of await served<Unsendable>(q.unsendable, [this.#gone()])) {
      g.unsendable.set(labels, n);
    }
    g.doubled.set((await rows<{ n: number }>(q.doubled))[0]?.n ?? 0);
    for (const { n, ...labels } of await served<{ node: string; n: number }>(q.healing)) g.healing.set(labels, n);
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}
