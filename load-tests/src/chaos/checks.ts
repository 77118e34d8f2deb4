import { readFile } from 'node:fs/promises';
import { builtInCalendar, exportCase, withNode } from '@liandong/nodes';
import type { Fact } from '@liandong/schema/domains/figures';
import type { PublicKey } from '@liandong/schema/trust';
import { parseDivisions, ProblemError } from '@liandong/schema/kernel';
import { parentByCode } from '@liandong/schema/trust';
import { DIVISIONS_FILE } from '../federation/plan.ts';
import type { BrokenFederation } from './broken-federation.ts';
import type { PromisedCase } from './desks.ts';
import { CITY, COUNTIES, NODES, hostOf } from './places.ts';
import type { CaseTraces, CaseVerdict } from './verdict.ts';
import { judgeCase } from './verdict.ts';

/** Cases checked together. */
const CHUNK = 200;

/** The findings in the databases after everything is repaired. Every number but the first two must be 0. */
export interface Findings {
  handOffs: number;
  cases: number;
  /** Messages without their effect, and answered steps that are gone. */
  lost: number;
  /** Effects that were done more than once. */
  duplicated: number;
  doubleCustody: number;
  /** Cases that no node holds. */
  orphaned: number;
  /** Figures of county or city that differ from the nodes' logs. */
  figuresOff: number;
  epochGaps: number;
  /** Cases that fail the offline verification. */
  unsound: number;
  parked: number;
  /** The first findings, in words. */
  examples: string[];
}

interface Owed {
  id: string;
  node: string;
  receiver: string;
  kind: string;
  settled: boolean;
  outcome: string | null;
}

/** Checks all databases: messages, custody, logs, figures. */
export async function check(broken: BrokenFederation, promised: readonly PromisedCase[]): Promise<Findings> {
  const findings: Findings = {
    handOffs: 0,
    cases: 0,
    lost: 0,
    duplicated: 0,
    doubleCustody: 0,
    orphaned: 0,
    figuresOff: 0,
    epochGaps: 0,
    unsound: 0,
    parked: 0,
    examples: [],
  };
  const found = (what: string) => {
    if (findings.examples.length < 20) findings.examples.push(what);
  };
  await checkMessages(broken, findings, found);
  const facts = await checkCases(broken, promised, findings, found);
  await checkFigures(broken, facts, findings, found);
  return findings;
}

/**
 * Checks that every message has one effect: it is settled at its sender, and its receiver remembers it with the same
 * outcome.
 */
async function checkMessages(
  { databases }: BrokenFederation,
  findings: Findings,
  found: (what: string) => void,
): Promise<void> {
  const outboxes = await databases.everywhere<Owed>(
    `SELECT id, node, receiver, kind, settled_at IS NOT NULL AS settled, outcome FROM outbox`,
  );
  const inboxes = await databases.everywhere<{ id: string; node: string; outcome: string }>(
    `SELECT id, node, answer ->> 'outcome' AS outcome FROM inbox`,
  );
  const done = new Map(inboxes.map((row) => [`${row.node} ${row.id}`, row.outcome]));
  for (const message of outboxes) {
    const outcome = done.get(`${message.receiver} ${message.id}`);
    if (message.settled && outcome === message.outcome) continue;
    findings.lost++;
    const { kind, id, node, receiver } = message;
    const state = message.settled ? `settled as ${message.outcome ?? ''}` : 'still owed';
    found(`${kind} ${id} ${node} → ${receiver}: ${state}, there ${outcome ?? 'unknown'}`);
  }
  const parked = await databases.everywhere<{ node: string; kind: string; code: string; reason: string }>(
    `SELECT node, kind, code, reason FROM parked WHERE resolved_at IS NULL`,
  );
  for (const { node, kind, code, reason } of parked) {
    findings.parked++;
    found(`parked at ${node}: ${kind} ${code} ${reason}`);
  }
}

async function checkCases(
  broken: BrokenFederation,
  promised: readonly PromisedCase[],
  findings: Findings,
  found: (what: string) => void,
): Promise<Fact[]> {
  const { databases, federation } = broken;
  const trustFile = federation.environment('city')['LIANDONG_TRUST_FILE'] ?? '';
  const { root } = JSON.parse(await readFile(trustFile, 'utf8')) as { root: PublicKey };
  const ground = {
    divisions: parseDivisions(await readFile(DIVISIONS_FILE, 'utf8')),
    calendar: builtInCalendar(),
  };
  const rows = await databases.everywhere<{ node: string; id: string; custody: string; closed: boolean }>(
    `SELECT node, id, custody, closed_at IS NOT NULL AS closed FROM cases`,
  );
  const custodians = new Map<string, string[]>();
  const closed = new Set<string>();
  for (const row of rows) {
    const holders = custodians.get(row.id) ?? [];
    custodians.set(row.id, holders);
    if (row.custody !== 'HELD') continue;
    holders.push(row.node);
    if (row.closed) closed.add(row.id);
  }
  for (const { id, closed: wasClosed } of promised) {
    if (custodians.has(id) && (!wasClosed || closed.has(id))) continue;
    findings.lost++;
    found(`${id} was answered for and is ${custodians.has(id) ? 'not closed' : 'gone'}`);
  }
  findings.cases = custodians.size;
  const facts: Fact[] = [];
  const ids = [...custodians.keys()];
  for (let i = 0; i < ids.length; i += CHUNK) {
    const chunk = ids.slice(i, i + CHUNK);
    const traces = await tracesOf(broken, chunk, custodians);
    for (const trace of traces) {
      const verdict = await judgeCase(trace, { root, parentOf: parentByCode }, ground);
      take(trace, verdict, findings, found);
      facts.push(...verdict.facts);
    }
  }
  return facts;
}

