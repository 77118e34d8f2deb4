import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '@liandong/schema/kernel';
import { BenchFederation, CITY, COUNTY, TOWNSHIP, VILLAGE } from './bench-federation.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';
import { processorTime } from './processor-time.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';
import type { Yardstick } from './tpc-b.ts';
import { TpcB } from './tpc-b.ts';

/** An item that the township decides and the village takes in. */
const ITEM = '3310-WJ-001';
const SENDER = 'village';
const RECEIVER = 'township';
/** Longest wait of a run for its last receipt, ms. */
const PATIENCE_MS = 120_000;
/** The targets of the issue. */
const TARGETS = { sustained: 1, drain: 2.5, quietP50Ms: 15 };

export interface HandoffOptions {
  /** Cases that are forwarded while earlier ones are still on their way. */
  handoffs: number;
  /** Cases that wait in the outbox when the broker comes back. */
  backlog: number;
  /** Cases that are forwarded one by one on an idle federation. */
  quiet: number;
  /** Desks that forward at once, and clients of pgbench. */
  concurrency: number;
  /** Seconds of pgbench, before and after. */
  seconds: number;
  profileDir: string | null;
}

export interface HandoffResult {
  bench: 'handoff';
  ok: boolean;
  machine: Machine;
  handoffs: number;
  backlog: number;
  concurrency: number;
  /** TPC-B on the same PostgreSQL in the same run, and PostgreSQL's CPU for one of its transactions, ms. */
  pgbench: Yardstick & { database: number | null };
  /** From the first mutation until every receipt is settled. */
  sustained: Rate & { ratio: number; mutation: Times; cpu: Cpu };
  /** From the broker's return until every receipt is settled. */
  drain: Rate & { ratio: number; cpu: Cpu };
  /** From the call of the mutation to its settled receipt, on an idle federation, ms. */
  quiet: Times;
  targets: typeof TARGETS;
}

interface Rate {
  perSecond: number;
  seconds: number;
}

/** CPU a hand-off, ms: of both hosts, of PostgreSQL for both and of the broker; null if the system does not tell. */
interface Cpu {
  sender: number;
  receiver: number;
  database: number | null;
  broker: number | null;
}

/**
 * Measures hand-offs of cases between two hosts over the broker, beside pgbench's TPC-B on the same PostgreSQL. Each
 * hand-off is the sender's own business transaction with its signed line, and the receiver's signed receipt settles it.
 * In production, city and county are other machines: here they bring the catalogue and are then stopped.
 */
export async function handoff(options: HandoffOptions, tell: (line: string) => void): Promise<HandoffResult> {
  const { concurrency, seconds } = options;
  tell('starting PostgreSQL, broker and hosts');
  const federation = await BenchFederation.start({
    hosts: { above: [CITY, COUNTY], [RECEIVER]: [TOWNSHIP], [SENDER]: [VILLAGE] },
    connections: concurrency + 2,
    sharedBuffersMb: 256,
    profileDir: options.profileDir,
  });
  try {
    await federation.stopDesk('above');
    const tpcB = await TpcB.prepare(await federation.services.createDatabase('bench_tpcb'), concurrency, tell);
    const warmUp = Math.ceil(options.handoffs / 10);
    tell(`warming up with ${warmUp} hand-offs`);
    await sustain(federation, await file(federation, warmUp, concurrency), concurrency);
    const begun = performance.now();
    const ids = await file(federation, options.handoffs + options.backlog + options.quiet, concurrency);
    tell(`filed ${ids.length} cases, ${round((ids.length / (performance.now() - begun)) * 1000)} a second`);
    // the server does this by itself within a minute, and pgbench when it prepares its tables
    for (const host of [SENDER, RECEIVER]) await federation.rows(host, 'VACUUM ANALYZE');
    tell(`pgbench, ${seconds} s`);
    const databaseBefore = await databaseTime(federation);
    const before = await tpcB.run(seconds);
    const databaseAfter = await databaseTime(federation);
    tell(`${options.handoffs} hand-offs, ${concurrency} at once`);
    const sustained = await sustain(federation, ids.splice(0, options.handoffs), concurrency);
    tell(`pgbench, ${seconds} s`);
    const after = await tpcB.run(seconds);
    const drain = await drained(federation, ids.splice(0, options.backlog), concurrency, tell);
    tell(`${options.quiet} hand-offs one by one`);
    const quiet = await federation.desk(SENDER).ask({ do: 'forwardQuietly', node: VILLAGE, ids, pauseMs: 20 });
    await requireOneCustodian(federation, warmUp + options.handoffs + options.backlog + options.quiet);
    const bare = (before + after) / 2;
    const ratios = { sustained: sustained.perSecond / bare, drain: drain.perSecond / bare };
    const times = timesOf(quiet.times);
    return {
      bench: 'handoff',
      ok: ratios.sustained >= TARGETS.sustained && ratios.drain >= TARGETS.drain && times.p50 < TARGETS.quietP50Ms,
      machine: machine(),
      handoffs: options.handoffs,
      backlog: options.backlog,
      concurrency,
      pgbench: { ...tpcB.yardstick, database: perOne(databaseBefore, databaseAfter, before * seconds) },
      sustained: { ratio: round(ratios.sustained, 3), ...sustained },
      drain: { ratio: round(ratios.drain, 3), ...drain },
      quiet: times,
      targets: TARGETS,
    };
  } finally {
    await federation.stop();
  }
}

