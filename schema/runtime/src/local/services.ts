import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { problem } from '@liandong/schema/kernel';
import pg from 'pg';
import { freePort } from './ports.ts';

/** A nats-server of the federation. */
export interface BrokerPlan {
  id: string;
  configFile: string;
  port: number;
  storeDir: string;
}

export interface ServicesOptions {
  /** Folder of all their files; removed at the end unless kept. */
  dir: string;
  keep: boolean;
  natsServer: string;
  /** Hub first. */
  brokers: readonly BrokerPlan[];
  postgresPort: number;
  postgresPassword: string;
  maxConnections: number;
  sharedBuffersMb: number;
  /** False for tests that never cut the power: faster, but data is lost with the machine. */
  durable: boolean;
  /** Where PostgreSQL keeps its data; below `dir` when left out. */
  postgresDir?: string;
  /** Further settings of PostgreSQL, `name=value`. */
  postgresSettings?: readonly string[];
}

export type ServicesCommand =
  | { command: 'start'; options: ServicesOptions }
  | { command: 'startBroker'; id: string }
  | { command: 'stopBroker'; id: string }
  | { command: 'killPostgres' }
  | { command: 'startPostgres' }
  | { command: 'end' };
export type ServicesEvent =
  | { event: 'postgres' }
  | { event: 'broker'; id: string; pid: number }
  | { event: 'noBroker' }
  | { event: 'killed' }
  | { event: 'ended' }
  | { event: 'failed'; reason: string };

/** Always the built file: it runs as a process of its own, also when a source program starts it. */
const SERVICES_PROGRAM = fileURLToPath(new URL('../../dist/local/services-process.js', import.meta.url));

/** PostgreSQL and the broker of a federation on one machine. */
export class Services {
  readonly options: ServicesOptions;
  readonly #process: ChildProcess;
  readonly #brokerPids = new Map<string, number>();

  private constructor(options: ServicesOptions, child: ChildProcess) {
    this.options = options;
    this.#process = child;
  }

  /** Starts PostgreSQL; the broker follows when its configuration is written. */
  static async start(options: Omit<ServicesOptions, 'postgresPort' | 'postgresPassword'>): Promise<Services> {
    const whole = { ...options, postgresPort: await freePort(), postgresPassword: randomBytes(12).toString('hex') };
    const child = fork(SERVICES_PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
    const services = new Services(whole, child);
    try {
      await services.#ask({ command: 'start', options: whole }, 'postgres');
      return services;
    } catch (error) {
      await services.stop();
      throw error;
    }
  }

  /** The process that runs both. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The process of a broker; of the hub unless told otherwise. */
  brokerPid(id = this.#broker().id): number {
    return this.#brokerPids.get(id) ?? 0;
  }

  /** Where hosts reach a broker. */
  brokerUrl(id?: string): string {
    return `nats://127.0.0.1:${this.#broker(id).port}`;
  }

  /** The folder in which a broker stores its data. */
  storeDir(id?: string): string {
    return this.#broker(id).storeDir;
  }

  /** Ends a broker as a power cut would. */
  killBroker(id?: string): void {
    process.kill(this.brokerPid(id), 'SIGKILL');
  }

  async startBroker(id = this.#broker().id): Promise<void> {
    const event = await this.#ask({ command: 'startBroker', id }, 'broker');
    if (event.event === 'broker') this.#brokerPids.set(id, event.pid);
  }

  /** A broker loses everything it stored and comes back. */
  async wipeBroker(id?: string): Promise<void> {
    const broker = this.#broker(id);
    this.killBroker(broker.id);
    await rm(broker.storeDir, { recursive: true, force: true });
    await this.startBroker(broker.id);
  }

  #broker(id?: string): BrokerPlan {
    const { brokers } = this.options;
    const broker = id === undefined ? brokers[0] : brokers.find((b) => b.id === id);
    if (!broker) throw problem('BAD_INPUT', `There is no broker ${id ?? 'here'}.`);
    return broker;
  }

  /** Ends a broker in order; its stored data is there when it is started again. */
  async stopBroker(id = this.#broker().id): Promise<void> {
    await this.#ask({ command: 'stopBroker', id }, 'noBroker');
  }

  /** Ends PostgreSQL as a power cut would. */
  async killPostgres(): Promise<void> {
    await this.#ask({ command: 'killPostgres' }, 'killed');
  }

  /** Starts PostgreSQL again on its existing data, unless it runs. */
  async startPostgres(): Promise<void> {
    await this.#ask({ command: 'startPostgres' }, 'postgres');
  }

  /** The server's own account, for making databases. */
  get adminUrl(): string {
    const { postgresPort, postgresPassword } = this.options;
    return `postgresql://postgres:${postgresPassword}@127.0.0.1:${postgresPort}/postgres`;
  }

  /**
   * Makes a database with an owner of its own; hosts do not see each other's.
   * @param like another database made here, without connections; its content is copied and belongs to the new owner
   * @returns its address
   */
  async createDatabase(name: string, like: string | null = null): Promise<string> {
    const { postgresPort } = this.options;
    const password = randomBytes(12).toString('hex');
    const [role, database, template] = [name, name, like ?? 'template1'].map((id) => pg.escapeIdentifier(id));
    await this.#asAdmin(this.adminUrl, [
      `CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`,
      `CREATE DATABASE ${database} OWNER ${role} TEMPLATE ${template}`,
      `REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`,
    ]);
    if (like !== null) {
      await this.#asAdmin(this.adminUrl.replace(/\/postgres$/, `/${name}`), [
        `REASSIGN OWNED BY ${template} TO ${role}`,
        // removing an owner removes their databases
        `ALTER DATABASE ${template} OWNER TO ${template}`,
      ]);
    }
    return `postgresql://${name}:${password}@127.0.0.1:${postgresPort}/${name}`;
  }

  async #asAdmin(url: string, statements: readonly string[]): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    if (!this.#process.connected) return;
    await this.#ask({ command: 'end' }, 'ended');
  }

  #ask(command: ServicesCommand, answer: ServicesEvent['event']): Promise<ServicesEvent> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        this.#process.off('message', onMessage);
        this.#process.off('exit', onExit);
        settle();
      };
      const onMessage = (event: ServicesEvent) => {
        if (event.event === answer) done(() => resolve(event));
        if (event.event === 'failed')
          done(() => reject(problem('BAD_CONFIG', `A service did not start: ${event.reason}.`)));
      };
      const onExit = () =>
        done(() =>
          answer === 'ended' ? resolve({ event: 'ended' }) : reject(problem('BAD_CONFIG', 'The services ended.')),
        );
      this.#process.on('message', onMessage);
      this.#process.on('exit', onExit);
      this.#process.send(command);
    });
  }
}

/** Rows of a database, read beside the programs that use it. @param url its address */
export async function readRows<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...params])).rows;
  } finally {
    await client.end();
  }
}
