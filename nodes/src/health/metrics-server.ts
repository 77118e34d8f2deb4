import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';

/** Serves /metrics on a port of its own, so that only the monitoring of the machines need reach it. */
export class MetricsServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws {ProblemError} BAD_CONFIG when the port is taken */
  static async listen(
    port: number,
    address: string,
    scrape: () => Promise<string>,
    log: Logger,
  ): Promise<MetricsServer> {
    const server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      scrape().then(
        (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
        (error: unknown) => {
          log.warn({ err: error }, 'metrics scrape failed');
          response.writeHead(500).end();
        },
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(problem('BAD_CONFIG', `The port ${port} for metrics on ${address} can't be opened.`, { cause }));
      });
      server.listen(port, address, resolve);
    });
    return new MetricsServer(server);
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
