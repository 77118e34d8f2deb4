import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * Files that take minutes, however short they are to read, as they begin. The longest comes first, so that no core is
 * idle in the end; beside it, as it is the heaviest too, those that mostly wait, and the demo behind it.
 */
const LONG = ['chaos', 'one-federation', 'faults', 'moves', 'programs', 'upgrade', 'leafs'].map(
  (name) => `e2e/${name}.test.ts`,
);

/** Begins long files first, in their order. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => LONG.findIndex((name) => moduleId.endsWith(name)) + 1 || Infinity;
    const sorted = await super.sort(files);
    const long = sorted.filter((file) => rank(file) !== Infinity).sort((a, b) => rank(a) - rank(b));
    return [...long, ...sorted.filter((file) => !long.includes(file))];
  }
}

/** Tests stand beside the code; `nodes` get a PostgreSQL of their own for the run, `e2e` whole federations. */
export default defineConfig({
  resolve: {
    conditions: ['source'],
    // the one copy of graphql that Node.js itself would load; vite would take its ES build beside it
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongFirst },
    projects: [
      // pure functions: nothing one file does is seen by another, and each would load them all anew
      { extends: true, test: { name: 'schema', include: ['schema/{src,runtime/src}/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'gateway', include: ['gateway/src/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'project', include: ['test/**/*.test.ts', 'load-tests/src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'nodes',
          include: ['nodes/src/**/*.test.ts'],
          isolate: false,
          globalSetup: ['nodes/src/testing/global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['load-tests/e2e/**/*.test.ts'],
          // each file runs a whole federation of ten processes: two at a time
          maxWorkers: 2,
          // beside another federation on one core the demo takes three minutes
          testTimeout: 360_000,
          hookTimeout: 360_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
