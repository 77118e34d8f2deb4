import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { FrameReader, again, isRoad } from './nats-frames.ts';
import type { Frame } from './nats-frames.ts';
import type { Random } from './random.ts';

/** A disturbance of messages on their way to the broker. */
export type Disturbance = 'duplicated' | 'reordered' | 'delayed';
export type Direction = 'up' | 'down';

/** Late copies are taken from this many messages. */
const REMEMBERED = 400;
/** Most messages in a shuffled group, and their longest wait for each other, ms. */
const SHUFFLED = 8;
const SHUFFLE_MS = 150;
const LONGEST_DELAY_MS = 3_000;
const LONGEST_COPY_MS = 400;

interface Line {
  client: Socket;
  broker: Socket;
}

/**
 * The line between a host (or a leaf broker) and its broker: a proxy that can cut it, hold one direction of it, or
 * disturb its messages. It reads enough of the NATS protocol to know where a message begins and ends. A message it
 * repeats is a real message to a real broker.
 */
export class RoadProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #lines = new Set<Line>();
  readonly #reads: boolean;
  #open = true;
  /** Connections refused because the line was cut. */
  refused = 0;
  #held: Direction | null = null;
  #disturbance: { kind: Disturbance; random: Random } | null = null;
  /** Messages the disturbance has met. */
  met = 0;
  readonly #sent: Frame[] = [];

  private constructor(server: Server, target: number, reads: boolean) {
    this.#server = server;
    this.#target = target;
    this.#reads = reads;
    server.on('connection', (client) => this.#join(client));
  }

  /**
   * @param target the broker's port
   * @param reads whether clients speak through it, so that messages can be disturbed; leaf brokers do not
   */
  static async listen(target: number, reads: boolean): Promise<RoadProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new RoadProxy(server, target, reads);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts the line; no connection gets through until it is healed. */
  cut(): void {
    this.#open = false;
    for (const line of this.#lines) drop(line);
  }

  /** Holds the traffic in one direction, as when packets get lost in one direction only; it goes on when healed. */
  hold(direction: Direction): void {
    this.#held = direction;
    for (const line of this.#lines) (direction === 'up' ? line.client : line.broker).pause();
  }

  disturb(kind: Disturbance, random: Random): void {
    this.#disturbance = { kind, random };
    this.met = 0;
  }

  heal(): void {
    this.#open = true;
    this.#held = null;
    this.#disturbance = null;
    for (const line of this.#lines) {
      line.client.resume();
      line.broker.resume();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    if (!this.#open) {
      this.refused++;
      client.destroy();
      return;
    }
    const broker = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const line = { client, broker };
    this.#lines.add(line);
    for (const socket of [client, broker]) {
      socket.on('error', () => drop(line));
      socket.on('close', () => {
        this.#lines.delete(line);
        drop(line);
      });
    }
    broker.on('data', (chunk: Buffer) => this.#pass(chunk, client, broker, 'down'));
    if (!this.#reads) {
      client.on('data', (chunk: Buffer) => this.#pass(chunk, broker, client, 'up'));
    } else {
      const reader = new FrameReader();
      const waiting: Frame[] = [];
      client.on('data', (chunk: Buffer) => {
        const through = reader.read(chunk).flatMap((frame) => this.#disturbed(frame, line, waiting));
        if (through.length > 0) this.#pass(Buffer.concat(through), broker, client, 'up');
      });
    }
    if (this.#held === 'up') client.pause();
    if (this.#held === 'down') broker.pause();
  }

  #pass(chunk: Buffer, to: Socket, from: Socket, direction: Direction): void {
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => {
      if (this.#held !== direction) from.resume();
    });
  }

  /** The parts of a frame that go on at once. */
  #disturbed(frame: Frame, line: Line, waiting: Frame[]): Buffer[] {
    if (!isRoad(frame)) return [frame.bytes];
    this.#sent.push(frame);
    if (this.#sent.length > REMEMBERED) this.#sent.shift();
    if (!this.#disturbance) return [frame.bytes];
    this.met++;
    const { kind, random } = this.#disturbance;
    const later = (bytes: Buffer, ms: number) =>
      void setTimeout(() => {
        if (!line.broker.destroyed) line.broker.write(bytes);
      }, ms);
    switch (kind) {
      case 'duplicated':
        // one copy at once, one soon, and one of a message from long ago
        later(again(frame), random.between(0, LONGEST_COPY_MS));
        later(again(random.pick(this.#sent)), random.between(0, LONGEST_COPY_MS));
        return [frame.bytes];
      case 'reordered':
        waiting.push(frame);
        if (waiting.length === 1) {
          setTimeout(() => {
            const bytes = random.shuffled(waiting.splice(0)).map((f) => f.bytes);
            if (bytes.length > 0 && !line.broker.destroyed) line.broker.write(Buffer.concat(bytes));
          }, SHUFFLE_MS);
        }
        return waiting.length < SHUFFLED ? [] : random.shuffled(waiting.splice(0)).map((f) => f.bytes);
      case 'delayed':
        later(frame.bytes, random.between(0, LONGEST_DELAY_MS));
        return [];
      default:
        return kind satisfies never;
    }
  }
}

function drop({ client, broker }: Line): void {
  client.destroy();
  broker.destroy();
}
