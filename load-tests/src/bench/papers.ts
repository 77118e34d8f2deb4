import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { HostDb } from '@liandong/nodes';
import { startDatabase } from './bench-database.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';
import type { QueueTimes } from './queue-times.ts';
import { QUEUE_NODE, filledQueue, queueTimes } from './queue-times.ts';
import { round } from './statistics.ts';

/** Most that papers may slow the work queue's p95. */
const MOST = 1.1;
const PIECE_BYTES = 512 * 1024;

export interface PapersOptions {
  /** Cases of both hosts. */
  cases: number;
  /** Papers that one of them holds. */
  papers: number;
  /** Size of each, bytes. */
  bytes: number;
  rounds: number;
}

export interface PapersResult extends PapersOptions {
  bench: 'papers';
  ok: boolean;
  machine: Machine;
  /** The work queue of a host without papers and of one that holds them. */
  queue: Record<'without' | 'with', QueueTimes>;
  /** p95 with papers to p95 without. */
  ratio: number;
  /** The same while two people read papers of that host without a pause. */
  whileRead: { queue: Record<'without' | 'with', QueueTimes>; ratio: number };
}

/** Reads the work queue of a host that holds many papers beside one that holds none. */
export async function papers(options: PapersOptions, tell: (line: string) => void): Promise<PapersResult> {
  const services = await startDatabase(256);
  try {
    const without = await filledQueue(services, 'without', options.cases, tell);
    const holding = await filledQueue(services, 'with', options.cases, tell);
    tell(`storing ${options.papers} papers of ${options.bytes} bytes`);
    const digests = await store(holding, options);
    const hosts = { without, with: holding };
    tell(`asking both queues in turn, ${options.rounds} times`);
    const queue = await queueTimes(hosts, options.rounds);
    tell('the same while two people read papers');
    const whileRead = await whileReading(holding, digests, () => queueTimes(hosts, options.rounds));
    await Promise.all([without.close(), holding.close()]);
    const ratioOf = (times: Record<'without' | 'with', QueueTimes>) => round(times.with.p95 / times.without.p95, 2);
    const ratio = ratioOf(queue);
    const read = { queue: whileRead, ratio: ratioOf(whileRead) };
    return { bench: 'papers', ok: ratio <= MOST, machine: machine(), ...options, queue, ratio, whileRead: read };
  } finally {
    await services.stop();
  }
}

/** Stores papers as their rows stand sealed in the database: bytes that do not compress. */
async function store(db: HostDb, { papers: count, bytes }: PapersOptions): Promise<string[]> {
  const digests: string[] = [];
  for (let i = 0; i < count; i++) {
    const content = randomBytes(bytes);
    const digest = createHash('sha256').update(content).digest('hex');
    digests.push(digest);
    await db.queryHost(`INSERT INTO blobs (node, sha256, size, content) VALUES ($1, $2, $3, $4)`, [
      QUEUE_NODE,
      digest,
      bytes,
      content,
    ]);
  }
  await db.queryHost('VACUUM ANALYZE blobs');
  return digests;
}

/** Does the work while two readers fetch pieces of papers, as hosts do for those who open them. */
async function whileReading<T>(db: HostDb, digests: readonly string[], work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const read = async () => {
    while (!over.signal.aborted) {
      const digest = digests[randomInt(digests.length)];
      await db.queryHost(
        `SELECT substring(content FROM 1 FOR $3) AS piece FROM blobs WHERE node = $1 AND sha256 = $2`,
        [QUEUE_NODE, digest, PIECE_BYTES],
      );
    }
  };
  const readers = [read(), read()];
  try {
    return await work();
  } finally {
    over.abort();
    await Promise.all(readers);
  }
}
