#!/usr/bin/env node
import { ProblemError } from '@liandong/schema/kernel';
import { runCommand } from './commands/index.ts';

const { stdin, stderr, stdout, env } = process;

runCommand(process.argv.slice(2), { stdin, stderr, environment: env, print: (text) => stdout.write(text) })
  .catch((error: unknown) => {
    const said =
      error instanceof ProblemError
        ? error.problems.map((p) => `${p.code}: ${p.message}`).join('\n')
        : `INTERNAL: ${(error as Error).stack ?? String(error)}`;
    stderr.write(`${said}\n`);
    process.exitCode = 1;
  })
  // an open terminal would keep the process running
  .finally(() => stdin.destroy());
