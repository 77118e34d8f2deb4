import { BoundedCache } from '@liandong/schema/kernel';
import type { Gathered } from './gather.ts';

/** How long callers without a login get the last answer of all nodes, ms; less if some nodes were silent. */
const FRESH_MS = 60_000;
const FRESH_WITH_SILENT_MS = 10_000;
/** Most lines of all stored answers together. */
const MOST_LINES = 100_000;

/**
 * Runs questions to all nodes of a division, whose answers are the same for every caller. Each question runs once at a
 * time: callers who ask meanwhile wait for that run, and the public gets the last answer for a while.
 */
export class GatherRuns {
  readonly #underWay = new Map<string, Promise<Gathered>>();
  readonly #known = new BoundedCache<{ gathered: Gathered; until: number }>(MOST_LINES);
  readonly #now: () => number;

  /** @param now clock in ms, which tests replace */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * @param key the question and its arguments, as one text
   * @param isPublic whether a recent answer will do
   * @throws what `run` throws
   */
  async of(key: string, isPublic: boolean, run: () => Promise<Gathered>): Promise<Gathered> {
    const known = isPublic ? this.#known.find(key) : undefined;
    if (known && known.until > this.#now()) return known.gathered;
    let underWay = this.#underWay.get(key);
    if (!underWay) {
      underWay = this.#run(key, run).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, underWay);
    }
    return underWay;
  }

  async #run(key: string, run: () => Promise<Gathered>): Promise<Gathered> {
    const gathered = await run();
    const { drift, roster } = gathered;
    const silent = [drift, roster].reduce((sum, view) => sum + (view?.coverage.silent.length ?? 0), 0);
    const lines =
      1 + silent + (drift?.drift.length ?? 0) + (roster ? roster.gaps.length + roster.withoutNode.length : 0);
    const until = this.#now() + (silent > 0 ? FRESH_WITH_SILENT_MS : FRESH_MS);
    this.#known.keep(key, { gathered, until }, lines);
    return gathered;
  }
}
