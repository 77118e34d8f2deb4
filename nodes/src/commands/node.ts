import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '@liandong/schema';
import { leftToHandOver } from '../cases/index.ts';
import type { HostConfig } from '../config.ts';
import { readConfig } from '../config.ts';
import { HostDb, migrate } from '../db/index.ts';
import { closeNode } from '../keys/index.ts';
import {
  beginMove,
  findMoves,
  forgetNode,
  readNodeFileHead,
  setMove,
  takeNodeIn,
  writeNodeFile,
} from '../moves/index.ts';
import type { Move } from '../moves/index.ts';
import { readTopology } from '../topology/index.ts';
import { readKeys, readPassphrase, writeKey } from '../trust/index.ts';
import { readDataKeys, writeDataKeys } from '../vault/index.ts';
import type { OpenedNode, Terminal, Values } from './opening.ts';
import { actorOf, findInstant, findValue, parseCommand, requireValue, withNode } from './opening.ts';

export const NODE_USAGE = `  node release --node <code> --to <host> --out <dir> --why <text> [--stopped]
                                            have this host stop serving a node, and write all its rows and its keys to a
                                            directory for the host it moves to; --stopped where this host does not run.
                                            Given again, it goes on where it was interrupted
  node take-in <dir> [--keys-passphrase-file <file>]
                                            take in what another host released: all of it, checked row by row, or
                                            nothing; the keys are encrypted with this host's own passphrase. The file
                                            is that of the passphrase they travel with, the releasing host's
  node keep --node <code> --why <text> [--not-taken-in]
                                            undo a release; --not-taken-in says that nobody took in what was written
  node forget --node <code> --taken-in      take away what a node left behind here, once the other host serves it
  node moves --node <code>                  where the node's last move stands
  node close <code> --node <parent> --successor <code> --why <text> [--keys-until <instant>]
                                            close a node (撤并), given on its parent's host: it takes nothing new in, its
                                            open cases go to the successor, which is the parent or another of its
                                            children. Its keys end at the instant, a year from now unless told. Given
                                            again it does nothing
  node closing --node <code>                on the closed node's host: what it still has to hand over, and why
`;

