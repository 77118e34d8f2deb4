import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The process's own measurements; one process is one host. */
export const processRegistry = new Registry();

/** Seconds; from a key lookup to the time after which a person gives up. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds; from a quiet road to a line that was cut for days. */
const ROAD_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 3600, 86_400];

const graphql = new Histogram({
  name: 'liandong_graphql_seconds',
  help: 'Operations this host answered, by role and root field.',
  labelNames: ['role', 'field', 'outcome'],
  buckets: BUCKETS,
  registers: [processRegistry],
});
const handOff = new Histogram({
  name: 'liandong_handoff_seconds',
  help: 'From leaving a message in the outbox to taking its receipt.',
  labelNames: ['kind'],
  buckets: ROAD_BUCKETS,
  registers: [processRegistry],
});
const sql = new Histogram({
  name: 'liandong_sql_seconds',
  help: 'Statements, by what they do to which table.',
  labelNames: ['statement'],
  buckets: BUCKETS,
  registers: [processRegistry],
});
const receipts = new Counter({
  name: 'liandong_receipt_answers_total',
  help: 'Answers of others to messages of this host.',
  labelNames: ['outcome'],
  registers: [processRegistry],
});
const failures = new Counter({
  name: 'liandong_failures_total',
  help: 'Work that failed for one case or node while that for the others went on, by job and code.',
  labelNames: ['job', 'node', 'code'],
  registers: [processRegistry],
});

let collecting = false;
/** Node.js's own figures (memory, event loop, garbage collection) beside the project's. */
export function collectProcess(): void {
  if (!collecting) collectDefaultMetrics({ register: processRegistry });
  collecting = true;
}

export function observeGraphql(role: string, field: string, outcome: 'ok' | 'error', ms: number): void {
  graphql.observe({ role, field, outcome }, ms / 1000);
}

export function observeHandOff(kind: string, ms: number): void {
  handOff.observe({ kind }, Math.max(0, ms) / 1000);
}

export function observeSql(statement: string, ms: number): void {
  sql.observe({ statement }, ms / 1000);
}

export function countAnswer(outcome: string): void {
  receipts.inc({ outcome });
}

export function countFailure(job: string, node: string, code: string): void {
  failures.inc({ job, node, code });
}

/** The name of a statement in metrics, from a closed set of words of the program's own SQL: `SELECT cases`. */
export function statementLabel(text: string): string {
  const verb = /^\s*([A-Z]+)/.exec(text)?.[1] ?? 'OTHER';
  const table = /\b(?:FROM|INTO|UPDATE)\s+(?:"public"\.)?"?([a-z_]+)/.exec(text)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}
