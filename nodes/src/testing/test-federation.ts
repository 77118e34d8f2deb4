import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { programLog } from '@liandong/runtime';
import type { NodeServices } from '@liandong/schema/graph';
import type { DivisionCode, Divisions, OfficialCalendar, Role } from '@liandong/schema/kernel';
import type { Domain, Viewer } from '@liandong/schema/operation';
import type { RoleOperation, RoleResult } from '@liandong/schema/wire';
import { TOKEN_AUDIENCE } from '@liandong/schema/identity';
import { catalogue } from '@liandong/schema/domains/catalogue';
import { operate } from '@liandong/schema/operation';
import { parseDivisions } from '@liandong/schema/kernel';
import type { CryptoKey } from 'jose';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import pg from 'pg';
import type { Logger } from 'pino';
import { inject } from 'vitest';
import { importCatalogue, publishCatalogue } from '../catalogue/index.ts';
import type { HandOffPorts } from '../handoff/index.ts';
import type { HostConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { FeedAppender } from '../feeds/index.ts';
import { Host } from '../host/index.ts';
import { openVault } from '../sealing/index.ts';
import { holdCeremony } from '../topology/index.ts';
import type { StoredKey } from '../trust/index.ts';
import { readKeys, readPassphrase } from '../trust/index.ts';
import type { Vault } from '../vault/index.ts';
import { TEMPLATE } from './global-setup.ts';
import type { TestBroker, TestLink } from './test-brokers.ts';
import { HUB, planBrokers } from './test-brokers.ts';

const DATA = fileURLToPath(new URL('../../../data/', import.meta.url));
export const DIVISIONS_FILE = join(DATA, 'taizhou-divisions.csv');
export const CATALOGUE_FILE = join(DATA, 'catalog-sample.json');
export const ISSUER = 'test-issuer';

export const CITY = '331000';
export const COUNTY = '331022';
export const TOWNSHIP = '331022103';
export const OTHER_TOWNSHIP = '331022102';
export const VILLAGE = '331022103201';
export const OTHER_VILLAGE = '331022103210';

export interface TestFederationOptions {
  /** The nodes; each has a host of its own, except those in `together`. */
  nodes: readonly DivisionCode[];
  /** Nodes that one host serves. */
  together?: readonly DivisionCode[];
  /** Whether the sample catalogue is imported and has reached all nodes before the tests begin. */
  catalogue?: boolean;
  /** The register of places; the real one if left out. */
  divisionsFile?: string;
  /** The catalogue file to import; the sample if left out. */
  catalogueFile?: string;
  calendar?: OfficialCalendar;
  /** Leafs of the city's broker, by name, with their nodes; each leaf has a link to the city that a test can cut. */
  leafs?: Readonly<Record<string, readonly DivisionCode[]>>;
  /** Whether everything the hosts log is kept in `logged`. */
  keepLog?: boolean;
  /** Page that documents name for their verification; none when left out. */
  verifyPage?: string;
  /** Whether key files are encrypted, as a topology makes them. Opening one costs a tenth of a second of processor. */
  encryptedKeys?: boolean;
  /** Migrated databases that nodes use instead of new ones. */
  databaseUrls?: ReadonlyMap<DivisionCode, string>;
}

/** Real hosts in this process, each with a database of its own, over a real broker with the real permissions. */
export class TestFederation {
  readonly divisions: Divisions;
  readonly dir: string;
  readonly brokerUrl: string;
  readonly #brokers: ReadonlyMap<string, TestBroker>;
  readonly #links: ReadonlyMap<string, TestLink>;
  readonly #issuerKey: CryptoKey;
  readonly #configs = new Map<DivisionCode, HostConfig>();
  readonly #hosts = new Map<DivisionCode, Host>();
  readonly #dbs = new Map<DivisionCode, HostDb>();
  readonly #vaults = new Map<DivisionCode, Vault>();
  readonly #log: Logger;
  /** Everything the hosts log, when a test asks to keep it. */
  readonly logged: string[] = [];
  /** Moves the hosts' clocks, ms. */
  shiftMs = 0;

  private constructor(
    divisions: Divisions,
    dir: string,
    brokers: ReadonlyMap<string, TestBroker>,
    links: ReadonlyMap<string, TestLink>,
    issuerKey: CryptoKey,
    keepLog: boolean,
  ) {
    this.divisions = divisions;
    this.dir = dir;
    this.#brokers = brokers;
    this.#links = links;
    this.brokerUrl = this.#broker(HUB).url;
    this.#issuerKey = issuerKey;
    this.#log = keepLog
      ? programLog('trace', {}, { write: (line) => void this.logged.push(line) })
      : programLog(process.env['TEST_LOG'] ?? 'silent', {});
  }

  static async start({
    nodes,
    together = [],
    catalogue = true,
    catalogueFile = CATALOGUE_FILE,
    divisionsFile = DIVISIONS_FILE,
    calendar,
    leafs = {},
    keepLog = false,
    verifyPage,
    encryptedKeys = false,
    databaseUrls = new Map(),
  }: TestFederationOptions): Promise<TestFederation> {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-federation-'));
    const divisions = parseDivisions(await readFile(divisionsFile, 'utf8'));
    const { brokers, links, topologyBrokers } = await planBrokers(dir, Object.keys(leafs));
    const groups = [...nodes.filter((node) => !together.includes(node)).map((node) => [node]), [...together]];
    const hosts = groups.flatMap((served) => {
      const [first] = served;
      if (first === undefined) return [];
      const leaf = Object.entries(leafs).find(([, own]) => own.includes(first))?.[0] ?? HUB;
      return [{ id: `host-${first.toLowerCase()}`, nodes: served, url: null, broker: leaf }];
    });
    const passphrase = encryptedKeys ? randomUUID() : null;
    const passphraseFile = encryptedKeys ? join(dir, 'passphrase') : null;
    if (passphraseFile !== null) await writeFile(passphraseFile, `${passphrase}\n`, { mode: 0o600 });
    const gateways = [HUB, ...Object.keys(leafs)].map((id) => ({ id: `gateway-${id}`, broker: id }));
    const topology = { sequence: 1, brokers: topologyBrokers, hosts, gateways };
    const paths = await holdCeremony(topology, divisions, dir, new Date(), passphrase);
    for (const broker of brokers.values()) await broker.start();
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const issuersFile = join(dir, 'issuers.json');
    await writeFile(issuersFile, JSON.stringify([{ issuer: ISSUER, jwks: { keys: [await exportJWK(publicKey)] } }]));
    let calendarFile: string | null = null;
    if (calendar) {
      calendarFile = join(dir, 'calendar.json');
      const { years, restDays, makeUpDays } = calendar;
      await writeFile(
        calendarFile,
        JSON.stringify({ years: [...years], restDays: [...restDays], makeUpDays: [...makeUpDays] }),
      );
    }
    const federation = new TestFederation(divisions, dir, brokers, links, privateKey, keepLog);
    for (const { id, nodes: served, broker } of hosts) {
      const [first = ''] = served;
      const hostDir = paths.hostDir(id);
      const config: HostConfig = {
        host: id,
        nodes: served,
        databaseUrl: databaseUrls.get(first) ?? (await createDatabase()),
        databaseConnections: 4,
        postgresBinDir: null,
        natsUrls: [federation.#broker(broker).url],
        natsSeedFile: join(hostDir, 'nats.seed'),
        divisionsFile,
        topologyFile: paths.topologyFile,
        trustFile: paths.trustFile,
        keysDir: join(hostDir, 'keys'),
        keysPassphraseFile: passphraseFile,
        issuersFile,
        calendarFile,
        verifyPage: verifyPage ?? null,
        httpPort: 0,
        httpAddress: '127.0.0.1',
        feedHeartbeatMs: 2_000,
        metricsPort: 0,
        metricsAddress: '127.0.0.1',
        stopTimeoutMs: 30_000,
        otlpEndpoint: null,
        logLevel: 'silent',
      };
      for (const node of served) federation.#configs.set(node, config);
    }
    await Promise.all(hosts.map((host) => federation.startHost(host.nodes[0] ?? '')));
    if (catalogue) await federation.#bringCatalogue(catalogueFile);
    return federation;
  }

  now = (): Date => new Date(Date.now() + this.shiftMs);

  /**
   * Starts the host of a node, with all nodes it serves.
   * @param ports of another program than this one: an older one knows an older protocol
   */
  async startHost(node: DivisionCode, ports: Partial<HandOffPorts> = {}): Promise<void> {
    const config = this.config(node);
    const host = await Host.start(config, this.#log, this.now, ports);
    const vault = await openVault(config);
    for (const served of config.nodes) {
      this.#hosts.set(served, host);
      this.#vaults.set(served, vault);
    }
  }

  async stopHost(node: DivisionCode): Promise<void> {
    const host = this.#hosts.get(node);
    for (const served of this.config(node).nodes) this.#hosts.delete(served);
    await host?.stop(this.#log);
  }

  /**
   * Copies a node's database as it is now; its host is stopped meanwhile.
   * @returns the address of the copy, for {@link restore}
   */
  async backup(node: DivisionCode): Promise<string> {
    await this.stopHost(node);
    await this.forgetDb(node);
    const copy = await createDatabase(new URL(this.config(node).databaseUrl).pathname.slice(1));
    await this.startHost(node);
    return copy;
  }

  /** Replaces a node's database with an old backup; its host is left stopped. */
  async restore(node: DivisionCode, backup: string): Promise<void> {
    await this.stopHost(node);
    await this.forgetDb(node);
    this.reconfigure(node, { databaseUrl: await createDatabase(new URL(backup).pathname.slice(1)) });
  }

  /** Ends this test's own connections to a node's database. */
  async forgetDb(node: DivisionCode): Promise<void> {
    const db = this.#dbs.get(node);
    this.#dbs.delete(node);
    await db?.close();
  }

  nodes(): DivisionCode[] {
    return [...this.#configs.keys()];
  }

  config(node: DivisionCode): HostConfig {
    const config = this.#configs.get(node);
    if (!config) throw new Error(`no host of ${node} in this test`);
    return config;
  }

  /** A node's settings as a command on its host reads them. */
  environment(node: DivisionCode): Record<string, string> {
    const c = this.config(node);
    return {
      LIANDONG_HOST: c.host,
      LIANDONG_NODES: c.nodes.join(','),
      LIANDONG_DATABASE_URL: c.databaseUrl,
      LIANDONG_NATS_URL: c.natsUrls.join(','),
      LIANDONG_NATS_SEED_FILE: c.natsSeedFile ?? '',
      LIANDONG_DIVISIONS_FILE: c.divisionsFile,
      LIANDONG_TRUST_FILE: c.trustFile,
      LIANDONG_KEYS_DIR: c.keysDir,
      ...(c.keysPassphraseFile === null ? {} : { LIANDONG_KEYS_PASSPHRASE_FILE: c.keysPassphraseFile }),
      LIANDONG_ISSUERS_FILE: c.issuersFile,
    };
  }

  /** Changes a host's settings before it is started again. */
  reconfigure(node: DivisionCode, change: Partial<HostConfig>): void {
    const { nodes } = this.config(node);
    const config = { ...this.config(node), ...change };
    for (const served of nodes) this.#configs.set(served, config);
  }

  host(node: DivisionCode): Host {
    const host = this.#hosts.get(node);
    if (!host) throw new Error(`the host of ${node} does not run`);
    return host;
  }

  /** The node's own services, without the gateway in between. */
  services(node: DivisionCode): NodeServices {
    return this.host(node).services(node);
  }

  /** The operations of a domain at a node, without the gateway in between. */
  desk<D extends Domain>(node: DivisionCode, domain: D) {
    return operate(this.host(node).services(node).perform, domain);
  }

  /** Sends an operation to a host as the gateway would, with a token. */
  async ask(node: DivisionCode, operation: Omit<RoleOperation, 'at'> & { at?: string }): Promise<RoleResult> {
    const reply = await this.host(node).answer({ operations: [{ at: node, ...operation }], budgetMs: 5_000 });
    if (!('results' in reply)) throw new Error(reply.problem.message);
    const [result] = reply.results;
    if (!result) throw new Error('no result');
    return result;
  }

  /** The node's rows, read past its services. */
  async rows<Row>(node: DivisionCode, sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.db(node).queryHost<Row>(sql, params);
  }

  /** The node's database, with the data keys its host found at its start. */
  db(node: DivisionCode): HostDb {
    let db = this.#dbs.get(node);
    if (!db) {
      const vault = this.#vaults.get(node);
      if (!vault) throw new Error(`the host of ${node} was never started`);
      db = new HostDb(this.config(node).databaseUrl, 2, () => undefined, vault);
      this.#dbs.set(node, db);
    }
    return db;
  }

  /** A signed token, by default from the issuer the hosts trust. */
  async token(
    viewer: Viewer,
    change: { issuer?: string; audience?: string; expires?: string; key?: CryptoKey } = {},
  ): Promise<string> {
    return new SignJWT(claimsOf(viewer))
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(change.issuer ?? ISSUER)
      .setAudience(change.audience ?? TOKEN_AUDIENCE)
      .setSubject(viewer.actsFor ?? viewer.sub)
      .setIssuedAt()
      .setExpirationTime(change.expires ?? '10m')
      .sign(change.key ?? this.#issuerKey);
  }

  async stopBroker(signal: NodeJS.Signals = 'SIGTERM', id = HUB): Promise<void> {
    await this.#broker(id).stop(signal);
  }

  async startBroker(id = HUB): Promise<void> {
    await this.#broker(id).start();
  }

  /** Deletes everything a broker has stored. */
  async wipeBroker(id = HUB): Promise<void> {
    const broker = this.#broker(id);
    await broker.stop('SIGKILL');
    await rm(broker.storeDir, { recursive: true, force: true });
    await broker.start();
  }

  /** The address of a broker for its own hosts. */
  urlOf(broker: string): string {
    return this.#broker(broker).url;
  }

  /** The link of a leaf to the city's broker. */
  link(leaf: string): TestLink {
    const link = this.#links.get(leaf);
    if (!link) throw new Error(`there is no leaf ${leaf}`);
    return link;
  }

  #broker(id: string): TestBroker {
    const broker = this.#brokers.get(id);
    if (!broker) throw new Error(`there is no broker ${id}`);
    return broker;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#hosts.keys()].map((node) => this.stopHost(node)));
    await Promise.all([...this.#dbs.values()].map((db) => db.close()));
    await Promise.all([...this.#brokers.values()].map((broker) => broker.stop('SIGTERM')));
    await Promise.all([...this.#links.values()].map((link) => link.close()));
    await rm(this.dir, { recursive: true, force: true });
  }

  async #bringCatalogue(file: string): Promise<void> {
    const db = this.db(CITY);
    await importCatalogue(db, CITY, this.divisions, file, this.now());
    await publishCatalogue(db, CITY, new FeedAppender(), this.now());
    for (const node of this.#configs.keys()) {
      await eventually(async () => {
        const page = await this.desk(node, catalogue).catalog(null, { division: node }, { first: 200, after: null });
        const decided = page.nodes.filter((entry) => entry.decider !== null && this.#configs.has(entry.decider));
        return page.nodes.length === 42 && decided.every((entry) => entry.available);
      });
    }
  }
}

/** Waits until a condition holds; fails if it does not within half a minute. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_500; tries++) {
    if (await holds()) return;
    await pause(20);
  }
  throw new Error(`it never came to: ${holds.toString()}`);
}

/** The claims of a verified token of this viewer. */
function claimsOf({ sub, name, division, roles, department, window, actsFor, onlyCase }: Viewer) {
  const act = actsFor === undefined ? undefined : { sub, name };
  return { name, division, roles, department, window, act, onlyCase };
}

export function personAt(
  division: DivisionCode,
  role: Role,
  department: string | null = null,
  sub = `${division}-${role}`,
): Viewer {
  return { issuer: ISSUER, sub, name: sub, division, roles: [role], department };
}

/** A database of its own, copied from the migrated template. */
export async function createDatabase(template: string | null = TEMPLATE): Promise<string> {
  const adminUrl = inject('postgresAdminUrl');
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}${template === null ? '' : ` TEMPLATE ${template} STRATEGY file_copy`}`);
  } finally {
    await client.end();
  }
  return adminUrl.replace(/\/postgres$/, `/${name}`);
}

/** The private keys a host signs with. */
export async function readKeysOf(config: HostConfig): Promise<StoredKey[]> {
  return readKeys(config.keysDir, config.nodes, await readPassphrase(config.keysPassphraseFile));
}
