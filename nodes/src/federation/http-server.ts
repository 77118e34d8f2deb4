import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAX_REQUEST_BYTES } from '@liandong/schema/domains/filing';
import { problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { Readiness } from '../health/index.ts';
import { isReady } from '../health/index.ts';
import { drainable } from './drain.ts';
import { encodeReply } from './reply.ts';
import type { Responder } from './responder.ts';

/** Materials as base64 are a third longer; the rest of a request is small. */
const MAX_BODY_BYTES = Math.ceil(MAX_REQUEST_BYTES * 1.4);

export interface HttpServerParts {
  responder: Responder;
  /** The answer of /ready: each part of the host and whether it works. */
  readiness: () => Promise<Readiness>;
  log: Logger;
}

/** Answers over HTTP: liveness, readiness, and GraphQL for gateways that reach this host directly. */
export class HttpServer {
  /** Refuses new connections and ends with the last answer under way. */
  readonly stop: () => Promise<void>;

  private constructor(stop: () => Promise<void>) {
    this.stop = stop;
  }

  /** @throws {ProblemError} BAD_CONFIG when the port is taken */
  static async listen(port: number, address: string, parts: HttpServerParts): Promise<HttpServer> {
    const server = createServer((request, response) => {
      handle(request, response, parts).catch((error: unknown) => {
        parts.log.error({ err: error }, 'request failed');
        if (!response.headersSent) send(response, 500, { problem: { code: 'INTERNAL', message: 'Internal error.' } });
        else response.destroy();
      });
    });
    const stop = drainable(server);
    // longer than gateways keep an idle connection, so that no request is sent into a connection that is just being
    // closed
    server.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const why =
          cause.code === 'EADDRINUSE' ? 'is taken by another program' : `can't be opened (${cause.code ?? ''})`;
        reject(problem('BAD_CONFIG', `Port ${port} on ${address} ${why}.`, { cause }));
      });
      server.listen(port, address, resolve);
    });
    return new HttpServer(stop);
  }
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: HttpServerParts): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /health':
      return send(response, 200, { live: true });
    case 'GET /ready': {
      const readiness = await parts.readiness();
      return send(response, isReady(readiness) ? 200 : 503, readiness);
    }
    case 'POST /federation': {
      const body = await read(request);
      if (body === null) {
        response.setHeader('connection', 'close');
        return send(response, 413, { problem: { code: 'PAYLOAD_TOO_LARGE', message: 'The request is too large.' } });
      }
      let content: unknown;
      try {
        content = JSON.parse(body);
      } catch {
        return send(response, 400, { problem: { code: 'MESSAGE_INVALID', message: 'The request is no JSON.' } });
      }
      return sendBody(response, 200, encodeReply(await parts.responder.answer(content)));
    }
    default:
      return send(response, 404, { problem: { code: 'NOT_FOUND', message: 'There is nothing here.' } });
  }
}

/** The body; null if it is too large, by its stated length or in fact. */
async function read(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, content: unknown): void {
  sendBody(response, status, Buffer.from(JSON.stringify(content)));
}

function sendBody(response: ServerResponse, status: number, body: Buffer): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
