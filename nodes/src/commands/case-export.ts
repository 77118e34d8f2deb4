import { writeFile } from 'node:fs/promises';
import { problem } from '@liandong/schema';
import { exportCase } from '../exports/index.ts';
import type { Terminal } from './opening.ts';
import { findValue, parseCommand, requireValue, withNode } from './opening.ts';

export const CASE_USAGE = `  case export <id> --node <code> [--out <file>] [--with-application] [--with-materials]
                                            write a case with all that verify needs: its signed lines, certificates,
                                            digests of materials, sealed by the node; --with-… adds personal data
`;

const OPTIONS = {
  node: { type: 'string' },
  out: { type: 'string' },
  'with-application': { type: 'boolean' },
  'with-materials': { type: 'boolean' },
} as const;

/** `liandong case …`. */
export async function runCase(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { args, values } = parseCommand(argv, OPTIONS);
  const [command, id] = args;
  if (command !== 'export') throw problem('BAD_INPUT', `There is no command "case ${command ?? ''}".`);
  if (id === undefined) throw problem('BAD_INPUT', 'Name the case by its id.');
  const text = await withNode(terminal, requireValue(values, 'node'), { keys: true }, ({ db, node, issuing }) =>
    exportCase(db, node, issuing.trust, id, {
      application: values['with-application'] === true,
      materials: values['with-materials'] === true,
      now: issuing.now(),
    }),
  );
  const out = findValue(values, 'out');
  if (out === null) terminal.print(text);
  else await writeFile(out, text, { mode: 0o600 });
  return 0;
}
