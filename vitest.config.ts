import { defineConfig } from 'vitest/config';

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
    projects: [
      { extends: true, test: { name: 'schema', include: ['schema/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'gateway', include: ['gateway/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'project', include: ['test/**/*.test.ts', 'load-tests/src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'nodes',
          include: ['nodes/src/**/*.test.ts'],
          globalSetup: ['nodes/src/testing/global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['load-tests/e2e/**/*.test.ts'],
          // each file runs a whole federation of eight processes: one at a time
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
