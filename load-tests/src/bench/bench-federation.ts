import type { ChildProcess } from 'node:child_process';
import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Services, findNatsServer, freePort, readRows } from '@liandong/runtime/local';
import { generateIssuerKey } from '@liandong/gateway';
import { holdCeremony, migrate, topologyPaths } from '@liandong/nodes';
import { parseDivisions, problem } from '@liandong/schema/kernel';
import type { JWK } from 'jose';
import type pg from 'pg';
import type { DeskAnswer, DeskCommand } from './desk-protocol.ts';

const PROJECT_DIR = fileURLToPath(new URL('../../..', import.meta.url));
const DIVISIONS_FILE = join(PROJECT_DIR, 'data', 'taizhou-divisions.csv');
const CATALOGUE_FILE = join(PROJECT_DIR, 'data', 'catalog-sample.json');
const CLI_PROGRAM = join(PROJECT_DIR, 'nodes', 'dist', 'programs', 'cli.js');
/** The built program: it is a process of its own. */
const DESK_PROGRAM = fileURLToPath(new URL('../../dist/bench/desk-process.js', import.meta.url));

export const CITY = '331000';
export const COUNTY = '331022';
export const TOWNSHIP = '331022103';
export const VILLAGE = '331022103201';
export const ISSUER = 'liandong-bench';

export interface BenchFederationOptions {
  /** Nodes by the name of their host. */
  hosts: Readonly<Record<string, readonly string[]>>;
  /** Connections of a host to its database. */
  connections: number;
  sharedBuffersMb: number;
  /** Directory for the CPU profile that each desk's process writes when it stops; null for none. */
  profileDir: string | null;
}

/**
 * Real hosts over one durable PostgreSQL and one broker. Each host is a process that works at its desk when it is told
 * to: the measurement covers the hosts, not their callers.
 */
export class BenchFederation {
  readonly services: Services;
  readonly dir: string;
  readonly issuerKey: JWK;
  readonly #options: BenchFederationOptions;
  readonly #environments: ReadonlyMap<string, Record<string, string>>;
  readonly #desks = new Map<string, Desk>();

  private constructor(
    options: BenchFederationOptions,
    services: Services,
    dir: string,
    issuerKey: JWK,
    environments: ReadonlyMap<string, Record<string, string>>,
  ) {
    this.#options = options;
    this.services = services;
    this.dir = dir;
    this.issuerKey = issuerKey;
    this.#environments = environments;
  }

  /** Starts PostgreSQL, broker and hosts, and waits until the sample catalogue is at every node. */
  static async start(options: BenchFederationOptions): Promise<BenchFederation> {
    const natsServer = findNatsServer(process.env['PATH'] ?? '');
    const dir = await mkdtemp(join(tmpdir(), 'liandong-bench-'));
    // PostgreSQL runs under an account of its own
    await chmod(dir, 0o755);
    const broker = { id: 'hub', address: '127.0.0.1', port: await freePort(), storeDir: join(dir, 'jetstream') };
    const services = await Services.start({
      dir,
      keep: false,
      natsServer,
      brokers: [{ ...broker, configFile: topologyPaths(join(dir, 'federation')).brokerConfigFile(broker.id) }],
      maxConnections: 100,
      sharedBuffersMb: options.sharedBuffersMb,
      durable: true,
    });
    let federation: BenchFederation | null = null;
    try {
      const hosts = Object.entries(options.hosts).map(([id, nodes]) => ({ id, nodes: [...nodes], url: null }));
      const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
      const topology = { sequence: 1, brokers: [broker], hosts, gateways: [] };
      const paths = await holdCeremony(topology, divisions, join(dir, 'federation'), new Date());
      await services.startBroker();
      const issuerKey = await generateIssuerKey();
      const { d: _, ...publicJwk } = issuerKey;
      const issuersFile = join(dir, 'federation', 'issuers.json');
      await writeFile(issuersFile, JSON.stringify([{ issuer: ISSUER, jwks: { keys: [publicJwk] } }]));
      const environments = new Map<string, Record<string, string>>();
      for (const { id, nodes } of hosts) {
        const url = await services.createDatabase(`bench_${id}`);
        await migrate(url);
        environments.set(id, {
          LIANDONG_HOST: id,
          LIANDONG_NODES: nodes.join(','),
          LIANDONG_DATABASE_URL: url,
          LIANDONG_DATABASE_CONNECTIONS: String(options.connections),
          LIANDONG_NATS_URL: services.brokerUrl(),
          LIANDONG_NATS_SEED_FILE: join(paths.hostDir(id), 'nats.seed'),
          LIANDONG_DIVISIONS_FILE: DIVISIONS_FILE,
          LIANDONG_TRUST_FILE: paths.trustFile,
          LIANDONG_KEYS_DIR: join(paths.hostDir(id), 'keys'),
          LIANDONG_ISSUERS_FILE: issuersFile,
        });
      }
      const started = new BenchFederation(options, services, dir, issuerKey, environments);
      federation = started;
      await Promise.all(hosts.map(({ id }) => started.startDesk(id)));
      await federation.#publishCatalogue();
      return federation;
    } catch (error) {
      await federation?.stop();
      await services.stop();
      throw error;
    }
  }

