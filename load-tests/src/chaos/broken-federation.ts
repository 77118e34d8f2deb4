import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Services, findNatsServer, freePort } from '@liandong/runtime/local';
import { topologyPaths } from '@liandong/nodes';
import { TOKEN_AUDIENCE } from '@liandong/schema/identity';
import type { JWK } from 'jose';
import { SignJWT, importJWK } from 'jose';
import { Federation } from '../federation/federation.ts';
import { ISSUER } from '../federation/plan.ts';
import { HostDatabases } from './host-databases.ts';
import type { NaiveVariant } from './naive.ts';
import type { HostId, LeafId } from './places.ts';
import { HOSTS, LEAFS, OWN_POSTGRES, PEOPLE, SMALL_DISK } from './places.ts';
import { RoadProxy } from './road-proxy.ts';
import { SmallDisk } from './small-disk.ts';

/** The built program, also in a run from source: each host is a process of its own. */
const HOST_PROGRAM = fileURLToPath(new URL('../../dist/programs/host-program.js', import.meta.url));
const DAY_MS = 86_400_000;

export interface BrokenFederationOptions {
  naive: NaiveVariant | null;
  /** Room for the database of the host with the small disk, MiB. */
  diskMib: number;
  progress: (step: string, ms: number | null) => void;
  path: string;
  signal?: AbortSignal;
}

/** A federation whose every part can be broken and repaired. */
export class BrokenFederation {
  readonly federation: Federation;
  readonly databases: HostDatabases;
  /** Address of each host's HTTP port. */
  readonly urls: ReadonlyMap<string, string>;
  /** The line of each host to its broker. */
  readonly lines: ReadonlyMap<HostId, RoadProxy>;
  /** The link of each leaf to the hub. */
  readonly links: ReadonlyMap<LeafId, RoadProxy>;
  /** The small disk, or the reason why this machine has none. */
  readonly disk: SmallDisk | string;
  readonly #postgres: ReadonlyMap<string, Services>;
  readonly #dir: string;

  private constructor(
    parts: Omit<BrokenFederation, 'postgresOf' | 'restart' | 'become' | 'tokens' | 'stop'> & PrivateParts,
  ) {
    this.federation = parts.federation;
    this.databases = parts.databases;
    this.urls = parts.urls;
    this.lines = parts.lines;
    this.links = parts.links;
    this.disk = parts.disk;
    this.#postgres = parts.postgres;
    this.#dir = parts.dir;
  }

  static async start(options: BrokenFederationOptions): Promise<BrokenFederation> {
    const natsServer = findNatsServer(options.path);
    const dir = await mkdtemp(join(tmpdir(), 'liandong-chaos-'));
    await chmod(dir, 0o755);
    const disk = await SmallDisk.make(options.diskMib);
    const postgres = new Map<string, Services>();
    const lines = new Map<HostId, RoadProxy>();
    const links = new Map<LeafId, RoadProxy>();
    const urls = new Map<string, string>();
    const undo = async () => {
      await Promise.allSettled([...lines.values(), ...links.values()].map((line) => line.close()));
      await Promise.allSettled([...postgres.values()].map((server) => server.stop()));
      if (typeof disk !== 'string') await disk.unmount();
      await rm(dir, { recursive: true, force: true });
    };
    try {
      for (const id of OWN_POSTGRES) {
        await mkdir(join(dir, id));
        const small = id === SMALL_DISK && typeof disk !== 'string';
        const server = await Services.start({
          dir: join(dir, id),
          keep: false,
          natsServer,
          brokers: [],
          maxConnections: 30,
          sharedBuffersMb: 64,
          durable: true,
          ...(small
            ? { postgresDir: join(disk.dir, 'postgres'), postgresSettings: ['max_wal_size=96MB', 'min_wal_size=32MB'] }
            : {}),
        });
        postgres.set(id, server);
      }
      const federation = await Federation.start({
        gatewayPort: null,
        durable: true,
        progress: options.progress,
        path: options.path,
        ...(options.signal ? { signal: options.signal } : {}),
        plan: {
          hosts: HOSTS.map((host) => ({ ...host, nodes: [...host.nodes] })),
          people: PEOPLE,
          leafs: LEAFS.map(({ id, hosts }) => ({
            id,
            hosts,
            link: async (hubPort) => {
              const link = await RoadProxy.listen(hubPort, false);
              links.set(id, link);
              return link.port;
            },
          })),
          hostProgram: HOST_PROGRAM,
          // keys are older than any wrong clock here
          ceremonyAt: new Date(Date.now() - DAY_MS),
          postgres: (host) => postgres.get(host),
          settings: async (host, usual) => {
            const line = await RoadProxy.listen(Number(new URL(usual['LIANDONG_NATS_URL'] ?? '').port), true);
            lines.set(host as HostId, line);
            // the gateway asks the city over HTTP, and the load's desks ask every host over HTTP
            const port = Number(usual['LIANDONG_HTTP_PORT']) || (await freePort());
            urls.set(host, `http://127.0.0.1:${port}`);
            return {
              LIANDONG_NATS_URL: `nats://127.0.0.1:${line.port}`,
              LIANDONG_HTTP_PORT: String(port),
              LIANDONG_LOG_LEVEL: 'warn',
              ...(options.naive === null ? {} : { CHAOS_NAIVE: options.naive }),
            };
          },
        },
      });
      const databases = new HostDatabases(
        new Map(HOSTS.map(({ id }) => [id, federation.environment(id)['LIANDONG_DATABASE_URL'] ?? ''])),
      );
      return new BrokenFederation({ federation, databases, urls, lines, links, disk, postgres, dir });
    } catch (error) {
      await undo();
      throw error;
    }
  }