const OPTIONS = {
  node: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
  why: { type: 'string' },
  by: { type: 'string' },
  stopped: { type: 'boolean' },
  'not-taken-in': { type: 'boolean' },
  'taken-in': { type: 'boolean' },
  successor: { type: 'string' },
  'keys-until': { type: 'string' },
  'keys-passphrase-file': { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** How long the host is waited for to stop serving a node, ms. */
const PATIENCE_MS = 60_000;

const NODE_FILE = 'node.jsonl.gz';
const KEYS_DIR = 'keys';

/** `liandong node …` */
export async function runNode(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { args, values } = parseCommand(argv, OPTIONS);
  const [command = '', argument] = args;
  if (values['help'] === true) {
    terminal.print(NODE_USAGE);
    return 0;
  }
  const atNode = NODE_COMMANDS[command];
  if (atNode) {
    await withNode(terminal, requireValue(values, 'node'), { keys: true }, (opened) =>
      atNode(opened, values, argument),
    );
    return 0;
  }
  const run = COMMANDS[command];
  if (!run) throw problem('BAD_INPUT', `There is no command "node ${command}". liandong --help lists them.`);
  const config = readConfig(terminal.environment);
  await migrate(config.databaseUrl);
  const db = new HostDb(config.databaseUrl, 2, () => undefined);
  try {
    await run({ config, db, print: terminal.print }, values, argument);
    return 0;
  } finally {
    await db.close();
  }
}

/** Commands that speak in a node's name, or ask what it knows. */
const NODE_COMMANDS: Record<
  string,
  (opened: OpenedNode, values: Values, argument: string | undefined) => Promise<void>
> = { close, closing };

/** How long a closed node's keys last unless told otherwise: longer than any limit of what it handed over, ms. */
const KEYS_LAST_MS = 365 * 86_400_000;

async function close(
  { print, config, db, issuing, node: parent }: OpenedNode,
  values: Values,
  code: string | undefined,
): Promise<void> {
  if (code === undefined) throw problem('BAD_INPUT', 'Name the node to close.', { field: 'node' });
  const successor = requireValue(values, 'successor');
  const why = requireValue(values, 'why');
  if (issuing.divisions.find(successor)) await requireHosted(config, successor);
  const now = issuing.now();
  const keysUntil = findInstant(values, 'keys-until') ?? new Date(now.getTime() + KEYS_LAST_MS);
  if (keysUntil <= now) throw problem('BAD_INPUT', '--keys-until has passed.', { field: 'keys-until' });
  const actor = actorOf(values);
  const fresh = await db.transact(parent, (tx) =>
    closeNode(tx, issuing, { node: code, successor, keysUntil, why, actor }),
  );
  print(
    fresh
      ? `Closed ${code}; ${successor} takes its place. It hands its open cases over as soon as it knows.\n`
      : `${code} was closed before.\n`,
  );
  print(
    `Let its host run until its keys end: it answers for what it had. There: liandong node closing --node ${code}\n`,
  );
}

/** @throws {ProblemError} NODE_UNREACHABLE for a node that stands at no host of the topology */
async function requireHosted({ topologyFile }: HostConfig, node: string): Promise<void> {
  if (topologyFile === null) return;
  const { hosts } = await readTopology(topologyFile);
  if (hosts.some(({ nodes }) => nodes.includes(node))) return;
  throw problem('NODE_UNREACHABLE', `${node} stands at no host of ${topologyFile}.`, { node, field: 'successor' });
}

async function closing({ print, db, node, issuing }: OpenedNode): Promise<void> {
  const own = issuing.trust.successionOf(node);
  if (!own) {
    print(`${node} is open.\n`);
    return;
  }
  print(`Closed on ${own.at.toISOString()}; ${own.successor} took its place: ${own.why}\n`);
  const { NONE, PROCEDURE, JOINT, HEARING, IN_TRANSIT } = await leftToHandOver(db.queries(node));
  print(`${NONE} cases to hand over, ${IN_TRANSIT} on their way, ${PROCEDURE} in a special procedure, `);
  print(`${JOINT} in joint handling, ${HEARING} in a hearing: these are brought to an end here first.\n`);
}

interface Opened {
  config: HostConfig;
  db: HostDb;
  print: Terminal['print'];
}

const COMMANDS: Record<string, (opened: Opened, values: Values, argument: string | undefined) => Promise<void>> = {
  release,
  'take-in': takeIn,
  keep,
  forget: async ({ config, db, print }, values) => {
    const node = nodeOf(config, values);
    if (values['taken-in'] !== true) {
      throw problem('BAD_INPUT', `Make sure that the other host serves ${node}, and say --taken-in.`);
    }
    print(`Took the rows of ${node} out of ${await forgetNode(db, node)} tables.\n`);
  },
  moves: async ({ config, db, print }, values) => {
    const [move] = await findMoves(db, [nodeOf(config, values)]);
    print(
      move ? `${move.state}: from ${move.fromHost} to ${move.toHost}, move ${move.number}.\n` : 'It never moved.\n',
    );
  },
};

async function release({ config, db, print }: Opened, values: Values): Promise<void> {
  const node = nodeOf(config, values);
  const toHost = requireValue(values, 'to');
  const out = requireValue(values, 'out');
  const why = requireValue(values, 'why');
  if (toHost === config.host) throw problem('BAD_INPUT', `${node} is at ${toHost} already.`, { field: 'to' });
  // what can't be given along is found before anything stops
  const passphrase = await readPassphrase(config.keysPassphraseFile);
  const keys = await readKeys(config.keysDir, [node], passphrase);
  const dataKeys = await readDataKeys(config.keysDir, [node], passphrase);
  await mkdir(join(out, KEYS_DIR), { recursive: true, mode: 0o700 });
  const move = await beginMove(db, node, { fromHost: config.host, toHost, actor: actorOf(values), why });
  if (values['stopped'] === true) await setMove(db, move, ['LEAVING'], 'STILL');
  await stillness(db, move);
  print(`${node} is served here no more.\n`);
  const digests = await writeNodeFile(db, move, join(out, NODE_FILE));
  for (const key of keys) await writeKey(join(out, KEYS_DIR), key, passphrase);
  if (dataKeys.length > 0) await writeDataKeys(join(out, KEYS_DIR), dataKeys, passphrase);
  await setMove(db, move, ['STILL'], 'LEFT');
  const rows = Object.values(digests).reduce((sum, digest) => sum + digest.rows, 0);
  print(
    `Wrote ${rows} rows of ${Object.keys(digests).length} tables and ${keys.length + dataKeys.length} keys to ${out}.\n`,
  );
  print(`Carry it to ${toHost} and give there: liandong node take-in <dir>. It holds personal data and keys.\n`);
}

async function stillness(db: HostDb, { node, number }: Move): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const [move] = await findMoves(db, [node]);
    if (move?.number === number && (move.state === 'STILL' || move.state === 'LEFT')) return;
    if (performance.now() > deadline) {
      throw problem(
        'NODE_MOVING',
        `The host did not stop serving ${node} yet. Give the command again, with --stopped where the host does not run.`,
        { node },
      );
    }
    await pause(100);
  }
}

