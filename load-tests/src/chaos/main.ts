import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { runNaive } from './naive-suite.ts';
import type { FaultKind } from './schedule.ts';
import { FAULTS, FAULT_KINDS } from './schedule.ts';
import { runSuite } from './suite.ts';

const RESULTS_DIR = fileURLToPath(new URL('../../results/', import.meta.url));
const USAGE = `npm run chaos -- --handoffs N [--seed S] [--times T] [--faults a,b] [--json] [--keep]
npm run chaos -- --naive [--handoffs N] [--seed S] [--json]

Runs a federation under load while parts of it are broken, and looks at the databases afterwards. --seed decides what
breaks when (today's date when left out), --times how often each kind (3), --faults which kinds (all). --json prints
the result alone, one JSON object; else it is the last line. --keep stores it in load-tests/results. --naive runs one
whose hosts were not thought through, in two ways one after the other, and ends well when both are found out.

${Object.entries(FAULTS)
  .map(([kind, words]) => `  ${kind.padEnd(16)} ${words}`)
  .join('\n')}
`;
async function main(): Promise<void> {
  const values = parse();
  if (values.help || (values.handoffs === undefined && !values.naive)) {
    process.stdout.write(USAGE);
    return;
  }
  const tell = (line: string) => void (values.json || process.stdout.write(`${line}\n`));
  // a run that is ended early leaves nothing running or mounted
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => ending.abort(problem('BAD_INPUT', `The run was ended by ${name}.`)));
  }
  const { signal } = ending;
  const seed = values.seed ?? new Date().toISOString().slice(0, 10);
  const result = values.naive
    ? await runNaive(
        {
          handOffs: number(values.handoffs, 500),
          seed,
          times: number(values.times, 2),
          open: number(values.open, 120),
          signal,
        },
        tell,
      )
    : await runSuite(
        {
          handOffs: number(values.handoffs, 0),
          seed,
          times: number(values.times, 3),
          kinds: kindsOf(values.faults),
          open: number(values.open, 240),
          signal,
        },
        tell,
      );
  if (values.keep && 'machine' in result) {
    mkdirSync(RESULTS_DIR, { recursive: true });
    const name = `${result.machine.at.slice(0, 10)}-chaos-${result.machine.commit}.json`;
    writeFileSync(join(RESULTS_DIR, name), `${JSON.stringify(result, null, 2)}\n`);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!result.ok) process.exitCode = 1;
}

function kindsOf(text: string | undefined): readonly FaultKind[] {
  if (text === undefined) return FAULT_KINDS;
  return text.split(',').map((name) => {
    const kind = FAULT_KINDS.find((k) => k === name);
    if (!kind) throw problem('BAD_INPUT', `There is no fault "${name}".`);
    return kind;
  });
}

function parse() {
  try {
    return parseArgs({
      options: {
        handoffs: { type: 'string' },
        seed: { type: 'string' },
        times: { type: 'string' },
        open: { type: 'string' },
        faults: { type: 'string' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        naive: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw problem('BAD_INPUT', (cause as Error).message, { cause });
  }
}

function number(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw problem('BAD_INPUT', `"${text ?? ''}" is no whole number above 0.`);
  return value;
}

main().catch((error: unknown) => {
  const text = error instanceof ProblemError ? `${error.code}: ${error.message}` : String((error as Error).stack);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
