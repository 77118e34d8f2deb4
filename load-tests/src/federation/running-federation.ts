import { spawn } from 'node:child_process';
import { copyFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Services } from '@liandong/runtime/local';
import { freePort, readRows } from '@liandong/runtime/local';
import { migrate, topologyPaths } from '@liandong/nodes';
import type { Topology } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type pg from 'pg';
import { Client } from './client.ts';
import { DEMO_PASSWORD } from './demo-plan.ts';
import { DIVISIONS_FILE, GATEWAY_PROGRAM, HOST_PROGRAM, gatewayTopology, leafGateway, secretsOf } from './plan.ts';
import { Program } from './program.ts';

/** The parts of a running federation. */
export interface FederationParts {
  /** The directory of all its files. */
  dir: string;
  services: Services;
  hosts: Map<string, Program>;
  /** Settings of each host. */
  environments: Map<string, Record<string, string>>;
  gateway: Program;
  cliProgram: string;
  gatewayEnvironment: Readonly<Record<string, string>>;
  gatewayUrl: string;
  topology: Topology;
}

/** A running federation: its people ask it, commands work on it, its parts are stopped, started, added and moved. */
export class RunningFederation {
  readonly dir: string;
  readonly services: Services;
  readonly gateway: Program;
  readonly gatewayUrl: string;
  readonly #gatewayEnvironment: Readonly<Record<string, string>>;
  readonly #cliProgram: string;
  readonly #leafGateways: Program[] = [];
  readonly #hosts: Map<string, Program>;
  readonly #hostEnvironments: Map<string, Record<string, string>>;
  #topology: Topology;
  readonly #clients = new Map<string, Promise<Client>>();

  constructor(parts: FederationParts) {
    this.dir = parts.dir;
    this.services = parts.services;
    this.gateway = parts.gateway;
    this.gatewayUrl = parts.gatewayUrl;
    this.#gatewayEnvironment = parts.gatewayEnvironment;
    this.#cliProgram = parts.cliProgram;
    this.#hosts = parts.hosts;
    this.#hostEnvironments = parts.environments;
    this.#topology = parts.topology;
  }

  host(id: string): Program {
    const program = this.#hosts.get(id);
    if (!program) throw problem('BAD_INPUT', `There is no host ${id}.`);
    return program;
  }

