import { problem, ProblemError } from '@liandong/schema/kernel';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { withPlacedNodes } from '../host/index.ts';
import type { ParkedCase } from '../handoff/index.ts';
import { bodyOfParked, decideParked, getParked, listParked, subjectOfParked } from '../handoff/index.ts';
import { examine } from '../health/doctor.ts';
import type { Finding } from '../health/doctor-check.ts';
import { noteCommandRead } from '../reads/index.ts';
import { forceIncarnation, healingState, waitNoLonger } from '../restore/index.ts';
import { openVault } from '../sealing/index.ts';
import { dumpDatabase, loadDump } from './postgres-tools.ts';
import type { Terminal, Values } from './opening.ts';
import { actorOf, commandReader, parseCommand, readHost, requirePlaced, requireValue } from './opening.ts';

export const OPERATION_USAGE = `  doctor [--json]                           look this host over and say in plain words what is wrong and what to do
  parked list --node <code>                 messages that could not be processed, with the reason
  parked show <id> --node <code> [--body --why <text>]
                                            one of them; --body prints its text, which may hold personal data: who
                                            reads it, and why, is written down
  parked retry <id> --node <code>           try it once more
  parked answer <id> --node <code> --reason <text>
                                            refuse it; its sender is told, and a case that came with it goes back
  backup create --out <file>                dump the host's database (pg_dump, custom format)
  restore load <file>                       read a dump into the host's empty database (pg_restore)
  restore begin --node <code>               say that the database was put back; at its next start the host asks all
                                            others (done by itself where the database is seen to be another)
  restore status --node <code>              who gave back how much, and who is silent
  restore skip <code,…> --node <code>       wait no longer for these
`;

const OPTIONS = {
  node: { type: 'string' },
  out: { type: 'string' },
  reason: { type: 'string' },
  by: { type: 'string' },
  why: { type: 'string' },
  body: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** `liandong doctor`, `parked …`, `backup …`, `restore …`. */
export function runOperation(group: string): (argv: readonly string[], terminal: Terminal) => Promise<number> {
  return async (argv, terminal) => {
    const { args, values } = parseCommand(argv, OPTIONS);
    const [command = '', argument] = args;
    if (values['help'] === true) {
      terminal.print(OPERATION_USAGE);
      return 0;
    }
    const run = COMMANDS[`${group} ${command}`.trim()];
    if (!run) throw problem('BAD_INPUT', `There is no command "${group} ${command}". liandong --help lists them.`);
    return run(terminal, values, argument);
  };
}

type Run = (terminal: Terminal, values: Values, argument: string | undefined) => Promise<number>;

/** A command on one node's rows; it needs neither signing keys nor trust file. */
function onNode(
  work: (db: HostDb, node: string, terminal: Terminal, values: Values, argument: string | undefined) => Promise<void>,
): Run {
  return async (terminal, values, argument) => {
    const config = await readHost(terminal.environment);
    const node = requireValue(values, 'node');
    requirePlaced(config, node);
    const db = new HostDb(config.databaseUrl, 2, () => undefined, await openVault(config));
    try {
      await work(db, node, terminal, values, argument);
      return 0;
    } finally {
      await db.close();
    }
  };
}

const COMMANDS: Record<string, Run> = {
  doctor,
  'parked list': onNode(async (db, node, { print }) => {
    const parked = await listParked(db, node);
    print(parked.length === 0 ? 'No message waits for people.\n' : parked.map(line).join(''));
  }),
  'parked show': onNode(async (db, node, { print }, values, id) => {
    const parked = await getParked(db, node, named(id));
    print(`${line(parked)}${parked.reason}\n`);
    if (values['body'] !== true) return;
    const reader = commandReader(values, 'parked show');
    const body = await bodyOfParked(db, node, parked.id);
    await noteCommandRead(db, node, reader, { ...subjectOfParked(parked.id, body), fields: ['message'] }, new Date());
    print(`${body}\n`);
  }),
  'parked retry': onNode(async (db, node, { print }, values, id) => {
    await db.transact(node, (tx) => decideParked(tx, named(id), 'RETRY', actorOf(values), null));
    print('The host tries it again within seconds; liandong parked show tells what came of it.\n');
  }),
  'parked answer': onNode(async (db, node, { print }, values, id) => {
    const reason = requireValue(values, 'reason');
    await db.transact(node, (tx) => decideParked(tx, named(id), 'REFUSE', actorOf(values), reason));
    print('The host refuses it within seconds and tells its sender.\n');
  }),
  'backup create': async ({ environment, print }, values) => {
    const out = requireValue(values, 'out');
    await dumpDatabase(readConfig(environment), out);
    print(`Wrote ${out}. Keep it apart from this machine; it holds personal data.\n`);
    return 0;
  },
  'restore load': async ({ environment, print }, _, file) => {
    await loadDump(readConfig(environment), named(file));
    print('Read. Start the host: it sees that its database is another and asks others what they hold of its nodes.\n');
    return 0;
  },
  'restore begin': onNode(async (db, node, { print }) => {
    await forceIncarnation(db, node, () => new Date(), pino({ level: 'silent' }));
    print('When the host starts it asks all others what they hold of the node.\n');
  }),
  'restore status': onNode(async (db, node, { print }) => print(await healing(db, node))),
  'restore skip': onNode(async (db, node, { print }, _, peers) => {
    const skipped = await waitNoLonger(db, node, named(peers).split(','));
    print(`Waits no longer for ${skipped.join(', ') || 'anybody'}. What they hold may differ from what is done now.\n`);
  }),
};

async function doctor({ environment, print }: Terminal, values: Values): Promise<number> {
  let findings: Finding[];
  try {
    const config = readConfig(environment);
    // a topology that can't be read is a finding of its own
    findings = await examine(await withPlacedNodes(config).catch(() => config), () => new Date());
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    findings = [{ part: 'settings', state: 'BAD', text: error.message }];
  }
  if (values['json'] === true) print(`${JSON.stringify(findings)}\n`);
  else for (const { part, state, text } of findings) print(`${state.padEnd(5)}${part.padEnd(11)} ${text}\n`);
  return findings.some((f) => f.state === 'BAD') ? 1 : 0;
}

async function healing(db: HostDb, node: string): Promise<string> {
  const state = await healingState(db, node);
  if (!state?.askedSince) return `${node} was never restored.\n`;
  const { healedAt, askedSince, answered, cases, silent } = state;
  const head = healedAt
    ? `${node} is healed since ${healedAt.toISOString()}.`
    : `${node} waits for what others hold of it since ${askedSince.toISOString()}.`;
  return `${head}\n${answered} nodes answered and gave back ${cases} cases. Silent: ${silent.join(', ') || 'nobody'}.\n`;
}

function line({ id, parkedAt, sender, kind, code, retryAt, resolvedAt }: ParkedCase): string {
  const state = resolvedAt ? 'settled' : retryAt ? 'under way' : 'waits';
  return `${id}  ${parkedAt.toISOString()}  ${kind} from ${sender}  ${code}  ${state}\n`;
}

function named(argument: string | undefined): string {
  if (argument === undefined || argument === '') throw problem('BAD_INPUT', 'The command names nothing to work on.');
  return argument;
}