async function file(federation: BenchFederation, count: number, concurrency: number): Promise<string[]> {
  const { ids } = await federation.desk(SENDER).ask({ do: 'file', node: VILLAGE, item: ITEM, count, concurrency });
  return ids;
}

/** Forwards cases while earlier ones are still on their way. */
async function sustain(
  federation: BenchFederation,
  ids: readonly string[],
  concurrency: number,
): Promise<Rate & { mutation: Times; cpu: Cpu }> {
  let times: number[] = [];
  const rate = await metered(federation, ids.length, async () => {
    ({ times } = await federation.desk(SENDER).ask({ do: 'forward', node: VILLAGE, ids, concurrency }));
  });
  return { ...rate, mutation: timesOf(times) };
}

/** Forwards cases while the broker is away, and brings it back. */
async function drained(
  federation: BenchFederation,
  ids: readonly string[],
  concurrency: number,
  tell: (line: string) => void,
): Promise<Rate & { cpu: Cpu }> {
  await federation.services.stopBroker();
  await federation.desk(SENDER).ask({ do: 'forward', node: VILLAGE, ids, concurrency });
  tell(`the broker comes back to ${ids.length} waiting hand-offs`);
  return metered(federation, ids.length, () => federation.services.startBroker());
}

/** Measures from the beginning of some work until the last message has its receipt. */
async function metered(
  federation: BenchFederation,
  count: number,
  work: () => Promise<void>,
): Promise<Rate & { cpu: Cpu }> {
  const before = await cpuOf(federation);
  const begun = performance.now();
  await work();
  await settled(federation);
  const seconds = (performance.now() - begun) / 1000;
  const after = await cpuOf(federation);
  return {
    perSecond: round(count / seconds),
    seconds: round(seconds, 2),
    cpu: {
      sender: round((after.sender - before.sender) / count, 3),
      receiver: round((after.receiver - before.receiver) / count, 3),
      database: perOne(before.database, after.database, count),
      broker: perOne(before.broker, after.broker, count),
    },
  };
}

function perOne(before: number | null, after: number | null, count: number): number | null {
  return before === null || after === null ? null : round((after - before) / count, 3);
}

async function cpuOf(federation: BenchFederation): Promise<Cpu> {
  const [sender, receiver] = await Promise.all(
    [SENDER, RECEIVER].map((host) => federation.desk(host).ask({ do: 'cpu' })),
  );
  const database = await databaseTime(federation);
  // a stopped broker has used nothing yet
  const broker = database === null ? null : ((await processorTime(federation.services.brokerPid())) ?? 0);
  return { sender: sender?.ms ?? 0, receiver: receiver?.ms ?? 0, database, broker };
}

/** The CPU time of PostgreSQL for all its databases: that of all services except the broker. */
async function databaseTime({ services }: BenchFederation): Promise<number | null> {
  const [all, broker] = await Promise.all([processorTime(services.pid ?? 0), processorTime(services.brokerPid())]);
  return all === null ? null : all - (broker ?? 0);
}

/** Waits until no message is owed any more. */
async function settled(federation: BenchFederation): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const [row] = await federation.rows<{ owed: boolean }>(
      SENDER,
      `SELECT EXISTS (SELECT 1 FROM outbox WHERE node = $1 AND settled_at IS NULL) AS owed`,
      [VILLAGE],
    );
    if (row && !row.owed) return;
    await pause(20);
  }
  throw problem('DEADLINE_EXCEEDED', `Hand-offs were not settled within ${PATIENCE_MS / 1000} s.`);
}

/** Fails where a case has no custodian or two: a fast hand-off that loses or doubles cases does not count. */
async function requireOneCustodian(federation: BenchFederation, cases: number): Promise<void> {
  const held = async (host: string, node: string) => {
    const [row] = await federation.rows<{ held: number }>(
      host,
      `SELECT count(*)::int AS held FROM cases WHERE node = $1 AND custody = 'HELD'`,
      [node],
    );
    return row?.held ?? 0;
  };
  const [sender, receiver] = [await held(SENDER, VILLAGE), await held(RECEIVER, TOWNSHIP)];
  if (sender !== 0 || receiver !== cases) {
    throw problem('INTERNAL', `Of ${cases} cases the sender holds ${sender} and the receiver ${receiver}.`);
  }
}
