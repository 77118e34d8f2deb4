import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { CATALOGUE_FILE } from '../federation/plan.ts';
import type { Machine } from '../bench/machine.ts';
import { machine } from '../bench/machine.ts';
import { round } from '../bench/statistics.ts';
import { BrokenFederation } from './broken-federation.ts';
import type { Findings } from './checks.ts';
import { check } from './checks.ts';
import { Desks } from './desks.ts';
import { impossible, inflict } from './faults.ts';
import type { NaiveVariant } from './naive.ts';
import { recovered, settled } from './recovery.ts';
import type { FaultKind, ScheduledFault } from './schedule.ts';
import { FAULT_KINDS, schedule } from './schedule.ts';

export interface SuiteOptions {
  /** Least number of hand-offs. */
  handOffs: number;
  seed: string;
  /** How often each kind of fault happens. */
  times: number;
  kinds?: readonly FaultKind[];
  naive?: NaiveVariant | null;
  /** Cases under way at a time. */
  open?: number;
  /** Ends the run early; everything is stopped and put back. */
  signal?: AbortSignal;
}

/** How often a kind of fault happened, or why it could not happen. */
export type FaultReport = { times: number; recoverySeconds: number[] } | { skipped: string };

export interface SuiteResult extends Omit<Findings, 'handOffs'> {
  ok: boolean;
  handoffs: number;
  recoverySeconds: { p50: number; max: number };
  faults: Partial<Record<FaultKind, FaultReport>>;
  seed: string;
  /** From the first case to the last, and the whole run with start and checks. */
  seconds: { load: number; whole: number };
  handoffsPerSecond: number;
  refusals: Record<string, number>;
  machine: Machine;
}

/** Hand-offs that may be under way beyond those a fault waits for. */
const AHEAD = 20;
/** The hand-offs between two faults are allowed in this many steps, and the steps are at least so far apart, ms. */
const PACES = 40;
const PACE_MS = 100;
/** Time without any movement after which the load is over, ms. */
const PATIENCE_MS = 90_000;
/** The longest wait for a recovery, ms. */
const RECOVERY_MS = 120_000;
/** A naive federation never comes to rest. */
const NAIVE_PATIENCE_MS = 15_000;
const NAIVE_RECOVERY_MS = 5_000;
/** The longest wait for the cases that are open at the end, ms. */
const FINISH_MS = 600_000;
const NAIVE_FINISH_MS = 15_000;

/** Runs a federation under load and faults, repairs everything, and checks the result. */
export async function runSuite(options: SuiteOptions, tell: (line: string) => void): Promise<SuiteResult> {
  const began = performance.now();
  const result = await withBroken(options, tell, (broken) => runOn(broken, options, tell));
  return { ...result, seconds: { ...result.seconds, whole: round((performance.now() - began) / 1000) } };
}

/** Starts a federation that can be broken, and stops it after the work. */
export async function withBroken<T>(
  { handOffs, naive = null, signal }: SuiteOptions,
  tell: (line: string) => void,
  work: (broken: BrokenFederation) => Promise<T>,
): Promise<T> {
  const broken = await BrokenFederation.start({
    naive,
    diskMib: 384 + Math.ceil(handOffs / 20),
    progress: (step, ms) => ms !== null && tell(`started ${step} (${ms} ms)`),
    path: process.env['PATH'] ?? '',
    ...(signal ? { signal } : {}),
  });
  try {
    return await work(broken);
  } finally {
    await broken.stop();
  }
}

/** Puts a running federation under load and faults. @returns the findings in its databases */
export async function runOn(
  broken: BrokenFederation,
  options: SuiteOptions,
  tell: (line: string) => void,
): Promise<SuiteResult> {
  const { signal } = options;
  const desks = new Desks({
    seed: options.seed,
    open: options.open ?? 240,
    handOffs: options.handOffs,
    urls: broken.urls,
    tokens: await broken.tokens(),
    databases: broken.databases,
    required: await requiredMaterials(),
  });
  try {
    const run = underFaults(broken, desks, options, tell);
    return await (signal ? Promise.race([run, aborted(signal)]) : run);
  } finally {
    await desks.stop();
  }
}

