import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { problem } from '@liandong/schema/kernel';
import type { HostConfig } from '../config.ts';
import { HostDb, migrate } from '../db/index.ts';
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
import { readKeys, readPassphrase, writeKey } from '../trust/index.ts';
import { readDataKeys, writeDataKeys } from '../vault/index.ts';
import { LIFE_COMMANDS, LIFE_OPTIONS, LIFE_USAGE } from './node-life.ts';
import type { Terminal, Values } from './opening.ts';
import { actorOf, findValue, parseCommand, readHost, requirePlaced, requireValue, withNode } from './opening.ts';

export const NODE_USAGE = `  node release --node <code> --to <host> --out <dir> --why <text> [--stopped]
                                            have this host stop serving a node, and write all its rows and its keys to a
                                            directory for the host it moves to; --stopped where this host does not run.
                                            Given again, it goes on where it was interrupted
  node take-in <dir> [--keys-passphrase-file <file>]
                                            take in what another host released: all of it, checked row by row, or
                                            nothing; the keys are encrypted with this host's own passphrase. The file
                                            is that of the passphrase they travel with, the releasing host's. A host
                                            that runs begins to serve the node by itself
  node keep --node <code> --why <text> [--not-taken-in]
                                            undo a release; --not-taken-in says that nobody took in what was written
  node forget --node <code> --taken-in      take away what a node left behind here, once the other host serves it
  node moves --node <code>                  where the node's last move stands
${LIFE_USAGE}`;

const OPTIONS = {
  node: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
  why: { type: 'string' },
  by: { type: 'string' },
  stopped: { type: 'boolean' },
  'not-taken-in': { type: 'boolean' },
  'taken-in': { type: 'boolean' },
  ...LIFE_OPTIONS,
  'keys-passphrase-file': { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Longest wait for the host to stop serving a node, ms. */
const PATIENCE_MS = 60_000;

/** Longest wait for a running host to serve a new node, ms. */
const TAKEN_UP_MS = 20_000;

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
  const atNode = LIFE_COMMANDS[command];
  if (atNode) {
    await withNode(terminal, requireValue(values, 'node'), { keys: true }, (opened) =>
      atNode(opened, values, argument),
    );
    return 0;
  }
  const run = COMMANDS[command];
  if (!run) throw problem('BAD_INPUT', `There is no command "node ${command}". liandong --help lists them.`);
  const config = await readHost(terminal.environment);
  await migrate(config.databaseUrl);
  const db = new HostDb(config.databaseUrl, 2, () => undefined);
  try {
    await run({ config, db, print: terminal.print }, values, argument);
    return 0;
  } finally {
    await db.close();
  }
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
  // finds files that can't be read before anything stops
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
      `Neither LIANDONG_NODES nor the topology of this host names ${node}: give it the new one.`,
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
  // the keys of its sealed rows; an existing file may hold other nodes' keys and is never overwritten
  const held = await readDataKeys(config.keysDir, [node], own);
  const missing = dataKeys.filter(({ kid }) => !held.some((key) => key.kid === kid));
  if (missing.length > 0) await writeDataKeys(config.keysDir, missing, own);
  const [clock] = await db.queryHost<{ now: Date }>('SELECT now() AS now');
  await setMove(db, head, ['CAME'], 'ARRIVED');
  const rows = Object.values(digests ?? {}).reduce((sum, digest) => sum + digest.rows, 0);
  print(digests ? `Took in ${rows} rows of ${node}, as they were there.\n` : `${node} was taken in before.\n`);
  print(
    (await isTakenUp(db, node, clock?.now ?? new Date()))
      ? `This host serves ${node} now.\n`
      : `This host does not serve ${node} yet. Start it; where it runs, liandong doctor says what it lacks.\n`,
  );
  print('Then give the gateways the new topology, and delete the directory.\n');
}

/** Waits for a running host to serve a new node. @returns whether it does */
async function isTakenUp(db: HostDb, node: string, since: Date): Promise<boolean> {
  const deadline = performance.now() + TAKEN_UP_MS;
  for (;;) {
    const [life] = await db.queryHost<{ runs: boolean | null; serves: boolean | null }>(
      `SELECT bool_or(node <> $1 AND seen_at > now() - interval '1 minute') AS runs,
         bool_or(node = $1 AND seen_at > $2) AS serves FROM lives`,
      [node, since],
    );
    if (life?.serves) return true;
    if (!life?.runs || performance.now() > deadline) return false;
    await pause(100);
  }
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
  print(`${node} stays. A host that runs serves it again by itself.\n`);
}

function nodeOf(config: HostConfig, values: Values): string {
  const node = requireValue(values, 'node');
  requirePlaced(config, node);
  return node;
}
