import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Time for readers of a stream to take its end, ms. */
const STREAM_END_MS = 2_000;

/**
 * Lets a server close right after its last running answer, even if callers keep connections open. These are connections
 * kept for later, and those a browser opened in advance and never used.
 * @returns a function that stops the server: it refuses new connections and waits for running answers. A stream of
 *   events (SSE) whose reader does not take its end is cut off after a moment
 */
export function drainable(server: Server): () => Promise<void> {
  const connections = new Set<Socket>();
  const underWay = new Set<ServerResponse>();
  let stopping = false;
  const endWhenAnswered = () => {
    if (stopping && underWay.size === 0) for (const connection of connections) connection.destroySoon();
  };
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  // registered ahead of the request's handler, which may answer at once
  server.prependListener('request', (_, response: ServerResponse) => {
    underWay.add(response);
    if (stopping) response.setHeader('connection', 'close');
    response.once('close', () => {
      underWay.delete(response);
      endWhenAnswered();
    });
  });
  return async () => {
    stopping = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
    endWhenAnswered();
    const cut = setTimeout(() => {
      for (const response of underWay) if (isStream(response)) response.destroy();
    }, STREAM_END_MS);
    await closed;
    clearTimeout(cut);
  };
}

const isStream = (response: ServerResponse) =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');