function take(trace: CaseTraces, verdict: CaseVerdict, findings: Findings, found: (what: string) => void): void {
  const { id, custodians } = trace;
  findings.handOffs += verdict.handOffs;
  findings.duplicated += verdict.begunTwice;
  findings.lost += verdict.shortCopies;
  findings.epochGaps += verdict.epochGaps;
  if (verdict.begunTwice > 0) found(`${id}: ${verdict.begunTwice} rounds were begun twice`);
  if (verdict.shortCopies > 0) found(`${id}: ${verdict.shortCopies} desks lack lines of the log`);
  if (verdict.epochGaps > 0) found(`${id}: rounds are missing`);
  if (verdict.orphaned) {
    findings.orphaned++;
    found(`${id}: nobody holds it`);
  }
  if (verdict.doubleCustody) {
    findings.doubleCustody++;
    found(`${id}: held by ${custodians.join(' and ')}`);
  }
  const [fault] = verdict.faults;
  if (fault !== undefined) {
    findings.unsound++;
    found(`${id}: ${fault}`);
  }
}

async function tracesOf(
  { databases, federation }: BrokenFederation,
  ids: readonly string[],
  custodians: ReadonlyMap<string, readonly string[]>,
): Promise<CaseTraces[]> {
  const copies = new Map<string, Map<string, { hash: string; jws: string }[]>>(ids.map((id) => [id, new Map()]));
  const logs = await databases.everywhere<{ node: string; case_id: string; hash: string; jws: string }>(
    `SELECT node, case_id, hash, jws FROM case_log WHERE node = ANY ($1) AND case_id = ANY ($2)
     ORDER BY node, case_id, seq`,
    [NODES, ids],
  );
  for (const { node, case_id: id, ...line } of logs) {
    const byNode = copies.get(id);
    const copy = byNode?.get(node) ?? [];
    byNode?.set(node, copy);
    copy.push(line);
  }
  const exported = new Map<string, string>();
  const refused = new Map<string, string>();
  for (const node of NODES) {
    const held = ids.filter((id) => custodians.get(id)?.length === 1 && custodians.get(id)?.[0] === node);
    if (held.length === 0) continue;
    const terminal = { environment: federation.environment(hostOf(node)), print: () => undefined };
    await withNode(terminal, node, { keys: true }, async ({ db, issuing }) => {
      for (const id of held) {
        const options = { application: true, materials: false, now: new Date() };
        try {
          exported.set(id, await exportCase(db, node, issuing.trust, id, options));
        } catch (error) {
          // a log that can't be followed
          if (!(error instanceof ProblemError)) throw error;
          refused.set(id, error.message);
        }
      }
    });
  }
  return ids.map((id) => ({
    id,
    custodians: custodians.get(id) ?? [],
    exported: exported.get(id) ?? null,
    refused: refused.get(id) ?? null,
    copies: copies.get(id) ?? new Map<string, { hash: string; jws: string }[]>(),
  }));
}

/** Compares the figures of city and counties with the logs at each node below. */
async function checkFigures(
  { databases }: BrokenFederation,
  facts: readonly Fact[],
  findings: Findings,
  found: (what: string) => void,
): Promise<void> {
  for (const level of [...COUNTIES, CITY]) {
    const prefix = level === CITY ? level.slice(0, 4) : level;
    const counted = new Map<string, number>();
    for (const { node, day, item, measure } of facts) {
      if (!node.startsWith(prefix)) continue;
      const key = [node, day, item, measure].join(' ');
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    const rows = await databases.rows<{ publisher: string; day: string; item: string; measure: string; count: number }>(
      hostOf(level),
      `SELECT publisher, to_char(day, 'YYYY-MM-DD') AS day, item, measure, count FROM rollup_days WHERE node = $1`,
      [level],
    );
    const shown = new Map(rows.map((row) => [[row.publisher, row.day, row.item, row.measure].join(' '), row.count]));
    for (const key of new Set([...counted.keys(), ...shown.keys()])) {
      const [right, figure] = [counted.get(key) ?? 0, shown.get(key) ?? 0];
      if (right === figure) continue;
      findings.figuresOff++;
      found(`${level} counts ${figure} of "${key}", the logs say ${right}`);
    }
  }
}
