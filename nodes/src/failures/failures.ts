import type { DivisionCode } from '@liandong/schema/kernel';
import { ProblemError } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import { isAway } from '../db/index.ts';
import { countFailure } from '../observability/index.ts';

/** The most failures remembered; beyond them the oldest may be logged again. */
const MOST_KNOWN = 10_000;

/** The subject of some work: the node, and the part of it, for example its `case`. It goes into the log as it is. */
export type Subject = Readonly<Record<string, string>> & { readonly node: DivisionCode };

/**
 * Works over cases and nodes, and goes on after a failure. The failure is counted (`liandong_failures_total`) and
 * logged, once for as long as it stays the same.
 */
export class Failures {
  readonly #log: Logger;
  /** The present failures, and their reasons. */
  readonly #known = new Map<string, string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * Does the work for each, one after the other.
   * @param job what is done, in the words of the log and the metric: `deemed acceptance`
   * @returns how many failed
   * @throws DATABASE_UNAVAILABLE where the database serves no one at the moment
   */
  async each<T>(
    job: string,
    things: Iterable<T> | AsyncIterable<T>,
    subjectOf: (thing: T) => Subject,
    work: (thing: T) => Promise<unknown>,
  ): Promise<number> {
    let failed = 0;
    for await (const thing of things) {
      const done = await this.attempt(job, subjectOf(thing), () => work(thing));
      if (!done) failed++;
    }
    return failed;
  }

  /**
   * Does one piece of work.
   * @returns whether it was done
   * @throws DATABASE_UNAVAILABLE as {@link each}
   */
  async attempt(job: string, subject: Subject, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (isAway(error)) throw error;
      this.note(job, subject, error);
      return false;
    }
    if (this.#known.delete(keyOf(job, subject))) this.#log.info(subject, `${job} succeeds again`);
    return true;
  }

  /** Makes a result of each thing, and leaves out the things for which that fails. */
  map<T, R>(job: string, things: readonly T[], subjectOf: (thing: T) => Subject, make: (thing: T) => R): R[] {
    return things.flatMap((thing) => {
      try {
        return [make(thing)];
      } catch (error) {
        this.note(job, subjectOf(thing), error);
        return [];
      }
    });
  }

  /** Counts a failure that was caught elsewhere, and logs it unless it is known. */
  note(job: string, subject: Subject, error: unknown): void {
    const code = error instanceof ProblemError ? error.code : 'INTERNAL';
    countFailure(job, subject.node, code);
    const reason = error instanceof Error ? error.message : typeof error;
    const key = keyOf(job, subject);
    if (this.#known.get(key) === reason) return;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, reason);
    this.#log.warn({ ...subject, code, err: error }, `${job} failed, other work continues`);
  }
}

function keyOf(job: string, subject: Subject): string {
  return [job, ...Object.values(subject)].join(' ');
}
