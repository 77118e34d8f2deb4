import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { generateIssuerKey, hashPassword } from '@liandong/gateway';
import { holdCeremony, migrate, topologyPaths } from '@liandong/nodes';
import type { Broker, Host, Topology } from '@liandong/schema';
import { parseDivisions, problem } from '@liandong/schema';
import pg from 'pg';
import { Client } from './client.ts';
import { CATALOG } from './documents.ts';
import type { DemoPerson } from './demo-plan.ts';
import { DEMO_HOSTS, DEMO_PASSWORD, DEMO_PEOPLE } from './demo-plan.ts';
import { Program } from './program.ts';
import { Services, findNatsServer, freePort, requireFreePort } from './services.ts';

/** Top of the project, from `src` and from `dist` alike. */
const PROJECT_DIR = fileURLToPath(new URL('../../..', import.meta.url));
export const DIVISIONS_FILE = join(PROJECT_DIR, 'data', 'taizhou-divisions.csv');
export const CATALOGUE_FILE = join(PROJECT_DIR, 'data', 'catalog-sample.json');
/** Registers and offers of the county. */
export const REGISTERS_FILE = join(PROJECT_DIR, 'data', 'registers-sample.json');
const HOST_PROGRAM = join(PROJECT_DIR, 'nodes', 'dist', 'main.js');
const CLI_PROGRAM = join(PROJECT_DIR, 'nodes', 'dist', 'cli.js');
const GATEWAY_PROGRAM = join(PROJECT_DIR, 'gateway', 'dist', 'main.js');
export const ISSUER = 'liandong-demo';

/** A county's own broker, and the hosts that stand at it. */
export interface LeafPlan {
  id: string;
  hosts: readonly string[];
  /**
   * What stands in the link to the hub, for those who cut it: given the hub's port for leafs, gives the port of a proxy
   * on this machine. Without it the leaf reaches the hub directly.
   */
  link?: (hubPort: number) => Promise<number>;
}

export interface FederationOptions {
  /** Port of the gateway; null for any free one. */
  gatewayPort: number | null;
  /** False for tests: no fsync. */
  durable: boolean;
  /** Told of every step: what is being done, and how long it took when it is done, ms. */
  progress: (step: string, ms: number | null) => void;
  /** Programs of the environment that are searched for nats-server. */
  path: string;
  /** Ends the start before its next step; what runs by then is stopped. */
  signal?: AbortSignal;
  /** Another federation than the demo's. */
  plan?: FederationPlan;
}

/** Which federation is run, and what of it stands elsewhere than usual. */
export interface FederationPlan {
  hosts: readonly Omit<Host, 'url'>[];
  people: readonly DemoPerson[];
  /** The program hosts run; the product's when left out. */
  hostProgram?: string;
  /** Moment of the key ceremony; now when left out. */
  ceremonyAt?: Date;
  /** A host's own PostgreSQL; the federation's common one when left out or undefined. */
  postgres?: (host: string) => Services | undefined;
  /** Settings of a host that differ from the usual ones. */
  settings?: (host: string, usual: Readonly<Record<string, string>>) => Promise<Record<string, string>>;
  /** Leafs of the hub; without them all hosts stand at the hub. */
  leafs?: readonly LeafPlan[];
  /** Settings of the gateway that differ from the usual ones. */
  gatewaySettings?: Record<string, string>;
}

/** The broker of the city, where hosts stand that stand at no leaf. */
const HUB = 'hub';

/** A whole federation on one machine, every part a process of its own: what the demo, the fault tests and the benchmarks run. */
export class Federation {
  readonly dir: string;
  readonly services: Services;
  readonly gateway: Program;
  readonly gatewayUrl: string;
  readonly #gatewayEnvironment: Readonly<Record<string, string>>;
  readonly #leafGateways: Program[] = [];
  readonly #hosts: Map<string, Program>;
  readonly #hostEnvironments: Map<string, Record<string, string>>;
  #topology: Topology;
  readonly #nodes: readonly string[];
  readonly #clients = new Map<string, Promise<Client>>();

  private constructor(
    dir: string,
    services: Services,
    hosts: Map<string, Program>,
    environments: Map<string, Record<string, string>>,
    gateway: Program,
    gatewayEnvironment: Readonly<Record<string, string>>,
    gatewayUrl: string,
    nodes: readonly string[],
    topology: Topology,
  ) {
    this.dir = dir;
    this.#topology = topology;
    this.#nodes = nodes;
    this.services = services;
    this.#hosts = hosts;
    this.#hostEnvironments = environments;
    this.gateway = gateway;
    this.#gatewayEnvironment = gatewayEnvironment;
    this.gatewayUrl = gatewayUrl;
  }

