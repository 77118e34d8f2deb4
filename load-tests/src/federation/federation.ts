import { hashPassword } from '@liandong/runtime';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Services, findNatsServer, freePort, requireFreePort } from '@liandong/runtime/local';
import { generateIssuerKey } from '@liandong/gateway';
import { holdCeremony, migrate, topologyPaths } from '@liandong/nodes';
import type { Broker, Host, Topology } from '@liandong/schema/wire';
import { parseDivisions, problem } from '@liandong/schema/kernel';
import { CATALOG } from './documents.ts';
import { DEMO_HOSTS, DEMO_PASSWORD, DEMO_PEOPLE } from './demo-plan.ts';
import type { FederationOptions, FederationPlan } from './plan.ts';
import {
  CATALOGUE_FILE,
  FORMS_FOLDER,
  CLI_PROGRAM,
  DIVISIONS_FILE,
  GATEWAY_PROGRAM,
  HOST_PROGRAM,
  ISSUER,
  gatewayTopology,
  leafGateway,
  planBrokers,
  secretsOf,
} from './plan.ts';
import { Program } from './program.ts';
import { RunningFederation } from './running-federation.ts';

/** Time between two checks whether the catalogue has arrived, ms: the whole federation answers every check. */
const ARRIVAL_MS = 200;
/** Longest wait for it at a node, ms: hundreds of nodes on a few cores take minutes. */
const ARRIVED_MS = 300_000;

/** The basis from which the programs of a federation are started. */
interface Ground {
  plan: FederationPlan;
  dir: string;
  services: Services;
  topology: Topology;
  passphraseFile: string;
  issuersFile: string;
}

/**
 * A whole federation on one machine, every part a process of its own: the demo, the fault tests and the benchmarks run
 * it.
 */
export class Federation extends RunningFederation {
  /**
   * Starts everything and imports and publishes the sample catalogue. If a step fails, all started parts are stopped.
   */
  static async start(options: FederationOptions): Promise<Federation> {
    // reports impossible options before anything is started
    const plan: FederationPlan = options.plan ?? { hosts: DEMO_HOSTS, people: DEMO_PEOPLE };
    const natsServer = findNatsServer(options.path);
    if (options.gatewayPort !== null) await requireFreePort(options.gatewayPort);
    const dir = await mkdtemp(join(tmpdir(), 'liandong-'));
    // PostgreSQL runs as its own user below this directory; private files are readable by their owner only
    await chmod(dir, 0o755);
    const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      options.signal?.throwIfAborted();
      options.progress(name, null);
      const began = performance.now();
      const done = await work();
      options.progress(name, Math.round(performance.now() - began));
      return done;
    };
    const { brokers, brokerOfHost } = await planBrokers(dir, plan.leafs ?? []);
    const services = await step('PostgreSQL', () => startPostgres(dir, natsServer, brokers, options.durable)).catch(
      async (error: unknown) => {
        await rm(dir, { recursive: true, force: true });
        throw error;
      },
    );
    const started: Program[] = [];
    try {
      const httpPort = await freePort();
      const topology = topologyOf(plan, { brokers, brokerOfHost, httpPort });
      const passphraseFile = await step('keys and certificates', () => makeKeys(dir, topology, plan));
      await step('nats-server', async () => {
        for (const { id } of brokers) await services.startBroker(id);
      });
      const issuer = await makeIssuer(dir, plan, services.options.postgresPassword);
      await mkdir(join(dir, 'logs'));
      const ground = { plan, dir, services, topology, passphraseFile, issuersFile: issuer.issuersFile };
      const environments = await step('databases', () => makeDatabases(ground, httpPort));
      const program = (name: string, file: string, environment: Record<string, string>) => {
        const made = new Program(name, file, environment, join(dir, 'logs', `${name}.log`));
        started.push(made);
        return made;
      };
      const hosts = new Map(
        [...environments].map(([id, settings]) => [id, program(id, plan.hostProgram ?? HOST_PROGRAM, settings)]),
      );
      await step(`${hosts.size} hosts`, () => Promise.all([...hosts.values()].map((host) => host.start())));

      await copyFile(topologyPaths(secretsOf(dir)).topologyFile, gatewayTopology(dir));
      const gatewayPort = options.gatewayPort ?? (await freePort());
      const gatewayEnvironment = gatewaySettings(ground, issuer, gatewayPort);
      const gateway = program('gateway', plan.gatewayProgram ?? GATEWAY_PROGRAM, gatewayEnvironment);
      await step('gateway', () => gateway.start());
      const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
      const cliProgram = plan.cliProgram ?? CLI_PROGRAM;
      const programs = { hosts, gateway, cliProgram };
      const parts = { dir, services, ...programs, environments, gatewayEnvironment, gatewayUrl, topology };
      const federation = new Federation(parts);
      await step('catalogue', () => publishCatalogue(federation, plan));
      await step('catalogue at every node', () => catalogueArrived(federation, plan));
      options.signal?.throwIfAborted();
      return federation;
    } catch (error) {
      await Promise.allSettled(started.map((program) => program.stop()));
      await services.stop();
      throw error;
    }
  }
}

