import { Loop } from '../handoff/index.ts';
import type { JobParts } from './timed-jobs.ts';
import { timedJobs } from './timed-jobs.ts';

/**
 * Runs the host's timed jobs, each in a loop of its own. A failure at one node, or in one case, does not stop the
 * others.
 * @returns how to wait for what is under way
 */
export function startClockwork(
  parts: JobParts,
  onStop: (stop: () => Promise<void>) => void,
): { turn: () => Promise<void> } {
  const loops = timedJobs(parts).map(({ name, everyMs, work }) => {
    const once = async () => {
      await work();
      return false;
    };
    return new Loop(once, everyMs, (error) => parts.log.error({ err: error }, `${name} failed`));
  });
  for (const loop of loops) {
    loop.start();
    onStop(() => loop.stop());
  }
  return { turn: async () => void (await Promise.all(loops.map((loop) => loop.turn()))) };
}
