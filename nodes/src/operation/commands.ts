import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { ProblemError, problem } from '@liandong/schema';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import type { HostConfig } from '../config.ts';
import { HostDb, migrate } from '../db/index.ts';
import type { ParkedMessage } from '../handoff/index.ts';
import { decideParked, getParked, listParked } from '../handoff/index.ts';
import { forceLife, healingState, waitNoLonger } from '../restore/index.ts';
import type { Finding } from './doctor.ts';
import { examine } from './doctor.ts';

export const OPERATION_USAGE = `  doctor [--json]                           look this host over and say in plain words what is wrong and what to do
  parked list --node <code>                 messages that could not be processed, with the reason
  parked show <id> --node <code> [--body]   one of them; --body prints its text, which may hold personal data
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

export interface OperationOptions {
  node?: string | undefined;
  out?: string | undefined;
  reason?: string | undefined;
  body?: boolean | undefined;
  json?: boolean | undefined;
}

type Print = (text: string) => void;

/**
 * Runs a command of operation.
 * @returns the exit code; null when it is none of these commands
 * @throws {ProblemError}
 */
export async function runOperation(
  words: readonly string[],
  options: OperationOptions,
  environment: Record<string, string | undefined>,
  print: Print,
): Promise<number | null> {
  const [first = '', second = '', argument] = words;
  switch (`${first} ${second}`.trim()) {
    case 'doctor':
      return doctor(environment, options.json ?? false, print);
    case 'parked list':
      return withNode(environment, options, async (db, node) => {
        const parked = await listParked(db, node);
        print(parked.length === 0 ? 'No message waits for people.\n' : parked.map(line).join(''));
      });
    case 'parked show':
      return withNode(environment, options, async (db, node) => {
        const parked = await getParked(db, node, named(argument));
        print(`${line(parked)}${parked.reason}\n`);
        if (options.body) print(`${parked.body}\n`);
      });
    case 'parked retry':
      return withNode(environment, options, async (db, node) => {
        await decideParked(db, node, named(argument), 'RETRY', person(), null);
        print('The host tries it again within seconds; liandong parked show tells what came of it.\n');
      });
    case 'parked answer':
      return withNode(environment, options, async (db, node) => {
        const reason = options.reason?.trim() ?? '';
        if (reason === '')
          throw problem('BAD_INPUT', '--reason is missing: the sender is told why.', { field: 'reason' });
        await decideParked(db, node, named(argument), 'REFUSE', person(), reason);
        print('The host refuses it within seconds and tells its sender.\n');
      });
    case 'backup create':
      return backup(readConfig(environment), options.out, print);
    case 'restore load':
      return load(readConfig(environment), argument, print);
    case 'restore begin':
      return withNode(environment, options, async (db, node, config) => {
        await migrate(config.databaseUrl);
        await forceLife(db, node, () => new Date(), pino({ level: 'silent' }));
        print('When the host starts it asks all others what they hold of the node.\n');
      });
    case 'restore status':
      return withNode(environment, options, async (db, node) => print(await healing(db, node)));
    case 'restore skip':
      return withNode(environment, options, async (db, node) => {
        const skipped = await waitNoLonger(db, node, named(argument).split(','));
        print(
          `Waits no longer for ${skipped.join(', ') || 'anybody'}. What they hold may differ from what is done now.\n`,
        );
      });
    default:
      return null;
  }
}

async function doctor(environment: Record<string, string | undefined>, json: boolean, print: Print): Promise<number> {
  let findings: Finding[];
  try {
    findings = await examine(readConfig(environment), () => new Date());
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    findings = [{ part: 'settings', state: 'BAD', text: error.message }];
  }
  if (json) print(`${JSON.stringify(findings)}\n`);
  else for (const { part, state, text } of findings) print(`${state.padEnd(5)}${part.padEnd(11)} ${text}\n`);
  return findings.some((f) => f.state === 'BAD') ? 1 : 0;
}

async function withNode(
  environment: Record<string, string | undefined>,
  options: OperationOptions,
  work: (db: HostDb, node: string, config: HostConfig) => Promise<void>,
): Promise<number> {
  const config = readConfig(environment);
  const { node } = options;
  if (node === undefined || node === '') throw problem('BAD_INPUT', '--node is missing.', { field: 'node' });
  if (!config.nodes.includes(node)) throw problem('MISROUTED', `Host ${config.host} does not serve ${node}.`);
  const db = new HostDb(config.databaseUrl, 2, () => undefined);
  try {
    await work(db, node, config);
    return 0;
  } finally {
    await db.close();
  }
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

async function backup(config: HostConfig, out: string | undefined, print: Print): Promise<number> {
  if (out === undefined) throw problem('BAD_INPUT', '--out is missing.', { field: 'out' });
  await postgresTool(config, 'pg_dump', ['--format=custom', '--no-owner', `--file=${out}`]);
  print(`Wrote ${out}. Keep it apart from this machine; it holds personal data.\n`);
  return 0;
}

async function load(config: HostConfig, file: string | undefined, print: Print): Promise<number> {
  const db = new HostDb(config.databaseUrl, 2, () => undefined);
  try {
    const [used] = await db.queryHost(`SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1`);
    if (used) throw problem('BAD_INPUT', 'The database is not empty. Make a new one and name it in the settings.');
  } finally {
    await db.close();
  }
  const database = new URL(config.databaseUrl).pathname.slice(1);
  await postgresTool(config, 'pg_restore', [
    '--no-owner',
    '--exit-on-error',
    '--single-transaction',
    `--dbname=${database}`,
    named(file),
  ]);
  print('Read. Start the host: it sees that its database is another and asks others what they hold of its nodes.\n');
  return 0;
}

/** @throws {ProblemError} DATABASE_UNAVAILABLE with the last line the tool said, BAD_CONFIG when it is not installed */
async function postgresTool(config: HostConfig, tool: string, parameters: readonly string[]): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(config.databaseUrl);
  // by the environment: a password on a command line is seen by everybody on the machine
  const env = {
    ...process.env,
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
  };
  const { code, said } = await new Promise<{ code: number; said: string }>((resolve, reject) => {
    const child = spawn(tool, parameters, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-2_000);
    });
    child.once('error', (cause) => {
      reject(problem('BAD_CONFIG', `${tool} is not installed: take it from PostgreSQL's client package.`, { cause }));
    });
    child.once('close', (status) => resolve({ code: status ?? 1, said }));
  });
  if (code !== 0) throw problem('DATABASE_UNAVAILABLE', `${tool} failed: ${said.trim()}`);
}

function line({ id, parkedAt, sender, kind, code, decision, resolvedAt }: ParkedMessage): string {
  const state = resolvedAt ? 'settled' : decision ? `${decision.toLowerCase()} under way` : 'waits';
  return `${id}  ${parkedAt.toISOString()}  ${kind} from ${sender}  ${code}  ${state}\n`;
}

function named(argument: string | undefined): string {
  if (argument === undefined || argument === '') throw problem('BAD_INPUT', 'The command names nothing to work on.');
  return argument;
}

/** Who decided, for the record. */
function person(): string {
  return userInfo().username;
}
