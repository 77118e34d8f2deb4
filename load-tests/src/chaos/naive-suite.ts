import type { NaiveVariant } from './naive.ts';
import { NAIVE } from './naive.ts';
import type { FaultKind } from './schedule.ts';
import type { SuiteOptions, SuiteResult } from './suite.ts';
import { runSuite } from './suite.ts';

/** What the naive ones are put to: what they do not stand. */
export const NAIVE_KINDS: readonly FaultKind[] = ['hubWiped', 'leafWiped', 'duplicated', 'linkCut'];

export interface NaiveResult {
  /** Whether both were found out: the one as losing, the other as doing things twice. */
  ok: boolean;
  variants: Record<NaiveVariant, Omit<SuiteResult, 'ok'>>;
}

/** Whether the suite finds out who trusts the broker, and who forgets what was done. */
export async function runNaive(
  options: Omit<SuiteOptions, 'naive'>,
  tell: (line: string) => void,
): Promise<NaiveResult> {
  const results: Partial<NaiveResult['variants']> = {};
  for (const naive of Object.keys(NAIVE) as NaiveVariant[]) {
    tell(`${naive}:`);
    const { ok: _, ...result } = await runSuite({ ...options, naive }, tell);
    results[naive] = result;
  }
  const variants = results as NaiveResult['variants'];
  const { trusting, forgetful } = variants;
  return { ok: trusting.lost > 0 && forgetful.duplicated > 0, variants };
}