async function underFaults(
  broken: BrokenFederation,
  desks: Desks,
  { handOffs, seed, times, kinds = FAULT_KINDS, naive = null }: SuiteOptions,
  tell: (line: string) => void,
): Promise<SuiteResult> {
  const patience = naive === null ? PATIENCE_MS : NAIVE_PATIENCE_MS;
  const longestMs = naive === null ? RECOVERY_MS : NAIVE_RECOVERY_MS;
  const faults = new Map<FaultKind, FaultReport>();
  const began = performance.now();
  desks.start();
  const clock = setInterval(() => tell(desks.state), 10_000).unref();
  try {
    const planned = schedule(seed, handOffs, times, kinds);
    for (const [i, fault] of planned.entries()) {
      desks.allow(fault.at + AHEAD);
      await reached(desks, fault.at, patience, tell);
      const pace = paced(desks, fault.at, planned[i + 1]?.at ?? handOffs);
      await happen(broken, fault, { faults, longestMs }, desks, tell).finally(() => clearInterval(pace));
    }
    desks.allow(Infinity);
    await reached(desks, handOffs, patience, tell);
    tell(`${desks.handOffs} hand-offs; what is open is brought to its end`);
    await desks.finish(patience, naive === null ? FINISH_MS : NAIVE_FINISH_MS);
    await settled(broken.databases, patience);
    await desks.stop();
  } finally {
    clearInterval(clock);
  }
  const seconds = (performance.now() - began) / 1000;
  tell('looking at the databases');
  const { handOffs: done, ...findings } = await check(broken, desks.promised);
  const recoveries = [...faults.values()]
    .flatMap((report) => ('skipped' in report ? [] : report.recoverySeconds))
    .sort((a, b) => a - b);
  return {
    ok: isWhole(findings),
    handoffs: done,
    ...findings,
    recoverySeconds: { p50: recoveries[Math.floor(recoveries.length / 2)] ?? 0, max: recoveries.at(-1) ?? 0 },
    faults: Object.fromEntries(faults),
    seed,
    seconds: { load: round(seconds), whole: round(seconds) },
    handoffsPerSecond: round(done / seconds),
    refusals: desks.refusals,
    machine: machine(),
  };
}

/** Allows the hand-offs up to the next fault little by little, so that the fault meets some even if there are few. */
function paced(desks: Desks, from: number, to: number): NodeJS.Timeout {
  let allowed = from + AHEAD;
  return setInterval(() => {
    allowed = Math.min(to + AHEAD, allowed + Math.ceil((to - from) / PACES));
    desks.allow(allowed);
  }, PACE_MS).unref();
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

async function happen(
  broken: BrokenFederation,
  fault: ScheduledFault,
  { faults, longestMs }: { faults: Map<FaultKind, FaultReport>; longestMs: number },
  desks: Desks,
  tell: (line: string) => void,
): Promise<void> {
  const why = impossible(broken, fault.kind);
  if (why !== null) {
    if (!faults.has(fault.kind)) tell(`${fault.kind} is left out: ${why}`);
    faults.set(fault.kind, { skipped: why });
    return;
  }
  const before = desks.handOffs;
  const began = performance.now();
  const what = await inflict(broken, fault);
  const lasted = performance.now() - began;
  const took = await recovered(broken.databases, new Date(), longestMs);
  const known = faults.get(fault.kind);
  const report = known && !('skipped' in known) ? known : { times: 0, recoverySeconds: [] };
  faults.set(fault.kind, {
    times: report.times + 1,
    recoverySeconds: [...report.recoverySeconds, round(took / 1000, 2)],
  });
  const during = `${round(lasted / 1000)} s, recovered in ${round(took / 1000, 2)} s`;
  tell(`${before}: ${fault.kind} (${what}): ${during}; ${desks.handOffs - before} hand-offs meanwhile`);
}

/** Waits until so many hand-offs are done. Goes on if none is done for a long time; the findings then tell. */
async function reached(
  desks: Desks,
  handOffs: number,
  patienceMs: number,
  tell: (line: string) => void,
): Promise<void> {
  let last = desks.handOffs;
  let moved = performance.now();
  while (desks.handOffs < handOffs) {
    await pause(100);
    if (desks.handOffs !== last) {
      last = desks.handOffs;
      moved = performance.now();
    } else if (performance.now() - moved > patienceMs) {
      tell(`no hand-off for ${patienceMs / 1000} s`);
      return;
    }
  }
}

function isWhole(findings: Omit<Findings, 'handOffs'>): boolean {
  const { cases, examples, ...faults } = findings;
  return cases > 0 && examples.length === 0 && Object.values(faults).every((count) => count === 0);
}

/** Materials of each item, as the sample catalogue has them. */
async function requiredMaterials(): Promise<Map<string, string[]>> {
  const { items } = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as {
    items: { code: string; materials: (string | { name: string })[] }[];
  };
  return new Map(
    items.map(({ code, materials }) => [code, materials.map((m) => (typeof m === 'string' ? m : m.name))]),
  );
}
