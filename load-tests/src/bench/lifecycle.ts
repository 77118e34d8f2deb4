import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '@liandong/schema/kernel';
import pg from 'pg';
import type { Client } from '../federation/client.ts';
import { Federation } from '../federation/federation.ts';
import type { Machine } from './machine.ts';
import { machine, memoryMib } from './machine.ts';
import { textOf } from './materials.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';

/** The steps that k6 also runs; plain JavaScript because of k6. */
interface Steps {
  FILE: { name: string; who: string; query: string };
  STEPS: readonly {
    name: string;
    who: string;
    mutation?: string;
    input?: Record<string, unknown>;
    wait?: string;
    until?: (found: object) => boolean;
  }[];
  fileInput: (content: string) => Record<string, unknown>;
}

export interface LifecycleOptions {
  /** Cases that are measured from filing to the outcome, after a tenth as many to warm up. */
  cases: number;
  /** Desks that work at once. */
  concurrency: number;
}

export interface LifecycleResult {
  bench: 'lifecycle';
  ok: boolean;
  machine: Machine;
  cases: number;
  concurrency: number;
  /** Cases a second, from the village's filing until the village knows the outcome. */
  lifecyclesPerSecond: number;
  /** Mutations a second: each a durable transaction of a node with its log line, facts and messages. */
  mutationsPerSecond: number;
  /** Bare durable transactions of one row a second, by as many connections to the same PostgreSQL, in the same run. */
  bareTransactionsPerSecond: number;
  /** Mutations to bare transactions. */
  ratio: number;
  operations: Record<string, Times>;
  memoryMib: Record<string, number>;
  /** From the start of the first process to the catalogue at every node. */
  readyMs: number;
}

/** Runs whole lifecycles over a demo federation, beside bare transactions on the same PostgreSQL. */
export async function lifecycle(options: LifecycleOptions, tell: (line: string) => void): Promise<LifecycleResult> {
  const steps = (await import(new URL('../../scenarios/lifecycle-steps.js', import.meta.url).href)) as Steps;
  const began = performance.now();
  const federation = await Federation.start({
    gatewayPort: null,
    durable: true,
    path: process.env['PATH'] ?? '',
    progress: (step, ms) => ms !== null && tell(`started ${step} (${ms} ms)`),
  });
  const readyMs = Math.round(performance.now() - began);
  try {
    tell(`warming up with ${Math.ceil(options.cases / 10)} cases`);
    await drive(federation, steps, Math.ceil(options.cases / 10), options.concurrency);
    const before = await bareTransactions(federation, options.concurrency);
    tell(`running ${options.cases} cases, ${options.concurrency} at once`);
    const { samples, seconds } = await drive(federation, steps, options.cases, options.concurrency);
    const after = await bareTransactions(federation, options.concurrency);
    const mutations = 1 + steps.STEPS.filter((s) => s.mutation !== undefined).length;
    const bare = (before + after) / 2;
    return {
      bench: 'lifecycle',
      ok: true,
      machine: machine(),
      ...options,
      lifecyclesPerSecond: round(options.cases / seconds),
      mutationsPerSecond: round((options.cases * mutations) / seconds),
      bareTransactionsPerSecond: round(bare),
      ratio: round((options.cases * mutations) / seconds / bare, 3),
      operations: Object.fromEntries([...samples].map(([name, times]) => [name, timesOf(times)])),
      memoryMib: memory(federation),
      readyMs,
    };
  } finally {
    await federation.stop();
  }
}

async function drive(
  federation: Federation,
  steps: Steps,
  cases: number,
  concurrency: number,
): Promise<{ samples: Map<string, number[]>; seconds: number }> {
  const samples = new Map<string, number[]>();
  const measured = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    const known = samples.get(name) ?? [];
    known.push(performance.now() - began);
    samples.set(name, known);
    return result;
  };
  let left = cases;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) await measured('lifecycle', () => oneCase(federation, steps, measured));
    }),
  );
  return { samples, seconds: (performance.now() - began) / 1000 };
}

async function oneCase(
  federation: Federation,
  steps: Steps,
  measured: <T>(name: string, work: () => Promise<T>) => Promise<T>,
): Promise<void> {
  const input = steps.fileInput(textOf(3_000));
  const agent = await federation.as(steps.FILE.who);
  const filed = await measured(steps.FILE.name, () => agent.do<{ case: { id: string } }>(steps.FILE.query, input));
  const { id } = filed.case;
  for (const { name, who, mutation, input: fields, wait, until } of steps.STEPS) {
    const client = await federation.as(who);
    await measured(name, async () => {
      if (mutation !== undefined) await client.do(mutation, { id, ...fields });
      else if (wait !== undefined && until !== undefined) await waitFor(client, wait, id, until);
    });
  }
}

async function waitFor(client: Client, query: string, id: string, until: (found: object) => boolean): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    const { data } = await client.ask(query, { id });
    const found = data?.['case'];
    if (typeof found === 'object' && found !== null && until(found)) return;
    await pause(10);
  }
  throw problem('DEADLINE_EXCEEDED', `Case ${id} did not come on in 30 s.`);
}

/**
 * Durable inserts of one row by as many connections, for two seconds: the best that this disk and PostgreSQL can do.
 */
async function bareTransactions(federation: Federation, connections: number): Promise<number> {
  const url = await federation.services.createDatabase(`bare_${randomBytes(4).toString('hex')}`);
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => undefined);
  try {
    await pool.query('CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)');
    const until = performance.now() + 2_000;
    let count = 0;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (performance.now() < until) {
          await pool.query('INSERT INTO bare (body) VALUES ($1)', ['x'.repeat(500)]);
          count++;
        }
      }),
    );
    return count / 2;
  } finally {
    await pool.end();
  }
}

function memory(federation: Federation): Record<string, number> {
  const of = (pid: number | undefined) => (pid === undefined ? 0 : Math.round(memoryMib(pid)));
  const parts: Record<string, number> = Object.fromEntries(federation.hosts().map((host) => [host.name, of(host.pid)]));
  parts['gateway'] = of(federation.gateway.pid);
  parts['postgres and broker'] = of(federation.services.pid);
  parts['all'] = Object.values(parts).reduce((sum, mib) => sum + mib, 0);
  return parts;
}
