// npm test: everything CI runs, from a fresh clone. The last line says how many passed and failed over all suites.
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { audit } from './audit.mjs';
import { main, PROJECT_DIR, run, setup, setupForTests } from './setup.mjs';

const bin = (name) => join('node_modules', '.bin', name);
const counts = { passed: 0, failed: 0 };

function count(name, passed, failed) {
  counts.passed += passed;
  counts.failed += failed;
  process.stdout.write(`${failed === 0 ? '✓' : '✗'} ${name}: ${passed} passed, ${failed} failed\n`);
}

async function check(name, command, args) {
  const code = await run(command, args, { quiet: true });
  count(name, code === 0 ? 1 : 0, code === 0 ? 0 : 1);
}

/** A registry that does not answer fails nothing: it is said, and counted neither way. */
async function packages() {
  const { outcome, said } = await audit();
  process.stdout.write(`${said}\n`);
  if (outcome !== 'NOT_ANSWERED') count('known faults of packages', ...(outcome === 'CLEAN' ? [1, 0] : [0, 1]));
}

/** Says where the time went: the files that took longest, from their first test's beginning to their last one's end. */
function tellSlowest(files) {
  const named = files.map(({ name, startTime, endTime }) => ({
    file: relative(PROJECT_DIR, name),
    seconds: Math.round((endTime - startTime) / 1000),
  }));
  const slowest = named
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 25);
  process.stdout.write(`slowest files, s: ${slowest.map(({ file, seconds }) => `${file} ${seconds}`).join(', ')}\n`);
}

async function tests(filters) {
  const report = join(tmpdir(), `liandong-tests-${process.pid}.json`);
  const code = await run(bin('vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ]);
  let passed = 0;
  let failed = code === 0 ? 0 : 1;
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    passed = result.numPassedTests;
    tellSlowest(result.testResults);
    failed = Math.max(
      failed,
      result.numFailedTests +
        result.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length,
    );
  } catch {
    failed = Math.max(failed, 1);
  }
  rmSync(report, { force: true });
  count('tests', passed, failed);
}

await main(async () => {
  const filters = process.argv.slice(2);
  await setup();
  await setupForTests();
  if (filters.length === 0) {
    await check('format', bin('prettier'), ['--check', '.']);
    await check('lint', bin('oxlint'), ['--type-aware', '--deny-warnings']);
    await check('types', bin('turbo'), ['run', 'typecheck', '--output-logs=errors-only', '--no-update-notifier']);
    await check('types of the tests and scripts', bin('tsc'), ['-p', 'tsconfig.check.json', '--noEmit']);
    await packages();
  }
  await tests(filters);
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
});
