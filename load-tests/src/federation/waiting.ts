import { setTimeout as pause } from 'node:timers/promises';

/** How long something is waited for, ms. */
const PATIENCE_MS = 60_000;
/**
 * Between two looks, ms: short at first, for what takes moments; then longer and longer, as every look is answered by
 * the federation that is waited for.
 */
const [FIRST_MS, LONGEST_MS, GROWTH] = [15, 250, 1.3];

/**
 * Looks until what is seen is as described.
 * @param what is waited for; said when it does not come about
 * @throws {Error} with what was seen last
 */
export async function when<T>(look: () => Promise<T>, seen: (now: T) => boolean, what: string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let wait = FIRST_MS; ; wait = Math.min(wait * GROWTH, LONGEST_MS)) {
    const now = await look();
    if (seen(now)) return now;
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}; it is ${JSON.stringify(now ?? null)}`);
    await pause(wait);
  }
}
