import type { LogLine } from '@liandong/schema/case';
import { foldLog } from '@liandong/schema/case';
import { startDatabase } from './bench-database.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';
import type { MutationsResult } from './mutations.ts';
import { mutations } from './mutations.ts';
import type { QueueTimes } from './queue-times.ts';
import { filledQueue, queueTimes } from './queue-times.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';

const COUNTY = '331022';
const VILLAGE = '331022103201';
const TOWNSHIP = '331022103';
const LINES = 200;
/** Longest time of a list, ms, among ten thousand cases and among a million. */
const QUEUE_MS = 20;

export interface CasesOptions {
  /** Cases of the small host and of the large one. */
  few: number;
  many: number;
  /** How often each list is read, and how often the log is folded. */
  rounds: number;
  /** Cases whose whole life is run at one node. */
  lives: number;
  profileDir: string | null;
}

export interface CasesResult extends Omit<CasesOptions, 'profileDir'> {
  bench: 'cases';
  ok: boolean;
  machine: Machine;
  /** Folding a log of so many lines, ms. */
  fold: Times & { lines: number };
  /** First pages and second pages of twenty, ms from the question to the ids, by filter. */
  queue: Record<'few' | 'many', QueueTimes>;
  /** Median among the many to the median among the few: 1 is flat. */
  ratio: number;
  /** A case's mutations at one node, beside `pg` alone. */
  mutations: MutationsResult;
}

/**
 * Folds a long log, runs cases' mutations at one node, and reads a desk's work queue among few cases and among many.
 */
export async function cases(options: CasesOptions, tell: (line: string) => void): Promise<CasesResult> {
  tell(`folding a log of ${LINES} lines ${options.rounds * 10} times`);
  const fold = foldTimes(options.rounds * 10);
  const mutated = await mutations({ cases: options.lives, concurrency: 8 }, options.profileDir, tell);
  const services = await startDatabase(256);
  try {
    const few = await filledQueue(services, 'few', options.few, tell);
    const many = await filledQueue(services, 'many', options.many, tell);
    tell(`asking both queues in turn, ${options.rounds} times`);
    const queue = await queueTimes({ few, many }, options.rounds);
    await Promise.all([few.close(), many.close()]);
    const worst = Math.max(...Object.values(queue.many.filters).map((times) => times.p95));
    return {
      bench: 'cases',
      ok: worst < QUEUE_MS,
      machine: machine(),
      few: options.few,
      many: options.many,
      rounds: options.rounds,
      lives: options.lives,
      fold: { ...fold, lines: LINES },
      queue,
      ratio: round(queue.many.p50 / queue.few.p50, 2),
      mutations: mutated,
    };
  } finally {
    await services.stop();
  }
}

function foldTimes(rounds: number): Times {
  const lines = longLog();
  const samples: number[] = [];
  for (let i = -20; i < rounds; i++) {
    const begun = performance.now();
    foldLog(lines);
    if (i >= 0) samples.push(performance.now() - begun);
  }
  return timesOf(samples);
}

/** A case that village and township hand to each other before it is accepted, with the longest possible log. */
function longLog(): LogLine[] {
  const head = (seq: number, node: string, epoch: number) => ({
    case: `${VILLAGE}-0198c0de-0000-7000-8000-000000000001`,
    seq,
    epoch,
    at: new Date(Date.UTC(2026, 2, 2) + seq * 3_600_000).toISOString(),
    node,
    actor: { sub: 'bench', name: '测试', role: 'CLERK' as const },
    prev: seq === 1 ? null : '0'.repeat(64),
    note: null,
  });
  const filed: LogLine = {
    ...head(1, VILLAGE, 1),
    action: 'FILED',
    data: {
      number: `${VILLAGE}-20260302-00001`,
      item: '3310-MZ-001',
      itemVersion: 1,
      itemKind: 'PAYMENT',
      place: VILLAGE,
      acceptor: TOWNSHIP,
      decider: COUNTY,
      application: '0'.repeat(64),
      consent: null,
      materials: [],
    },
  };
  const lines: LogLine[] = [filed];
  for (let epoch = 1, holder = VILLAGE; lines.length + 2 <= LINES; epoch++) {
    const to = holder === VILLAGE ? TOWNSHIP : VILLAGE;
    const action = holder === VILLAGE ? 'FORWARDED' : 'RETURNED';
    lines.push({ ...head(lines.length + 1, holder, epoch), action, data: { to, epoch: epoch + 1 } });
    const data = { from: holder, epoch: epoch + 1 };
    lines.push({ ...head(lines.length + 1, to, epoch + 1), action: 'RECEIVED', data });
    holder = to;
  }
  return lines;
}
