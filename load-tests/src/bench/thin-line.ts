import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Largest part that passes at once, bytes: 6.5 ms of a line of 10 Mbit/s. */
const PART_BYTES = 8_192;

/**
 * A line of few bits to a server, as a village has one: what passes in one direction, over all of its connections, is
 * bounded by its rate, and arrives after its delay.
 */
export class ThinLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param target the server's port
   * @param rate bits a second in each direction
   * @param delayMs one way
   */
  static async listen(target: number, rate: number, delayMs: number): Promise<ThinLine> {
    const server = createServer({ noDelay: true });
    const line = new ThinLine(server);
    const up = new Direction(rate, delayMs);
    const down = new Direction(rate, delayMs);
    server.on('connection', (client) => {
      const behind = connect({ port: target, host: '127.0.0.1', noDelay: true });
      for (const socket of [client, behind]) {
        line.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          line.#sockets.delete(socket);
          client.destroy();
          behind.destroy();
        });
      }
      void carry(client, behind, up);
      void carry(behind, client, down);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** One direction of a line: its bytes leave one after the other. */
class Direction {
  readonly #bytesPerMs: number;
  readonly #delayMs: number;
  /** When the line is free again. */
  #free = 0;

  constructor(rate: number, delayMs: number) {
    this.#bytesPerMs = rate / 8_000;
    this.#delayMs = delayMs;
  }

  /** Takes bytes onto the line. @returns when the last of them has left, and when it has arrived */
  take(bytes: number): { leftAt: number; arrivesAt: number } {
    this.#free = Math.max(this.#free, performance.now()) + bytes / this.#bytesPerMs;
    return { leftAt: this.#free, arrivesAt: this.#free + this.#delayMs };
  }
}

/** Passes on what one socket sends, no faster than the line. */
async function carry(from: Socket, to: Socket, direction: Direction): Promise<void> {
  let arrived = Promise.resolve();
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += PART_BYTES) {
        const part = chunk.subarray(at, at + PART_BYTES);
        const { leftAt, arrivesAt } = direction.take(part.length);
        arrived = arrived.then(async () => {
          await pause(Math.max(0, arrivesAt - performance.now()));
          if (!to.destroyed) to.write(part);
        });
        await pause(Math.max(0, leftAt - performance.now()));
      }
    }
    await arrived;
    to.end();
  } catch {
    // one side went away; the other is closed with it
  }
}
