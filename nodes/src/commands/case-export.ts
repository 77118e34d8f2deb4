import { writeFile } from 'node:fs/promises';
import { problem } from '@liandong/schema/kernel';
import { exportCase } from '../exports/index.ts';
import { noteCommandRead } from '../reads/index.ts';
import type { Terminal } from './opening.ts';
import { commandReader, findValue, parseCommand, requireValue, withNode } from './opening.ts';

export const CASE_USAGE = `  case export <id> --node <code> [--out <file>] [--with-application] [--with-materials] [--why <text>] [--by <name>]
                                            write a case with all that verify needs: its signed lines, certificates,
                                            digests of materials, sealed by the node; --with-… adds personal data,
                                            needs --why, and is told to whom the case is about
`;

const OPTIONS = {
  node: { type: 'string' },
  out: { type: 'string' },
  'with-application': { type: 'boolean' },
  'with-materials': { type: 'boolean' },
  why: { type: 'string' },
  by: { type: 'string' },
} as const;

/** `liandong case …`. */
export async function runCase(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { args, values } = parseCommand(argv, OPTIONS);
  const [command, id] = args;
  if (command !== 'export') throw problem('BAD_INPUT', `There is no command "case ${command ?? ''}".`);
  if (id === undefined) throw problem('BAD_INPUT', 'Name the case by its id.');
  const parts = (['application', 'materials'] as const).filter((part) => values[`with-${part}`] === true);
  const reader = parts.length === 0 ? null : commandReader(values, 'case export');
  const text = await withNode(terminal, requireValue(values, 'node'), { keys: true }, async (opened) => {
    const { db, node, issuing } = opened;
    const exported = await exportCase(db, node, issuing.trust, id, {
      application: parts.includes('application'),
      materials: parts.includes('materials'),
      now: issuing.now(),
    });
    const what = { kind: 'CASE' as const, subject: id, fields: parts };
    if (reader) await noteCommandRead(db, node, reader, what, issuing.now());
    return exported;
  });
  const out = findValue(values, 'out');
  if (out === null) terminal.print(text);
  else await writeFile(out, text, { mode: 0o600 });
  return 0;
}