  hosts(): Program[] {
    return [...this.#hosts.values()];
  }

  /** Settings of a host, for commands that work on its database. */
  environment(id: string): Record<string, string> {
    return this.#hostEnvironments.get(id) ?? {};
  }

  get topology(): Topology {
    return this.#topology;
  }

  /** The directory of the key ceremony's outputs. */
  get secrets(): string {
    return secretsOf(this.dir);
  }

  /** Writes a later topology to a file; nothing is made from it yet. @returns its file */
  async writeTopology(change: Pick<Topology, 'hosts'>): Promise<string> {
    this.#topology = { ...this.#topology, ...change, sequence: this.#topology.sequence + 1 };
    const file = join(this.dir, 'topology.yaml');
    await writeFile(file, JSON.stringify(this.#topology));
    return file;
  }

  /** Updates a broker's streams to the topology. */
  async bringStreams(broker: string): Promise<void> {
    const topology = join(this.dir, 'topology.yaml');
    const args = ['--broker', broker, '--topology', topology, '--divisions', DIVISIONS_FILE, '--out', this.secrets];
    const { code, output } = await runCommand(this.#cliProgram, ['topology', 'streams', ...args], {});
    if (code !== 0) throw problem('BAD_CONFIG', output.trim());
  }

  /**
   * Makes the files for a later topology, as an operator would; neither brokers nor the gateway know of it yet.
   * @param change what is different in it
   */
  async changeTopology(change: Pick<Topology, 'hosts'>): Promise<void> {
    const file = await this.writeTopology(change);
    const args = ['--topology', file, '--divisions', DIVISIONS_FILE, '--out', this.secrets];
    const { code, output } = await runCommand(this.#cliProgram, ['topology', 'update', ...args], {});
    if (code !== 0) throw problem('BAD_CONFIG', output.trim());
  }

  /** Makes the brokers reload their configurations. */
  reloadBrokers(): void {
    for (const { id } of this.#topology.brokers) process.kill(this.services.brokerPid(id), 'SIGHUP');
  }

  /** Restarts a leaf's broker: until then its link keeps the rights it was made with. */
  async restartLeaf(id: string): Promise<void> {
    await this.services.stopBroker(id);
    await this.services.startBroker(id);
  }

  /** Gives an existing host its nodes of the topology, from its next start on. */
  settle(id: string): void {
    const host = this.#topology.hosts.find((h) => h.id === id);
    const environment = this.#hostEnvironments.get(id);
    if (!host || !environment) throw problem('BAD_INPUT', `There is no host ${id}.`);
    environment['LIANDONG_NODES'] = host.nodes.join(',');
  }

  /** Gives the present topology to the gateways. */
  async tellGateway(): Promise<void> {
    for (const { id } of this.#topology.gateways) {
      const file = gatewayTopology(this.dir, id);
      await copyFile(topologyPaths(this.secrets).topologyFile, `${file}.new`);
      await rename(`${file}.new`, file);
    }
  }

  /**
   * Starts a leaf's own gateway (`<leaf>-gateway`), which knows the same people.
   * @returns its address
   */
  async startLeafGateway(leaf: string): Promise<string> {
    const id = leafGateway(leaf);
    const port = await freePort();
    const seed = join(topologyPaths(this.secrets).gatewayDir(id), 'nats.seed');
    await copyFile(topologyPaths(this.secrets).topologyFile, gatewayTopology(this.dir, id));
    const program = new Program(
      id,
      GATEWAY_PROGRAM,
      {
        ...this.#gatewayEnvironment,
        LIANDONG_GATEWAY: id,
        LIANDONG_GATEWAY_PORT: String(port),
        LIANDONG_TOPOLOGY_FILE: gatewayTopology(this.dir, id),
        LIANDONG_NATS_URL: this.services.brokerUrl(leaf),
        LIANDONG_NATS_SEED_FILE: seed,
      },
      join(this.dir, 'logs', `${id}.log`),
    );
    this.#leafGateways.push(program);
    await program.start();
    return `http://127.0.0.1:${port}`;
  }

  /**
   * Makes a new host of the topology: a database and settings of its own. It is not started.
   * @param like the host whose other settings it shares
   */
  async addHost(id: string, like: string): Promise<Program> {
    const host = this.#topology.hosts.find((h) => h.id === id);
    if (!host) throw problem('BAD_INPUT', `The topology has no host ${id}.`);
    const url = await this.services.createDatabase(`liandong_${id.replaceAll('-', '_')}`);
    await migrate(url);
    const dir = topologyPaths(this.secrets).hostDir(id);
    const environment = {
      ...this.environment(like),
      LIANDONG_HOST: id,
      LIANDONG_NODES: host.nodes.join(','),
      LIANDONG_DATABASE_URL: url,
      LIANDONG_NATS_URL: this.services.brokerUrl(host.broker),
      LIANDONG_NATS_SEED_FILE: join(dir, 'nats.seed'),
      LIANDONG_KEYS_DIR: join(dir, 'keys'),
      LIANDONG_METRICS_PORT: '0',
    };
    this.#hostEnvironments.set(id, environment);
    const program = new Program(id, HOST_PROGRAM, environment, join(this.dir, 'logs', `${id}.log`));
    this.#hosts.set(id, program);
    return program;
  }

  /** A person's connection to the gateway; null for the public. */
  as(username: string | null): Promise<Client> {
    const key = username ?? '';
    let client = this.#clients.get(key);
    if (!client) {
      client =
        username === null
          ? Promise.resolve(new Client(this.gatewayUrl, null))
          : Client.login(this.gatewayUrl, username, DEMO_PASSWORD);
      this.#clients.set(key, client);
    }
    return client;
  }

  /** Runs a command of the project's command line with a host's settings. */
  async command(host: string, args: readonly string[]): Promise<{ code: number; output: string }> {
    return runCommand(this.#cliProgram, args, this.environment(host));
  }

  /** Rows of a host's database, read past its services. */
  async rows<Row extends pg.QueryResultRow>(
    host: string,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    return readRows<Row>(this.environment(host)['LIANDONG_DATABASE_URL'] ?? '', sql, params);
  }

  /** Stops everything, hosts before the parts they need. */
  async stop(): Promise<void> {
    await Promise.all([this.gateway, ...this.#leafGateways].map((gateway) => gateway.stop()));
    await Promise.all(this.hosts().map((host) => host.stop()));
    await this.services.stop();
  }
}

async function runCommand(
  program: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)));
  return { code, output };
}