  /**
   * Starts everything and imports and publishes the sample catalogue. What was started is stopped when a step fails.
   */
  static async start(options: FederationOptions): Promise<Federation> {
    // what can't work is said before anything is started
    const plan: FederationPlan = options.plan ?? { hosts: DEMO_HOSTS, people: DEMO_PEOPLE };
    const natsServer = findNatsServer(options.path);
    if (options.gatewayPort !== null) await requireFreePort(options.gatewayPort);
    const dir = await mkdtemp(join(tmpdir(), 'liandong-'));
    // PostgreSQL runs as its own user below this directory; private files are their owner's alone
    await chmod(dir, 0o755);
    const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      options.signal?.throwIfAborted();
      options.progress(name, null);
      const began = performance.now();
      const done = await work();
      options.progress(name, Math.round(performance.now() - began));
      return done;
    };
    const federationDir = join(dir, 'federation');
    const paths = topologyPaths(federationDir);
    const { brokers, brokerOfHost } = await planBrokers(dir, plan.leafs ?? []);
    const services = await step('PostgreSQL', () =>
      Services.start({
        dir,
        keep: false,
        natsServer,
        brokers: brokers.map(({ id, port, storeDir }) => ({
          id,
          port,
          storeDir,
          configFile: paths.brokerConfigFile(id),
        })),
        maxConnections: 100,
        sharedBuffersMb: 64,
        durable: options.durable,
      }),
    );
    const started: Program[] = [];
    try {
      const httpPort = await freePort();
      const hosts = plan.hosts.map((host): Host => ({
        ...host,
        url: host.id === 'city' ? `http://127.0.0.1:${httpPort}` : null,
        broker: brokerOfHost(host.id),
      }));
      const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
      // as a mounted secret would be
      const passphrase = randomBytes(24).toString('base64url');
      const passphraseFile = join(dir, 'passphrase');
      await writeFile(passphraseFile, `${passphrase}\n`, { mode: 0o600 });
      const leafGateways = (plan.leafs ?? []).map(({ id }) => ({ id: leafGateway(id), broker: id }));
      const topology = { sequence: 1, brokers, hosts, gateways: [{ id: 'gateway' }, ...leafGateways] };
      await step('keys and certificates', () =>
        holdCeremony(topology, divisions, federationDir, plan.ceremonyAt ?? new Date(), passphrase),
      );
      await step('nats-server', async () => {
        for (const { id } of brokers) await services.startBroker(id);
      });

      const issuerKeyFile = join(paths.gatewayDir('gateway'), 'issuer.jwk.json');
      const issuersFile = join(federationDir, 'issuers.json');
      const peopleFile = join(paths.gatewayDir('gateway'), 'people.json');
      const jwk = await generateIssuerKey();
      await writeFile(issuerKeyFile, JSON.stringify(jwk), { mode: 0o600 });
      const { d: _, ...publicJwk } = jwk;
      await writeFile(issuersFile, JSON.stringify([{ issuer: ISSUER, jwks: { keys: [publicJwk] } }]));
      const password = await hashPassword(DEMO_PASSWORD, Buffer.from(services.options.postgresPassword));
      await writeFile(peopleFile, JSON.stringify(plan.people.map((p) => ({ ...p, password }))), { mode: 0o600 });

      const logs = join(dir, 'logs');
      await mkdir(logs);
      const environments = new Map<string, Record<string, string>>();
      await step('databases', async () => {
        for (const host of hosts) {
          const server = plan.postgres?.(host.id) ?? services;
          const url = await server.createDatabase(`liandong_${host.id.replaceAll('-', '_')}`);
          await migrate(url);
          const usual = {
            LIANDONG_HOST: host.id,
            LIANDONG_NODES: host.nodes.join(','),
            LIANDONG_DATABASE_URL: url,
            LIANDONG_DATABASE_CONNECTIONS: '5',
            LIANDONG_NATS_URL: services.brokerUrl(host.broker),
            LIANDONG_NATS_SEED_FILE: join(paths.hostDir(host.id), 'nats.seed'),
            LIANDONG_TOPOLOGY_FILE: paths.topologyFile,
            LIANDONG_DIVISIONS_FILE: DIVISIONS_FILE,
            LIANDONG_TRUST_FILE: paths.trustFile,
            LIANDONG_KEYS_DIR: join(paths.hostDir(host.id), 'keys'),
            LIANDONG_KEYS_PASSPHRASE_FILE: passphraseFile,
            LIANDONG_ISSUERS_FILE: issuersFile,
            LIANDONG_HTTP_PORT: host.url === null ? '0' : String(httpPort),
            LIANDONG_FEED_HEARTBEAT_MS: '1000',
          };
          environments.set(host.id, { ...usual, ...(await plan.settings?.(host.id, usual)) });
        }
      });
      const programs = new Map(
        hosts.map((host) => [
          host.id,
          new Program(
            host.id,
            plan.hostProgram ?? HOST_PROGRAM,
            environments.get(host.id) ?? {},
            join(logs, `${host.id}.log`),
          ),
        ]),
      );
      await step(`${hosts.length} hosts`, async () => {
        await Promise.all(
          [...programs.values()].map(async (program) => {
            started.push(program);
            await program.start();
          }),
        );
      });

      await copyFile(paths.topologyFile, gatewayTopology(dir));
      const gatewayPort = options.gatewayPort ?? (await freePort());
      const gatewayEnvironment: Record<string, string> = {
        LIANDONG_GATEWAY_PORT: String(gatewayPort),
        LIANDONG_TOPOLOGY_FILE: gatewayTopology(dir),
        LIANDONG_DIVISIONS_FILE: DIVISIONS_FILE,
        LIANDONG_ISSUERS_FILE: issuersFile,
        LIANDONG_NATS_URL: services.brokerUrl(),
        LIANDONG_NATS_SEED_FILE: join(paths.gatewayDir('gateway'), 'nats.seed'),
        LIANDONG_PEOPLE_FILE: peopleFile,
        LIANDONG_ISSUER_KEY_FILE: issuerKeyFile,
        LIANDONG_ISSUER: ISSUER,
        // everybody asks from one address here, and load is what is measured
        LIANDONG_RATE_PER_PERSON: '0',
        LIANDONG_RATE_PER_ADDRESS: '0',
        LIANDONG_RATE_PER_STRANGER: '0',
        ...plan.gatewaySettings,
      };
      const gateway = new Program('gateway', GATEWAY_PROGRAM, gatewayEnvironment, join(logs, 'gateway.log'));
      await step('gateway', async () => {
        started.push(gateway);
        await gateway.start();
      });
      const federation = new Federation(
        dir,
        services,
        programs,
        environments,
        gateway,
        gatewayEnvironment,
        `http://127.0.0.1:${gatewayPort}`,
        plan.hosts.flatMap((host) => host.nodes),
        topology,
      );
      await step('catalogue', () => federation.#publishCatalogue());
      await step('catalogue at every node', () => federation.#catalogueArrived());
      options.signal?.throwIfAborted();
      return federation;
    } catch (error) {
      await Promise.allSettled(started.map((program) => program.stop()));
      await services.stop();
      throw error;
    }
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

  /** Where the key ceremony's outputs are. */
  get secrets(): string {
    return join(this.dir, 'federation');
  }

  /** Writes a later topology down; nothing is made of it yet. @returns its file */
  async writeTopology(change: Pick<Topology, 'hosts'>): Promise<string> {
    this.#topology = { ...this.#topology, ...change, sequence: this.#topology.sequence + 1 };
    const file = join(this.dir, 'topology.yaml');
    await writeFile(file, JSON.stringify(this.#topology));
    return file;
  }

  /** Brings a broker's streams in line with the topology. */
  async bringStreams(broker: string): Promise<void> {
    const topology = join(this.dir, 'topology.yaml');
    const args = ['--broker', broker, '--topology', topology, '--divisions', DIVISIONS_FILE, '--out', this.secrets];
    const { code, output } = await runCommand(CLI_PROGRAM, ['topology', 'streams', ...args], {});
    if (code !== 0) throw problem('BAD_CONFIG', output.trim());
  }

  /**
   * Makes what a later topology needs, as an operator would; neither brokers nor the gateway know of it yet.
   * @param change what is different in it
   */
  async changeTopology(change: Pick<Topology, 'hosts'>): Promise<void> {
    const file = await this.writeTopology(change);
    const args = ['--topology', file, '--divisions', DIVISIONS_FILE, '--out', this.secrets];
    const { code, output } = await runCommand(CLI_PROGRAM, ['topology', 'update', ...args], {});
    if (code !== 0) throw problem('BAD_CONFIG', output.trim());
  }

  /** Has the brokers read their configurations anew. */
  reloadBrokers(): void {
    for (const { id } of this.#topology.brokers) process.kill(this.services.brokerPid(id), 'SIGHUP');
  }

  /** Starts a leaf's broker anew: its link keeps the rights it was made with. */
  async restartLeaf(id: string): Promise<void> {
    await this.services.stopBroker(id);
    await this.services.startBroker(id);
  }

  /** Gives a host that stands the nodes of the topology, from its next start on. */
  settle(id: string): void {
    const host = this.#topology.hosts.find((h) => h.id === id);
    const environment = this.#hostEnvironments.get(id);
    if (!host || !environment) throw problem('BAD_INPUT', `There is no host ${id}.`);
    environment['LIANDONG_NODES'] = host.nodes.join(',');
  }

  /** Gives the gateways the topology that is in force. */
  async tellGateway(): Promise<void> {
    for (const { id } of this.#topology.gateways) {
      const file = gatewayTopology(this.dir, id);
      await copyFile(topologyPaths(this.secrets).topologyFile, `${file}.new`);
      await rename(`${file}.new`, file);
    }
  }

  /**
   * Starts the gateway of a leaf's own (`<leaf>-gateway`), which knows the same people.
   * @returns where it answers
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
   * A host of the topology that is not there yet: a database and settings of its own. It is not started.
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
    return runCommand(CLI_PROGRAM, args, this.environment(host));
  }

  /** Rows of a host's database, read past its services. */
  async rows<Row extends pg.QueryResultRow>(
    host: string,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.environment(host)['LIANDONG_DATABASE_URL'] });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...params])).rows;
    } finally {
      await client.end();
    }
  }

  /** Stops everything, hosts before what they stand on. */
  async stop(): Promise<void> {
    await Promise.all([this.gateway, ...this.#leafGateways].map((gateway) => gateway.stop()));
    await Promise.all(this.hosts().map((host) => host.stop()));
    await this.services.stop();
  }

  async #publishCatalogue(): Promise<void> {
    for (const args of [
      ['catalogue', 'import', CATALOGUE_FILE, '--node', '331000'],
      ['catalogue', 'publish', '--node', '331000'],
    ]) {
      const { code, output } = await this.command('city', args);
      if (code !== 0) throw problem('CATALOGUE_INVALID', output.trim());
    }
  }

  /** Waits until every desk can take in what it may. */
  async #catalogueArrived(): Promise<void> {
    const client = await this.as(null);
    for (const node of this.#nodes) {
      const deadline = performance.now() + 60_000;
      for (;;) {
        const { data, errors } = await client.ask(CATALOG, { division: node, first: 200 });
        const { nodes } = (data?.['catalog'] ?? { nodes: [] }) as {
          nodes: { available: boolean; decider: object | null }[];
        };
        const missing = nodes.filter((entry) => !entry.available && entry.decider !== null).length;
        if (nodes.length > 0 && missing === 0) break;
        if (performance.now() > deadline) {
          const what = errors[0]?.message ?? `${missing} of ${nodes.length} items can not be filed`;
          throw problem('CATALOGUE_INVALID', `The catalogue did not arrive at ${node}: ${what}.`);
        }
        await pause(50);
      }
    }
  }
}

/** The gateway's own copy of the topology: it is told last. */
function gatewayTopology(dir: string, id = 'gateway'): string {
  return join(topologyPaths(join(dir, 'federation')).gatewayDir(id), 'topology.json');
}

const leafGateway = (leaf: string) => `${leaf}-gateway`;

/** The hub and its leafs, on free ports of this machine. */
async function planBrokers(
  dir: string,
  leafs: readonly LeafPlan[],
): Promise<{ brokers: Broker[]; brokerOfHost: (host: string) => string }> {
  const at = async (id: string): Promise<Broker> => ({
    id,
    address: '127.0.0.1',
    port: await freePort(),
    storeDir: join(dir, `jetstream-${id}`),
  });
  const leafPort = await freePort();
  const hub = leafs.length > 0 ? { ...(await at(HUB)), leafPort } : await at(HUB);
  const brokers: Broker[] = [hub];
  for (const { id, link } of leafs) {
    const via = link ? { via: `127.0.0.1:${await link(leafPort)}` } : {};
    brokers.push({ ...(await at(id)), leafOf: HUB, ...via });
  }
  return { brokers, brokerOfHost: (host) => leafs.find(({ hosts }) => hosts.includes(host))?.id ?? HUB };
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