function startPostgres(
  dir: string,
  natsServer: string,
  brokers: readonly Broker[],
  durable: boolean,
): Promise<Services> {
  const { brokerConfigFile } = topologyPaths(secretsOf(dir));
  return Services.start({
    dir,
    keep: false,
    natsServer,
    brokers: brokers.map(({ id, port, storeDir }) => ({ id, port, storeDir, configFile: brokerConfigFile(id) })),
    maxConnections: 100,
    sharedBuffersMb: 64,
    durable,
  });
}

/** The topology of a plan. The gateway asks the city's host over HTTP, the others over NATS. */
function topologyOf(
  plan: FederationPlan,
  places: { brokers: readonly Broker[]; brokerOfHost: (host: string) => string; httpPort: number },
): Topology {
  const hosts = plan.hosts.map((host): Host => ({
    ...host,
    url: host.id === 'city' ? `http://127.0.0.1:${places.httpPort}` : null,
    broker: places.brokerOfHost(host.id),
  }));
  const leafGateways = (plan.leafs ?? []).map(({ id }) => ({ id: leafGateway(id), broker: id }));
  return { sequence: 1, brokers: [...places.brokers], hosts, gateways: [{ id: 'gateway' }, ...leafGateways] };
}

/** Holds the key ceremony. @returns the file of the keys' passphrase, as a mounted secret would be */
async function makeKeys(dir: string, topology: Topology, plan: FederationPlan): Promise<string> {
  const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
  const passphrase = randomBytes(24).toString('base64url');
  const passphraseFile = join(dir, 'passphrase');
  await writeFile(passphraseFile, `${passphrase}\n`, { mode: 0o600 });
  await holdCeremony(topology, divisions, secretsOf(dir), plan.ceremonyAt ?? new Date(), passphrase);
  return passphraseFile;
}

interface IssuerFiles {
  issuersFile: string;
  issuerKeyFile: string;
  peopleFile: string;
}

/** The embedded issuer's key, and the people it knows. */
async function makeIssuer(dir: string, plan: FederationPlan, salt: string): Promise<IssuerFiles> {
  const gatewayDir = topologyPaths(secretsOf(dir)).gatewayDir('gateway');
  const files = {
    issuersFile: join(secretsOf(dir), 'issuers.json'),
    issuerKeyFile: join(gatewayDir, 'issuer.jwk.json'),
    peopleFile: join(gatewayDir, 'people.json'),
  };
  const jwk = await generateIssuerKey();
  await writeFile(files.issuerKeyFile, JSON.stringify(jwk), { mode: 0o600 });
  const { d: _, ...publicJwk } = jwk;
  await writeFile(files.issuersFile, JSON.stringify([{ issuer: ISSUER, jwks: { keys: [publicJwk] } }]));
  const password = await hashPassword(DEMO_PASSWORD, Buffer.from(salt));
  await writeFile(files.peopleFile, JSON.stringify(plan.people.map((p) => ({ ...p, password }))), { mode: 0o600 });
  return files;
}

/** The database that is migrated once and copied for hosts that share a PostgreSQL. */
const TEMPLATE = 'liandong_template';