async function takeIn({ config, db, print }: Opened, values: Values, dir: string | undefined): Promise<void> {
  if (dir === undefined) throw problem('BAD_INPUT', 'Name the directory that was released.');
  const file = join(dir, NODE_FILE);
  const head = await readNodeFileHead(file);
  const { node } = head;
  if (head.toHost !== config.host) {
    throw problem('BAD_INPUT', `${file} was released for host ${head.toHost}, and this is ${config.host}.`);
  }
  if (!config.nodes.includes(node)) {
    throw problem(
      'BAD_INPUT',
      `LIANDONG_NODES of this host does not name ${node}; take its settings of the new topology.`,
    );
  }
  const travelled = await readPassphrase(findValue(values, 'keys-passphrase-file') ?? config.keysPassphraseFile);
  const keys = await readKeys(join(dir, KEYS_DIR), [node], travelled);
  const dataKeys = await readDataKeys(join(dir, KEYS_DIR), [node], travelled);
  const digests = await takeNodeIn(db, file);
  await mkdir(config.keysDir, { recursive: true, mode: 0o700 });
  const own = await readPassphrase(config.keysPassphraseFile);
  const present = await readdir(config.keysDir);
  for (const key of keys) {
    if (!present.some((name) => name.startsWith(key.kid))) await writeKey(config.keysDir, key, own);
  }
  // what its rows are sealed with; a file that is here may hold other nodes' keys and is never written over
  const held = await readDataKeys(config.keysDir, [node], own);
  const missing = dataKeys.filter(({ kid }) => !held.some((key) => key.kid === kid));
  if (missing.length > 0) await writeDataKeys(config.keysDir, missing, own);
  const rows = Object.values(digests ?? {}).reduce((sum, digest) => sum + digest.rows, 0);
  print(digests ? `Took in ${rows} rows of ${node}, as they were there.\n` : `${node} was taken in before.\n`);
  print('Start this host, and give the gateways the new topology. Then delete the directory.\n');
}

async function keep({ config, db, print }: Opened, values: Values): Promise<void> {
  const node = nodeOf(config, values);
  requireValue(values, 'why');
  const [move] = await findMoves(db, [node]);
  if (move?.state === 'LEFT' && values['not-taken-in'] !== true) {
    throw problem(
      'BAD_INPUT',
      `${node} was written out for ${move.toHost}. If it was taken in there, two hosts would serve it: make sure, and say --not-taken-in.`,
    );
  }
  if (!move || !(await setMove(db, move, ['LEAVING', 'STILL', 'LEFT'], 'KEPT'))) {
    throw problem('BAD_INPUT', `${node} is not leaving.`);
  }
  print(`${node} stays. Start this host anew to have it served.\n`);
}

function nodeOf(config: HostConfig, values: Values): string {
  const node = requireValue(values, 'node');
  if (!config.nodes.includes(node)) throw problem('MISROUTED', `Host ${config.host} does not serve ${node}.`, { node });
  return node;
}
