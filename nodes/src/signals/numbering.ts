import type { DivisionCode } from '@liandong/schema/kernel';
import { dayOf } from '@liandong/schema/kernel';
import type { SignalHint } from '@liandong/schema/wire';
import { MOST_HINTED } from '@liandong/schema/wire';
import type { Logger } from 'pino';
import type { HostDb, NodeTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { Loop } from '../handoff/index.ts';
import type { SignalBook } from './signal-book.ts';

/** Most signals numbered in one transaction. */
const NUMBERED = 500;
const IDLE_MS = 2_000;
/** Shortest time between two numberings under load, ms. */
const PACE_MS = 50;

export interface NumberingParts {
  db: HostDb;
  signals: SignalBook;
  /** Live: nodes come to the host and leave it. */
  nodes: readonly DivisionCode[];
  failures: Failures;
  now: () => Date;
  log: Logger;
}

/**
 * Gives signals their numbers after they became durable, so that transactions of one node do not wait for each other,
 * and a reader behind a number never misses one that became durable later. Runs without the broker.
 */
export class SignalNumbering {
  readonly #parts: NumberingParts;
  readonly #loop: Loop;
  #told: (signals: SignalHint) => void = () => undefined;

  constructor(parts: NumberingParts) {
    this.#parts = parts;
    this.#loop = new Loop(
      () => this.#number(),
      IDLE_MS,
      (error) => parts.log.warn({ err: error }, 'signals not numbered'),
      PACE_MS,
    );
    parts.signals.onWritten(() => this.#loop.wake());
  }

  /** Called with what got its numbers, once that is durable. */
  onNumbered(told: (signals: SignalHint) => void): void {
    this.#told = told;
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #number(): Promise<boolean> {
    const { db, nodes, failures, now } = this.#parts;
    const waiting = await db.queryHost<{ node: DivisionCode }>(
      `SELECT DISTINCT node FROM signals WHERE seq IS NULL AND node = ANY ($1)`,
      [nodes],
    );
    const failed = await failures.each(
      'numbering signals',
      waiting,
      ({ node }) => ({ node }),
      async ({ node }) => {
        const numbered = await db.transact(node, (tx) => numberSignals(tx, now()));
        if (numbered) this.#told(numbered);
      },
    );
    return waiting.length > failed;
  }
}

/**
 * Numbers a node's signals in the order they were entered.
 * @returns whom they are for, with those who stand in for them today; null if there were none
 */
export async function numberSignals(tx: NodeTx, now: Date): Promise<SignalHint | null> {
  await tx.query(`INSERT INTO signal_heads (node, head) VALUES ($1, 0) ON CONFLICT (node) DO NOTHING`);
  // a statement of its own: the next one must see what other transactions numbered before this lock
  await tx.query(`SELECT head FROM signal_heads WHERE node = $1 FOR UPDATE`);
  const numbered = await tx.query<{ seq: number; sub: string | null; department: string }>(
    `UPDATE signals s SET seq = n.seq FROM (
       SELECT id, (SELECT head FROM signal_heads WHERE node = $1) + row_number() OVER (ORDER BY entered) AS seq
       FROM signals WHERE node = $1 AND seq IS NULL ORDER BY entered LIMIT ${NUMBERED}) AS n
     WHERE s.node = $1 AND s.id = n.id RETURNING s.seq, s.sub, s.department`,
  );
  if (numbered.length === 0) return null;
  const head = Math.max(...numbered.map(({ seq }) => seq));
  await tx.query(`UPDATE signal_heads SET head = $2 WHERE node = $1`, [head]);
  const subs = [...new Set(numbered.flatMap(({ sub }) => sub ?? []))];
  const standIns = await tx.query<{ sub: string }>(
    `SELECT DISTINCT stand_in AS sub FROM stand_ins
     WHERE node = $1 AND absent = ANY ($2) AND from_day <= $3 AND until_day >= $3`,
    [subs, dayOf(now)],
  );
  const people = [...new Set([...subs, ...standIns.map(({ sub }) => sub)])];
  const departments = new Set(numbered.flatMap(({ sub, department }) => (sub === null ? [department] : [])));
  const fits = people.length <= MOST_HINTED && departments.size <= MOST_HINTED;
  return { node: tx.node, head, people: fits ? people : null, departments: fits ? [...departments] : [] };
}
