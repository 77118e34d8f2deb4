import { AsyncResource } from 'node:async_hooks';
import type { DivisionCode } from '@liandong/schema/kernel';
import { shareTransaction } from './coalesced.ts';
import type { HostDb, SharedTx } from './host-db.ts';
import { isAway } from './unavailable.ts';

/** Most steps of one transaction: a step that waits for its locks should not hold up a whole centre. */
const MOST = 32;

interface Waiting {
  lane: string;
  work: (tx: SharedTx) => Promise<unknown>;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/**
 * The steps of one node's desks. Each is a business transaction of its own: done, or undone without a trace. Steps that
 * come while others are being written share the next database transaction, and steps that ask for the same kind of
 * thing share its statements: under load most of a step's cost is the statements around it. If one of them fails, all
 * are done again, each in a transaction of its own, so that a refused step costs its neighbours only time. On an idle
 * node, a step begins at once and alone.
 */
export class StepQueue {
  readonly #db: HostDb;
  readonly #node: DivisionCode;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(db: HostDb, node: DivisionCode) {
    this.#db = db;
    this.#node = node;
  }

  /**
   * Does a step in a transaction.
   * @param lane what the step changes, for example the id of a case: two steps of one lane never share a transaction,
   *   and they keep their order
   * @param work runs a second time if sharing failed; its first run is undone then
   * @throws what the work throws, or DATABASE_UNAVAILABLE
   */
  step<T>(lane: string, work: (tx: SharedTx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // the work keeps the trace of its caller
      this.#waiting.push({ lane, work: AsyncResource.bind(work), resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // steps asked for in the same turn of the event loop come along
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#transact(this.#take());
    this.#running = false;
  }

  /** The first waiting steps, one a lane. */
  #take(): Waiting[] {
    const lanes = new Set<string>();
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    for (const each of this.#waiting) {
      if (taken.length === MOST || lanes.has(each.lane)) left.push(each);
      else taken.push(each);
      lanes.add(each.lane);
    }
    this.#waiting = left;
    return taken;
  }

  async #transact(steps: readonly Waiting[]): Promise<void> {
    const [first, ...others] = steps;
    if (!first) return;
    if (others.length === 0) {
      await this.#alone(first);
      return;
    }
    try {
      const done = await this.#db.transact(this.#node, (tx) =>
        shareTransaction(
          tx,
          steps.map(({ work }) => work),
        ),
      );
      steps.forEach(({ resolve }, i) => {
        resolve(done[i] as never);
      });
    } catch (error) {
      if (isAway(error)) for (const { reject } of steps) reject(error);
      else await Promise.all(steps.map((step) => this.#alone(step)));
    }
  }

  async #alone({ work, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve((await this.#db.transact(this.#node, work)) as never);
    } catch (error) {
      reject(error);
    }
  }
}
