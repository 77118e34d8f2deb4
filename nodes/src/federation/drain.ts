import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Lets a server end right after the last answer under way, even if callers keep connections open: those kept for later
 * requests, and those that never carried one (browsers open such in advance).
 * @returns a function that stops the server: it refuses new connections and waits for what is under way
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
  // before the listener that answers, which may finish at once
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
    await closed;
  };
}
