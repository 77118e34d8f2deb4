import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@liandong/runtime/local';
import type { Broker } from '@liandong/schema/wire';
import { inject } from 'vitest';
import { topologyPaths } from '../topology/index.ts';

export { freePort };

/** The city's broker. */
export const HUB = 'hub';

/** A real nats-server with its generated configuration. */
export class TestBroker {
  readonly port: number;
  readonly storeDir: string;
  readonly #dir: string;
  readonly #id: string;
  #child: ChildProcess | null = null;

  constructor(dir: string, { id, port, storeDir }: Broker) {
    this.#dir = dir;
    this.#id = id;
    this.port = port;
    this.storeDir = storeDir;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    await mkdir(this.storeDir, { recursive: true });
    const config = topologyPaths(this.#dir).brokerConfigFile(this.#id);
    const child = spawn(inject('natsServer'), ['-c', config, '-l', join(this.#dir, `nats-${this.#id}.log`)], {
      stdio: 'ignore',
    });
    this.#child = child;
    for (let tries = 0; tries < 200; tries++) {
      const answer = await fetch(`http://127.0.0.1:${this.port}`).catch((error: Error) => String(error.cause));
      // the broker does not speak HTTP: an answer that can't be parsed shows that it runs
      if (typeof answer !== 'string' || !answer.includes('ECONNREFUSED')) return;
      await pause(20);
    }
    throw new Error('nats-server did not start');
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Makes the broker reload its configuration. */
  reload(): void {
    this.#child?.kill('SIGHUP');
  }
}

/** The line between a leaf and the city: a proxy that can be cut and healed. */
export class TestLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #lines = new Set<{ near: Socket; far: Socket }>();
  #cut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(to: number): Promise<TestLink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const link = new TestLink(server);
    server.on('connection', (near) => link.#join(near, to));
    return link;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the link is closed');
    return address.port;
  }

  /** Cuts all connections and refuses new ones. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.#cut = false;
  }

  /** Drops all traffic both ways without an error on either side; {@link cut} or {@link resume} ends it. */
  silence(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  /**
   * Drops the traffic in one direction on the lines there are, which stay open; a new connection gets through. The old
   * lines are never mended.
   */
  deafen(direction: 'up' | 'down'): void {
    for (const { near, far } of this.#lines) (direction === 'up' ? near : far).pause();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket, to: number): void {
    near.on('error', () => undefined);
    if (this.#cut) {
      near.destroy();
      return;
    }
    const far = connect(to, '127.0.0.1');
    far.on('error', () => undefined);
    const line = { near, far };
    this.#lines.add(line);
    near.once('close', () => this.#lines.delete(line));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('data', (chunk) => void other.write(chunk));
      one.once('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}

/** The city's broker and its leafs, on free ports, with a link before each leaf. */
export async function planBrokers(
  dir: string,
  leafs: readonly string[],
): Promise<{ brokers: Map<string, TestBroker>; links: Map<string, TestLink>; topologyBrokers: Broker[] }> {
  const at = async (id: string): Promise<Broker> => ({
    id,
    address: '127.0.0.1',
    port: await freePort(),
    storeDir: join(dir, `jetstream-${id}`),
  });
  const leafPort = await freePort();
  const links = new Map<string, TestLink>();
  const topologyBrokers: Broker[] = [leafs.length > 0 ? { ...(await at(HUB)), leafPort } : await at(HUB)];
  for (const id of leafs) {
    const link = await TestLink.open(leafPort);
    links.set(id, link);
    topologyBrokers.push({ ...(await at(id)), leafOf: HUB, via: `127.0.0.1:${link.port}` });
  }
  const brokers = new Map(topologyBrokers.map((broker) => [broker.id, new TestBroker(dir, broker)]));
  return { brokers, links, topologyBrokers };
}
