import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import { readKeyDocuments } from '../keys/index.ts';
import { healingState } from '../restore/index.ts';
import type { Trust } from '../trust/index.ts';
import type { Finding, Subject } from './doctor-check.ts';
import { bad, ok, warn } from './doctor-check.ts';
import { METRIC_QUERIES } from './host-metrics.ts';

/** A message owed for longer is a warning, and for much longer an alarm, seconds. */
const OWED_WARN = 600;
const OWED_BAD = 3_600;

/** The parts that tell which nodes are gone. */
export interface GoneSubject {
  config: { nodes: readonly DivisionCode[] };
  db: HostDb;
  /** Rejected if keys or certificates can't be read. */
  keys: Promise<{ trust: Trust }>;
}

/** Closed nodes whose keys have ended, as far as this host's keys can be read. */
export async function goneNodes({ config, db, keys }: GoneSubject): Promise<readonly string[]> {
  const trust = await keys.then(
    (held) => held.trust,
    () => null,
  );
  await trust?.learn(await readKeyDocuments(db, config.nodes));
  return trust?.gone() ?? [];
}

export async function examineOutbox(subject: Subject): Promise<Finding[]> {
  const { config, db } = subject;
  type Owed = { node: string; receiver: string; kind: string; depth: number; age: number };
  const rows = await db.queryHost<Owed>(METRIC_QUERIES.outbox, [await goneNodes(subject)]);
  const owed = rows.filter((o) => config.nodes.includes(o.node));
  const [oldest] = owed;
  const depth = owed.reduce((sum, o) => sum + o.depth, 0);
  if (!oldest || oldest.age < OWED_WARN) return [ok('outbox', `${depth} messages wait, none for long.`)];
  const text = `${depth} messages wait, the oldest for ${Math.round(oldest.age / 60)} min: ${oldest.kind} from ${oldest.node} to ${oldest.receiver}. Look whether the broker is up and whether the host of ${oldest.receiver} runs; nothing is lost meanwhile.`;
  return [(oldest.age < OWED_BAD ? warn : bad)('outbox', text)];
}

/** Messages that wait for their receiver's host to be upgraded. */
export async function examineProtocols({ config, db }: Subject): Promise<Finding[]> {
  const rows = await db.queryHost<{ node: string; receiver: string; protocol: number; n: number }>(
    METRIC_QUERIES.waits,
  );
  const waiting = rows.filter(({ node }) => config.nodes.includes(node));
  if (waiting.length === 0) return [ok('protocol', 'No message waits for a host to be upgraded.')];
  const each = waiting.map((w) => `${w.n} from ${w.node} to ${w.receiver} (protocol ${w.protocol})`).join(', ');
  return [
    warn('protocol', `Messages wait until the host of their receiver is upgraded: ${each}. Nothing is lost meanwhile.`),
  ];
}

export async function examineParked({ config, db }: Subject): Promise<Finding[]> {
  const rows = await db.queryHost<{ node: string; kind: string; code: string; n: number }>(METRIC_QUERIES.parked);
  const parked = rows.filter((p) => config.nodes.includes(p.node));
  if (parked.length === 0) return [ok('parked', 'No message waits for people.')];
  const each = parked.map((p) => `${p.n} ${p.kind} at ${p.node} (${p.code})`).join(', ');
  const remedy = 'Look with liandong parked list --node <code>, then retry or answer.';
  return [warn('parked', `Messages wait for people: ${each}. ${remedy}`)];
}

export async function examineFeeds(subject: Subject): Promise<Finding[]> {
  const { config, db } = subject;
  type Feed = { node: string; feed: string; silent: number };
  const rows = await db.queryHost<Feed>(METRIC_QUERIES.feeds, [await goneNodes(subject)]);
  const silent = rows.filter((f) => f.silent > 0 && config.nodes.includes(f.node));
  if (silent.length === 0) return [ok('feeds', 'Every feed was heard of within ten minutes.')];
  const each = silent.map((f) => `${f.silent} publishers of ${f.feed} at ${f.node}`).join(', ');
  return [warn('feeds', `Not heard of for ten minutes: ${each}. Figures name them in their coverage.`)];
}

export async function examineRestore({ config, db }: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const node of config.nodes) {
    const state = await healingState(db, node);
    if (!state || state.healedAt) continue;
    const silent = state.silent.join(', ') || 'nobody, it goes on at its next sign of life';
    const text = `${node} was restored and takes no steps before others gave back what they hold; silent: ${silent}. Start their hosts, or give them up with liandong restore skip.`;
    findings.push(bad('restore', text));
  }
  return findings;
}
