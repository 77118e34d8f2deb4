import { describe, expect, test } from 'vitest';
import { runNaive } from '../src/chaos/naive-suite.ts';
import { FAULT_KINDS } from '../src/chaos/schedule.ts';
import { runSuite } from '../src/chaos/suite.ts';

const MINUTES = 60_000;
const quiet = () => undefined;

describe('a federation whose parts break one after the other', () => {
  test(
    'loses nothing, does nothing twice, and counts right',
    async () => {
      const result = await runSuite({ handOffs: 300, seed: 'npm test', times: 1, open: 80 }, quiet);
      expect(result).toMatchObject({
        examples: [],
        lost: 0,
        duplicated: 0,
        doubleCustody: 0,
        orphaned: 0,
        figuresOff: 0,
        epochGaps: 0,
        unsound: 0,
        parked: 0,
        ok: true,
      });
      expect(result.handoffs).toBeGreaterThanOrEqual(300);
      expect(Object.keys(result.faults).sort()).toEqual([...FAULT_KINDS].sort());
    },
    15 * MINUTES,
  );
});

describe('the fault suite', () => {
  test(
    'finds out who trusts the broker’s acknowledgement, and who forgets what was done',
    async () => {
      const { variants } = await runNaive(
        { handOffs: 200, seed: 'npm test', times: 1, kinds: ['leafWiped', 'duplicated'], open: 60 },
        quiet,
      );
      expect(variants.trusting.lost).toBeGreaterThan(0);
      expect(variants.forgetful.duplicated).toBeGreaterThan(0);
    },
    15 * MINUTES,
  );
});
