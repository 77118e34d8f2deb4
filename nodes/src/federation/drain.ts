import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Lets a server end right after the last answer that is under way, whatever connections its callers keep open: those that
 * are kept for later, and those over which nothing was ever asked (browsers open such in advance).
 * @returns what stops it: nobody new is let in, and it waits for what is under way
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
  // before whoever answers, who may be done at once
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
