import { userInfo } from 'node:os';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { DivisionCode } from '@liandong/schema/kernel';
import { isInstant, problem, textOfFile } from '@liandong/schema/kernel';
import type { HostConfig } from '../config.ts';
import { readConfig } from '../config.ts';
import { HostDb, migrate } from '../db/index.ts';
import { FeedAppender } from '../feeds/index.ts';
import { Outbox } from '../handoff/index.ts';
import { readFoundation, withPlacedNodes } from '../host/index.ts';
import type { Issuing } from '../keys/index.ts';
import { readKeyDocuments } from '../keys/index.ts';
import { requireHere } from '../moves/index.ts';
import type { CommandReader } from '../reads/index.ts';
import { openVault } from '../sealing/index.ts';
import { readKeys, readPassphrase } from '../trust/index.ts';

export type Values = Record<string, string | boolean | undefined>;
type OptionTypes = Record<string, { type: 'string' | 'boolean' }>;

/** @throws {ProblemError} BAD_INPUT */
export function parseCommand(argv: readonly string[], options: OptionTypes): { args: string[]; values: Values } {
  try {
    const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true });
    return { args: positionals, values };
  } catch (cause) {
    throw problem('BAD_INPUT', (cause as Error).message, { cause });
  }
}

/** @throws {ProblemError} BAD_INPUT naming the option that is missing */
export function requireValue(values: Values, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') throw problem('BAD_INPUT', `--${name} is missing.`, { field: name });
  return value;
}

export function findValue(values: Values, name: string): string | null {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** @throws {ProblemError} BAD_INPUT naming the option that is not an instant */
export function findInstant(values: Values, name: string): Date | null {
  const given = findValue(values, name);
  if (given === null) return null;
  if (!isInstant(given)) {
    throw problem('BAD_INPUT', `--${name} is no instant with its zone, say 2026-11-23T08:00:00+08:00.`, {
      field: name,
    });
  }
  return new Date(given);
}

/** @throws {ProblemError} BAD_INPUT */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw problem('BAD_INPUT', `${file} can't be read.`, { cause });
  }
}

/** The text of a given file. @throws {ProblemError} BAD_INPUT */
export async function readInputText(file: string): Promise<string> {
  return textOfFile(await readInput(file), file, 'BAD_INPUT');
}

/** The person who gives the command: `--by`, or the login name. */
export function actorOf(values: Values): string {
  return findValue(values, 'by') ?? loginName();
}

/**
 * The person who reads personal data with a command, and why: for the log of reads.
 * @throws {ProblemError} BAD_INPUT without `--why`
 */
export function commandReader(values: Values, command: string): CommandReader {
  return { login: loginName(), name: actorOf(values), command, purpose: requireValue(values, 'why') };
}

/** The login at the operating system, or its number if it has no name. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A command's surroundings: its settings, and where it prints. */
export interface Terminal {
  environment: Record<string, string | undefined>;
  print: (text: string) => void;
}

/** The host's settings, with the nodes its topology places there. @throws {ProblemError} BAD_CONFIG */
export function readHost(environment: Terminal['environment']): Promise<HostConfig> {
  return withPlacedNodes(readConfig(environment));
}

/** @throws {ProblemError} MISROUTED for a node that is placed at another host */
export function requirePlaced({ nodes, host }: HostConfig, node: string): void {
  if (!nodes.includes(node)) throw problem('MISROUTED', `Host ${host} does not serve ${node}.`, { node });
}

/** A node of this host as a command works on it: its database, its trust and its keys. */
export interface OpenedNode {
  print: (text: string) => void;
  config: HostConfig;
  node: DivisionCode;
  db: HostDb;
  issuing: Issuing;
  passphrase: string | null;
}

/**
 * Opens the host the settings name, for one of its nodes, and closes it when the work is done.
 * @throws {ProblemError} BAD_CONFIG, MISROUTED, UNKNOWN_DIVISION and what the work throws
 */
export async function withNode<T>(
  { environment, print }: Terminal,
  code: string,
  { keys }: { keys: boolean },
  work: (opened: OpenedNode) => Promise<T>,
): Promise<T> {
  const config = await readHost(environment);
  const now = () => new Date();
  const { divisions, trust } = await readFoundation(config, now);
  const node = divisions.get(code).code;
  requirePlaced(config, node);
  const passphrase = await readPassphrase(config.keysPassphraseFile);
  await migrate(config.databaseUrl);
  const db = new HostDb(config.databaseUrl, 2, () => undefined, await openVault(config));
  try {
    await requireHere(db, node);
    await trust.learn(await readKeyDocuments(db, config.nodes));
    if (keys) await trust.hold(await readKeys(config.keysDir, [node], passphrase));
    const issuing = { trust, divisions, appender: new FeedAppender(), outbox: new Outbox(), now };
    return await work({ print, config, node, db, issuing, passphrase });
  } finally {
    await db.close();
  }
}