  environment(host: string): Record<string, string> {
    return this.#environments.get(host) ?? {};
  }

  desk(host: string): Desk {
    const desk = this.#desks.get(host);
    if (!desk) throw problem('BAD_INPUT', `There is no host ${host} in this benchmark.`);
    return desk;
  }

  async startDesk(host: string): Promise<void> {
    const { profileDir } = this.#options;
    const log = join(this.dir, `${host}.log`);
    const profile = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profileDir, host)}`];
    this.#desks.set(host, await Desk.start(this.environment(host), log, profile));
  }

  async stopDesk(host: string): Promise<void> {
    await this.desk(host).stop();
    this.#desks.delete(host);
  }

  /** Rows of a host's database, read past its services. */
  async rows<Row extends pg.QueryResultRow>(
    host: string,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    return readRows<Row>(this.environment(host)['LIANDONG_DATABASE_URL'] ?? '', sql, params);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#desks.values()].map((desk) => desk.stop()));
    await this.services.stop();
  }

  async #publishCatalogue(): Promise<void> {
    const hostOf = (node: string) =>
      Object.entries(this.#options.hosts).find(([, nodes]) => nodes.includes(node))?.[0] ?? '';
    for (const args of [['import', CATALOGUE_FILE], ['publish']]) {
      await run([CLI_PROGRAM, 'catalogue', ...args, '--node', CITY], this.environment(hostOf(CITY)));
    }
    for (const [host, nodes] of Object.entries(this.#options.hosts)) {
      for (const node of nodes) await this.#catalogueArrived(host, node);
    }
  }

  async #catalogueArrived(host: string, node: string): Promise<void> {
    const wanted = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as { items: unknown[] } | unknown[];
    const items = Array.isArray(wanted) ? wanted.length : wanted.items.length;
    for (let tries = 0; tries < 1_200; tries++) {
      const [row] = await this.rows<{ items: number; implementations: number }>(
        host,
        `SELECT (SELECT count(*)::int FROM items WHERE node = $1) AS items,
           (SELECT count(DISTINCT item)::int FROM implementations WHERE node = $1) AS implementations`,
        [node],
      );
      if (row?.items === items && row.implementations > 0) return;
      await pause(50);
    }
    throw problem('CATALOGUE_INVALID', `The catalogue did not arrive at ${node}.`);
  }
}

/** A host's process that works at its desk. */
export class Desk {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(environment: Record<string, string>, logFile: string, nodeOptions: readonly string[]) {
    const output = openSync(logFile, 'a');
    const child = fork(DESK_PROGRAM, {
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      execArgv: ['--enable-source-maps', ...nodeOptions],
      stdio: ['ignore', output, output, 'ipc'],
      // bytes are sent as bytes
      serialization: 'advanced',
    });
    closeSync(output);
    const desk = new Desk(child);
    await desk.#next();
    return desk;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Tells the desk to do something and waits until it is done. */
  async ask<C extends DeskCommand>(command: C): Promise<DeskAnswer[C['do']]> {
    const answered = this.#next();
    this.#child.send(command);
    return (await answered) as DeskAnswer[C['do']];
  }

  /** Freezes it: its clients and peers notice nothing but silence. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.thaw();
    this.#child.disconnect();
    await ended;
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        settle();
      };
      const onMessage = (message: { failed?: string; done?: unknown }) =>
        done(() =>
          message.failed === undefined ? resolve(message.done) : reject(problem('INTERNAL', message.failed)),
        );
      const onExit = () => done(() => reject(problem('INTERNAL', 'A host of the benchmark ended.')));
      this.#child.on('message', onMessage);
      this.#child.on('exit', onExit);
    });
  }
}

async function run(args: readonly string[], environment: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [...args], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)));
  if (code !== 0) throw problem('CATALOGUE_INVALID', said.trim());
}

/** Name and password for programs that take an address in parts. */
export function partsOf(url: string): { host: string; port: string; user: string; password: string; database: string } {
  const parsed = new URL(url);
  return {
    host: parsed.hostname,
    port: parsed.port,
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1),
  };
}

/** A name that no run has used yet. */
export function freshName(prefix: string): string {
  return `${prefix}_${randomBytes(4).toString('hex')}`;
}
