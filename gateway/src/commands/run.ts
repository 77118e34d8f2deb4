import { parseArgs } from 'node:util';
import { problem } from '@liandong/schema/kernel';
import type { Command, Terminal } from './command.ts';
import { ISSUER_COMMANDS, ISSUER_USAGE } from './issuer.ts';
import { PEOPLE_COMMANDS, PEOPLE_USAGE } from './people.ts';

const USAGE = `liandong-gateway <command>: people and keys of the embedded issuer

${PEOPLE_USAGE}${ISSUER_USAGE}
A gateway that runs goes on with the files as they stand then; LIANDONG_DIVISIONS_FILE names the places.
`;

const text = { type: 'string' } as const;
const OPTIONS = {
  file: text,
  name: text,
  division: text,
  roles: text,
  department: text,
  window: text,
  help: { type: 'boolean', short: 'h' },
} as const;

const COMMANDS = new Map<string, Command>(Object.entries({ ...PEOPLE_COMMANDS, ...ISSUER_COMMANDS }));

/**
 * Runs a command of the embedded issuer.
 * @throws {ProblemError} BAD_INPUT, BAD_CONFIG, NOT_FOUND, UNKNOWN_DIVISION; the files are then unchanged
 */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<void> {
  const { positionals, values } = parse(argv);
  const { help, ...given } = values;
  const [group = '', name = '', subject, ...more] = positionals;
  if (help === true || group === '') return terminal.print(USAGE);
  const command = COMMANDS.get(`${group} ${name}`);
  if (!command || more.length > 0) {
    const said = positionals.join(' ').slice(0, 100);
    throw problem('BAD_INPUT', `There is no command "${said}". liandong-gateway --help lists them.`);
  }
  return command(terminal, given, subject);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw problem('BAD_INPUT', (cause as Error).message, { cause });
  }
}