/** A migrated database for each host. @returns the hosts' settings */
async function makeDatabases(ground: Ground, httpPort: number): Promise<Map<string, Record<string, string>>> {
  const { plan, services, topology } = ground;
  const paths = topologyPaths(secretsOf(ground.dir));
  const template = plan.emptyDatabases ? undefined : TEMPLATE;
  if (template !== undefined) await migrate(await services.createDatabase(template));
  const urls = new Map<string, string>();
  for (const { id } of topology.hosts) {
    const own = plan.postgres?.(id);
    const name = `liandong_${id.replaceAll('-', '_')}`;
    const url = await (own ? own.createDatabase(name) : services.createDatabase(name, template));
    if (own && template !== undefined) await migrate(url);
    urls.set(id, url);
  }
  const environments = topology.hosts.map(async (host) => {
    const url = urls.get(host.id) ?? '';
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
      LIANDONG_KEYS_PASSPHRASE_FILE: ground.passphraseFile,
      LIANDONG_ISSUERS_FILE: ground.issuersFile,
      LIANDONG_HTTP_PORT: host.url === null ? '0' : String(httpPort),
      LIANDONG_FEED_HEARTBEAT_MS: '1000',
    };
    return [host.id, { ...usual, ...(await plan.settings?.(host.id, usual)) }] as const;
  });
  return new Map(await Promise.all(environments));
}

function gatewaySettings(
  { plan, dir, services }: Ground,
  issuer: IssuerFiles,
  gatewayPort: number,
): Record<string, string> {
  return {
    LIANDONG_GATEWAY_PORT: String(gatewayPort),
    LIANDONG_TOPOLOGY_FILE: gatewayTopology(dir),
    LIANDONG_DIVISIONS_FILE: DIVISIONS_FILE,
    LIANDONG_ISSUERS_FILE: issuer.issuersFile,
    LIANDONG_NATS_URL: services.brokerUrl(),
    LIANDONG_NATS_SEED_FILE: join(topologyPaths(secretsOf(dir)).gatewayDir('gateway'), 'nats.seed'),
    LIANDONG_PEOPLE_FILE: issuer.peopleFile,
    LIANDONG_ISSUER_KEY_FILE: issuer.issuerKeyFile,
    LIANDONG_ISSUER: ISSUER,
    // all requests come from one address here, and the tests measure load
    LIANDONG_RATE_PER_PERSON: '0',
    LIANDONG_RATE_PER_ADDRESS: '0',
    LIANDONG_RATE_PER_STRANGER: '0',
    ...plan.gatewaySettings,
  };
}

async function publishCatalogue(
  federation: RunningFederation,
  { catalogueFile = CATALOGUE_FILE, cliProgram }: FederationPlan,
): Promise<void> {
  // an earlier version's program knows no forms, and another catalogue has other items
  const withForms = cliProgram === undefined && catalogueFile === CATALOGUE_FILE;
  for (const args of [
    ['catalogue', 'import', catalogueFile, '--node', '331000'],
    ...(withForms ? [['catalogue', 'attach-forms', FORMS_FOLDER, '--node', '331000']] : []),
    ['catalogue', 'publish', '--node', '331000'],
  ]) {
    const { code, output } = await federation.command('city', args);
    if (code !== 0) throw problem('CATALOGUE_INVALID', output.trim());
  }
}

/** Waits until every desk can take in the items it may. */
async function catalogueArrived(federation: RunningFederation, { awaited }: FederationPlan): Promise<void> {
  const client = await federation.as(null);
  for (const node of awaited ?? federation.topology.hosts.flatMap((host) => host.nodes)) {
    const deadline = performance.now() + ARRIVED_MS;
    for (;;) {
      const { data, errors } = await client.ask(CATALOG, { division: node, first: 200 });
      const { nodes } = (data?.['catalog'] ?? { nodes: [] }) as {
        nodes: { available: boolean; decider: object | null }[];
      };
      const missing = nodes.filter((entry) => !entry.available && entry.decider !== null).length;
      if (nodes.length > 0 && missing === 0) break;
      if (performance.now() > deadline) {
        const what = errors[0]?.message ?? `${missing} of ${nodes.length} items cannot be filed`;
        throw problem('CATALOGUE_INVALID', `The catalogue did not arrive at ${node}: ${what}.`);
      }
      await pause(ARRIVAL_MS);
    }
  }
}
