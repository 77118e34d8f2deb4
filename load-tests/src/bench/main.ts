import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { DriftResult } from './drift.ts';
import { drift } from './drift.ts';
import type { CasesResult } from './cases.ts';
import { cases } from './cases.ts';
import type { FirstPageResult } from './first-page.ts';
import { firstPage } from './first-page.ts';
import type { HandoffResult } from './handoff.ts';
import { handoff } from './handoff.ts';
import type { LifecycleResult } from './lifecycle.ts';
import { lifecycle } from './lifecycle.ts';
import type { PapersResult } from './papers.ts';
import { papers } from './papers.ts';
import type { SearchResult } from './search.ts';
import { search } from './search.ts';
import type { SignalsResult } from './signals.ts';
import { signals } from './signals.ts';
import type { SubtreeResult } from './subtree.ts';
import { subtree } from './subtree.ts';

const RESULTS_DIR = fileURLToPath(new URL('../../results/', import.meta.url));
const USAGE = `npm run bench -- lifecycle [--cases 300] [--concurrency 8] [--keep]
npm run bench -- search [--items 2000] [--nodes 10] [--rounds 20] [--keep]
npm run bench -- drift [--items 2000] [--nodes 295] [--rounds 20] [--keep]
npm run bench -- cases [--few 10000] [--many 1000000] [--rounds 20] [--lives 400] [--profile DIR] [--keep]
npm run bench -- papers [--cases 10000] [--papers 10000] [--bytes 500000] [--rounds 20] [--keep]
npm run bench -- first-page [--rounds 10] [--keep]
npm run bench -- signals [--readers 1000] [--rounds 20] [--keep]
npm run bench -- subtree [--nodes 300] [--cases 100000] [--hosts 10] [--rounds 40] [--keep]
npm run bench -- handoff [--handoffs 4000] [--backlog 2000] [--quiet 200] [--concurrency 8] [--seconds 10] [--profile DIR] [--keep]

Prints what it does, and its result as one JSON object on the last line; --keep stores it in load-tests/results.
`;

async function main(): Promise<void> {
  const { positionals, values } = parse();
  const [name] = positionals;
  if (values.help || name === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const result = await run(name, values, (line) => process.stdout.write(`${line}\n`));
  if (values.keep) {
    mkdirSync(RESULTS_DIR, { recursive: true });
    const file = join(RESULTS_DIR, `${result.machine.at.slice(0, 10)}-${name}-${result.machine.commit}.json`);
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

type Result =
  | HandoffResult
  | LifecycleResult
  | SearchResult
  | DriftResult
  | CasesResult
  | PapersResult
  | FirstPageResult
  | SignalsResult
  | SubtreeResult;

function run(name: string, values: Values, tell: (line: string) => void): Promise<Result> {
  switch (name) {
    case 'lifecycle':
      return lifecycle({ cases: number(values.cases, 300), concurrency: number(values.concurrency, 8) }, tell);
    case 'search':
      return search(
        { items: number(values.items, 2000), nodes: number(values.nodes, 10), rounds: number(values.rounds, 20) },
        tell,
      );
    case 'drift':
      return drift(
        { items: number(values.items, 2000), nodes: number(values.nodes, 295), rounds: number(values.rounds, 20) },
        tell,
      );
    case 'handoff':
      return handoff(
        {
          handoffs: number(values.handoffs, 4000),
          backlog: number(values.backlog, 2000),
          quiet: number(values.quiet, 200),
          concurrency: number(values.concurrency, 8),
          seconds: number(values.seconds, 10),
          profileDir: values.profile ?? null,
        },
        tell,
      );
    case 'cases':
      return cases(
        {
          few: number(values.few, 10_000),
          many: number(values.many, 1_000_000),
          rounds: number(values.rounds, 20),
          lives: number(values.lives, 400),
          profileDir: values.profile ?? null,
        },
        tell,
      );
    case 'papers':
      return papers(
        {
          cases: number(values.cases, 10_000),
          papers: number(values.papers, 10_000),
          bytes: number(values.bytes, 500_000),
          rounds: number(values.rounds, 20),
        },
        tell,
      );
    case 'first-page':
      return firstPage({ rounds: number(values.rounds, 10) }, tell);
    case 'signals':
      return signals({ readers: number(values.readers, 1_000), rounds: number(values.rounds, 20) }, tell);
    case 'subtree':
      return subtree(
        {
          nodes: number(values.nodes, 300),
          cases: number(values.cases, 100_000),
          rounds: number(values.rounds, 40),
          hosts: values.hosts === undefined ? [1, 10] : [number(values.hosts, 10)],
        },
        tell,
      );
    default:
      throw problem('BAD_INPUT', `There is no benchmark "${name}".`);
  }
}

type Values = ReturnType<typeof parse>['values'];

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        cases: { type: 'string' },
        concurrency: { type: 'string' },
        items: { type: 'string' },
        nodes: { type: 'string' },
        hosts: { type: 'string' },
        rounds: { type: 'string' },
        few: { type: 'string' },
        lives: { type: 'string' },
        papers: { type: 'string' },
        readers: { type: 'string' },
        bytes: { type: 'string' },
        many: { type: 'string' },
        handoffs: { type: 'string' },
        backlog: { type: 'string' },
        quiet: { type: 'string' },
        seconds: { type: 'string' },
        profile: { type: 'string' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
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
