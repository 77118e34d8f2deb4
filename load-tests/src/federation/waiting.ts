import { setTimeout as pause } from 'node:timers/promises';

/** Longest wait, ms. */
const PATIENCE_MS = 60_000;
/**
 * Pause between two looks, ms: short at first, for things that take moments; then longer and longer, as the federation
 * under test answers every look.
 */
const [FIRST_MS, LONGEST_MS, GROWTH] = [15, 250, 1.3];

/**
 * Looks until the result meets a condition.
 * @param what is waited for; part of the error if it does not happen
 * @param patience longest wait, ms
 * @throws {Error} with what was seen last
 */
export async function when<T>(
  look: () => Promise<T>,
  seen: (now: T) => boolean,
  what: string,
  patience = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (let wait = FIRST_MS; ; wait = Math.min(wait * GROWTH, LONGEST_MS)) {
    const now = await look();
    if (seen(now)) return now;
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}; it is ${JSON.stringify(now ?? null)}`);
    await pause(wait);
  }
}
