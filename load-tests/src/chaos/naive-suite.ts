import type { NaiveVariant } from './naive.ts';
import type { FaultKind } from './schedule.ts';
import type { SuiteOptions, SuiteResult } from './suite.ts';
import { runOn, withBroken } from './suite.ts';

/** The faults for each variant: those it does not survive. */
const KINDS: Readonly<Record<NaiveVariant, readonly FaultKind[]>> = {
  trusting: ['hubWiped', 'leafWiped'],
  forgetful: ['duplicated'],
};

export interface NaiveResult {
  /** Whether the suite found both out: the one loses cases, the other does things twice. */
  ok: boolean;
  /** The second variant's findings include those of the first: it goes on with the same databases. */
  variants: Record<NaiveVariant, Omit<SuiteResult, 'ok'>>;
}

/**
 * Checks that the suite finds out both naive variants: the one that trusts the broker, and the one that forgets what it
 * did. Starting a federation costs more than finding either out, so the hosts of one federation are the first variant,
 * and then the other.
 */
export async function runNaive(
  options: Omit<SuiteOptions, 'naive' | 'kinds'>,
  tell: (line: string) => void,
): Promise<NaiveResult> {
  return withBroken({ ...options, naive: 'trusting' }, tell, async (broken) => {
    const run = async (naive: NaiveVariant) => {
      tell(`${naive}:`);
      const seed = `${options.seed} ${naive}`;
      const { ok: _, ...result } = await runOn(broken, { ...options, seed, naive, kinds: KINDS[naive] }, tell);
      return result;
    };
    const trusting = await run('trusting');
    await broken.become('forgetful');
    const forgetful = await run('forgetful');
    const ok = trusting.lost > 0 && forgetful.duplicated > trusting.duplicated;
    return { ok, variants: { trusting, forgetful } };
  });
}
