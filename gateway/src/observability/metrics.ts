import { createServer } from 'node:http';
import { problem } from '@liandong/schema/kernel';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Seconds: from a key lookup to the time after which a person gives up. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics of the gateway; no label holds text of a caller. */
export const registry = new Registry();

const requests = new Histogram({
  name: 'liandong_gateway_request_seconds',
  help: 'Requests to the gateway, by place and status class.',
  labelNames: ['place', 'status'],
  buckets: BUCKETS,
  registers: [registry],
});
const hosts = new Histogram({
  name: 'liandong_gateway_host_seconds',
  help: 'Requests of the gateway to hosts, by host.',
  labelNames: ['host', 'outcome'],
  buckets: BUCKETS,
  registers: [registry],
});
const operations = new Counter({
  name: 'liandong_gateway_operations_total',
  help: 'Operations asked of hosts, by role.',
  labelNames: ['role'],
  registers: [registry],
});
const ready = new Gauge({
  name: 'liandong_gateway_ready',
  help: 'Whether the gateway can ask its hosts.',
  registers: [registry],
});

const PLACES = ['/graphql', '/health', '/ready', '/issuer/token', '/issuer/jwks', '/uploads'];
/** Places with an address for each paper or upload. */
const WITH_ADDRESSES = ['/papers', '/uploads'];

export function observeRequest(path: string, status: number, ms: number): void {
  const under = WITH_ADDRESSES.find((place) => path.startsWith(`${place}/`));
  const place = under ?? (PLACES.includes(path) ? path : 'other');
  requests.observe({ place, status: `${Math.floor(status / 100)}xx` }, ms / 1000);
}

export function observeHost(host: string, outcome: string, ms: number): void {
  hosts.observe({ host, outcome }, ms / 1000);
}

export function countOperation(role: string): void {
  operations.inc({ role });
}

/**
 * Serves /metrics on its own port.
 * @returns a function that closes it
 * @throws {ProblemError} BAD_CONFIG when the port is in use
 */
export async function serveMetrics(
  port: number,
  address: string,
  isReady: () => boolean,
): Promise<() => Promise<void>> {
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    ready.set(isReady() ? 1 : 0);
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(problem('BAD_CONFIG', `The port ${port} for metrics on ${address} can't be opened.`, { cause }));
    });
    server.listen(port, address, resolve);
  });
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
}
