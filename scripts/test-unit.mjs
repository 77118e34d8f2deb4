// npm run test:unit: the tests of schema and gateway that start no broker, program or browser, and are done in a minute.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR, main, requirePackages, run } from './setup.mjs';

/** Imports of a test file that starts another process. */
const STARTS = /from '(?:[^']*\/nats-broker\.ts|node:child_process|playwright-core|[^']*\/tls\.ts)'/;

/**
 * Slow tests: generated journeys, hostile inputs, the largest texts and bodies that are let in, passwords at their real
 * cost. `npm test` runs them, and so does a command that names files.
 */
const LONG = [
  '**/case-journeys*.test.ts',
  'schema/src/operation/step-guards.test.ts',
  '**/*fuzz.test.ts',
  'gateway/src/texts.test.ts',
  'gateway/src/bodies.test.ts',
  'gateway/src/commands/commands.test.ts',
  'gateway/src/edge-guard.test.ts',
];

function testsThatStartSomething() {
  const files = readdirSync(join(PROJECT_DIR, 'gateway', 'src'), { recursive: true });
  return files
    .map((file) => `gateway/src/${String(file)}`)
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => STARTS.test(readFileSync(join(PROJECT_DIR, file), 'utf8')));
}

await main(async () => {
  await requirePackages();
  const filters = process.argv.slice(2);
  const left = [...testsThatStartSomething(), ...(filters.length === 0 ? LONG : [])];
  const exclude = left.flatMap((file) => ['--exclude', file]);
  const projects = ['--project', 'schema', '--project', 'gateway'];
  process.exitCode = await run('node_modules/.bin/vitest', ['run', ...projects, ...exclude, ...filters]);
});