  /** The PostgreSQL server of a host's database. */
  postgresOf(host: string): Services {
    return this.#postgres.get(host) ?? this.federation.services;
  }

  /** Starts a stopped host, and tries again and again as a supervisor would. */
  async restart(host: HostId): Promise<void> {
    const program = this.federation.host(host);
    for (let tries = 0; !program.running; tries++) {
      try {
        await program.start();
      } catch (error) {
        if (tries === 30) throw error;
        await pause(500);
      }
    }
  }

  /** Restarts all hosts as a naive variant. */
  async become(naive: NaiveVariant): Promise<void> {
    await Promise.all(
      this.federation.hosts().map(async (host) => {
        this.federation.environment(host.name)['CHAOS_NAIVE'] = naive;
        await host.stop();
        await host.start();
      }),
    );
  }

  /** The token of every person, by login, from the federation's issuer. */
  async tokens(): Promise<Map<string, string>> {
    const gatewayDir = topologyPaths(join(this.federation.dir, 'federation')).gatewayDir('gateway');
    const jwk = JSON.parse(await readFile(join(gatewayDir, 'issuer.jwk.json'), 'utf8')) as JWK;
    const key = await importJWK(jwk, 'EdDSA');
    const tokens = PEOPLE.map(async ({ username, name, division, roles, department }) => {
      const token = await new SignJWT({ name, division, roles, ...(department === null ? {} : { department }) })
        .setProtectedHeader({ alg: 'EdDSA', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }), typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(TOKEN_AUDIENCE)
        .setSubject(username)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('4h')
        .sign(key);
      return [username, token] as const;
    });
    return new Map(await Promise.all(tokens));
  }

  /** Stops everything in whatever state it is, and leaves nothing behind. */
  async stop(): Promise<void> {
    const lines = [...this.lines.values(), ...this.links.values()];
    for (const line of lines) line.heal();
    for (const host of this.federation.hosts()) host.thaw();
    const ended = [
      ...(await Promise.allSettled([this.databases.close(), this.federation.stop()])),
      ...(await Promise.allSettled(lines.map((line) => line.close()))),
      ...(await Promise.allSettled([...this.#postgres.values()].map((server) => server.stop()))),
    ];
    if (typeof this.disk !== 'string') await this.disk.unmount();
    await rm(this.#dir, { recursive: true, force: true });
    const failed = ended.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason as Error;
  }
}

interface PrivateParts {
  postgres: ReadonlyMap<string, Services>;
  dir: string;
}
