import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Topology } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { requireOpenNode } from '@liandong/schema/case';
import { leftToHandOver } from '../cases/index.ts';
import type { HostConfig } from '../config.ts';
import { readTrustFile } from '../host/index.ts';
import { certifyKey, closeNode, readKeyRequest, requestOf } from '../keys/index.ts';
import { readTopology, topologyPaths, writeOutputs } from '../topology/index.ts';
import { findOwn } from '../projects/index.ts';
import type { StoredKey } from '../trust/index.ts';
import { findKeys, generateNodeKey, readPassphrase, writeKey } from '../trust/index.ts';
import { relinking } from './topology.ts';
import type { OpenedNode, Values } from './opening.ts';
import { actorOf, findInstant, findValue, requireValue } from './opening.ts';

export const LIFE_USAGE = `  node open <code> --node <parent> --topology <file> --out <dir> --why <text> [--keys-passphrase-file <file>]
                                            open a node (开放), given on its parent's host with a later topology that says
                                            where it stands: its key, certified by the parent, what its host needs, and
                                            the brokers' configurations, below the directory of the ceremony's outputs;
                                            the passphrase is that of the new node's host. Given again it does nothing
  node close <code> --node <parent> --successor <code> --why <text> [--keys-until <instant>]
                                            close a node (撤并), given on its parent's host: it takes nothing new in, its
                                            open cases go to the successor, which is the parent or another of its
                                            children. Its keys end at the instant, a year from now unless told. Given
                                            again it does nothing
  node closing --node <code>                on the closed node's host: what it still has to hand over, and why
`;

export const LIFE_OPTIONS = {
  successor: { type: 'string' },
  'keys-until': { type: 'string' },
  topology: { type: 'string' },
  home: { type: 'string' },
} as const;

type Run = (opened: OpenedNode, values: Values, argument: string | undefined) => Promise<void>;

/** Commands that open and close a node, each in the name of a node. */
export const LIFE_COMMANDS: Readonly<Record<string, Run>> = { open, close, closing };

async function open(opened: OpenedNode, values: Values, code: string | undefined): Promise<void> {
  const { print, db, issuing, node: parent } = opened;
  const { trust, divisions } = issuing;
  if (code === undefined) throw problem('BAD_INPUT', 'Name the node to open.', { field: 'node' });
  const out = requireValue(values, 'out');
  const why = requireValue(values, 'why');
  const by = actorOf(values);
  requireOpenable(opened, code);
  const topology = await readTopology(requireValue(values, 'topology'));
  const host = hostOf(topology, code);
  const passphrase = await readPassphrase(findValue(values, 'keys-passphrase-file'));
  const written = await writeOutputs(topology, divisions, out, findValue(values, 'home') ?? undefined);
  const key = await keyFor(code, join(topologyPaths(out).hostDir(host), 'keys'), passphrase);
  if (trust.knows(code) && !trust.findKey(key.kid)) {
    throw problem('BAD_INPUT', `${code} is open already, with another key than the one in ${out}.`, { node: code });
  }
  const request = await requestOf(key, { at: issuing.now(), overlapHours: 0, by, why });
  const made = await db.transact(parent, async (tx) =>
    certifyKey(tx, issuing, await readKeyRequest(request), { until: null, actor: by }),
  );
  await addToTrustFile(topologyPaths(out).trustFile, opened);
  print(made.length === 0 ? `${code} was opened before.\n` : `Opened ${code} at ${host}: certified ${key.kid}.\n`);
  if (written.seeds.length > 0) print(`New seeds: ${written.seeds.join(', ')}.\n`);
  print(
    'Then: nats-server --signal reload at each broker; the keys and host.env of its directory, trust.json and at last ',
  );
  print(`topology.json to ${host}: start it, or where it runs it begins to serve ${code} by itself; `);
  print('topology.json to the gateways.\n');
  print(relinking(written));
}

/** @throws {ProblemError} UNKNOWN_DIVISION, FORBIDDEN for another's child, NODE_CLOSED for a closed node or parent */
function requireOpenable({ issuing: { divisions, trust }, node: parent }: OpenedNode, code: DivisionCode): void {
  const division = divisions.get(code);
  if (division.parent !== parent) {
    throw problem('FORBIDDEN', `${code} is opened by its parent ${division.parent ?? ''}, not by ${parent}.`, {
      field: 'node',
    });
  }
  requireOpenNode(parent, trust.successionOf);
  requireOpenNode(code, trust.successionOf);
}

/** @throws {ProblemError} BAD_CONFIG for a topology that has no place for the node */
function hostOf({ hosts }: Topology, code: DivisionCode): string {
  const host = hosts.find(({ nodes }) => nodes.includes(code));
  if (!host) throw problem('BAD_CONFIG', `The topology names no host for ${code}.`, { field: 'topology' });
  return host.id;
}

/** The node's key below the outputs: the key of an interrupted command, or a new one. */
async function keyFor(code: DivisionCode, dir: string, passphrase: string | null): Promise<StoredKey> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const [present] = await findKeys(dir, [code], passphrase);
  if (present) return present;
  const key = await generateNodeKey(code);
  await writeKey(dir, key, passphrase);
  return key;
}

/** Adds everything certified since the ceremony to the trust file, for hosts that start from now on. */
async function addToTrustFile(file: string, { issuing: { trust } }: OpenedNode): Promise<void> {
  const before = await readTrustFile(file);
  const now = trust.file();
  const certificates = [...new Set([...before.certificates, ...now.certificates])];
  await writeFile(file, JSON.stringify({ ...before, ...now, certificates }));
}

/** Default time until a closed node's keys end, ms: longer than any limit of what it handed over. */
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

/** @throws {ProblemError} NODE_UNREACHABLE for a node that no host of the topology serves */
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
  const { NONE, PROCEDURE, JOINT, HEARING, IN_TRANSIT, BROKEN } = await leftToHandOver(db.queries(node));
  const projects = await findOwn(db.queries(node));
  print(`${projects.length} projects to hand over. `);
  print(`${NONE} cases to hand over, ${IN_TRANSIT} on their way, ${PROCEDURE} in a special procedure, `);
  print(`${JOINT} in joint handling, ${HEARING} in a hearing: these are brought to an end here first.\n`);
  if (BROKEN > 0) print(`${BROKEN} cases cannot be read and stay: liandong doctor lists them.\n`);
}
