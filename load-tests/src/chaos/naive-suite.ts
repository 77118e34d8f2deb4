import type { NaiveVariant } from './naive.ts';
import type { FaultKind } from './schedule.ts';
import type { SuiteOptions, SuiteResult } from './suite.ts';
import { runOn, withBroken } from './suite.ts';

/** What each is put to: what it does not stand. */
const KINDS: Readonly<Record<NaiveVariant, readonly FaultKind[]>> = {
  trusting: ['hubWiped', 'leafWiped'],
  forgetful: ['duplicated'],
};

export interface NaiveResult {
  /** Whether both were found out: the one as losing, the other as doing things twice. */
  ok: boolean;
  /** The findings on the second are on top of those on the first: it goes on with the same databases. */
  variants: Record<NaiveVariant, Omit<SuiteResult, 'ok'>>;
}

/**
 * Whether the suite finds out who trusts the broker, and who forgets what was done. To start a federation costs more
 * than to find either out: the hosts of one are the first, and then the other.
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
