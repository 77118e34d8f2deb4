import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Host, HostReply, HostRequest } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '@liandong/runtime/local';
import { HttpTransport } from './http.ts';

const REQUEST: HostRequest = {
  operations: [
    { role: 'filing', at: '331022', query: '{ case(id: "1") { id } }', variables: { a: '张三' }, token: 'a.b.c' },
  ],
  budgetMs: 1_000,
};
const REPLY: HostReply = { results: [{ data: { case: { id: '1' } } }] };

interface Received {
  method: string | undefined;
  url: string | undefined;
  type: string | undefined;
  body: unknown;
}

let answer: (response: ServerResponse) => void = () => {};
const received: Received[] = [];
const sockets = new Set<Socket>();
const server = createServer((incoming, response) => {
  take(incoming)
    .then(() => answer(response))
    .catch(() => response.destroy());
});
server.on('connection', (socket) => sockets.add(socket));
const transport = new HttpTransport();
let host: Host;

async function take(incoming: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method, url, headers } = incoming;
  received.push({
    method,
    url,
    type: headers['content-type'],
    body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
  });
}

const json =
  (content: unknown, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(content));
  };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  host = { id: 'county', nodes: ['331022'], url: `http://127.0.0.1:${address.port}` };
});
afterAll(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const send = (timeoutMs = 30_000) => transport.send(host, REQUEST, timeoutMs);

describe('a host over HTTP', () => {
  test('gets the request as JSON at /federation, and its answer comes back', async () => {
    answer = json(REPLY);
    expect(await send()).toEqual(REPLY);
    expect(received.at(-1)).toEqual({ method: 'POST', url: '/federation', type: 'application/json', body: REQUEST });
  });

  test.each(['/node', '/node/'])('that stands below a path, %s, is asked there', async (path) => {
    answer = json(REPLY);
    await transport.send({ ...host, url: `${host.url ?? ''}${path}` }, REQUEST, 30_000);
    expect(received.at(-1)).toMatchObject({ url: '/node/federation' });
  });

  test('is asked again over the same connection', async () => {
    answer = json(REPLY);
    await send();
    const before = sockets.size;
    await send();
    await send();
    expect(sockets.size).toBe(before);
  });

  test('may answer with several MiB', async () => {
    const text = '村'.repeat(2_000_000);
    answer = json({ results: [{ data: { text } }] });
    expect(await send()).toEqual({ results: [{ data: { text } }] });
  });

  test('may refuse the whole request, with any status', async () => {
    const refusal = { problem: { code: 'MESSAGE_INVALID', message: 'no' } };
    answer = json(refusal, 400);
    expect(await send()).toEqual(refusal);
  });

  test('may answer several requests at once, each with its own', async () => {
    let waiting: ServerResponse[] = [];
    answer = (response) => {
      waiting.push(response);
      if (waiting.length < 3) return;
      // the last question is answered first
      waiting.toReversed().forEach((open, i) => json({ results: [{ data: { turn: i } }] })(open));
      waiting = [];
    };
    const answers = await Promise.all([send(), send(), send()]);
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(3);
  });
});

describe('a host that cannot be used', () => {
  const code = (code: string) => expect.objectContaining({ code });

  test('because nothing listens there is NODE_UNREACHABLE', async () => {
    const refused = { ...host, url: `http://127.0.0.1:${await freePort()}` };
    await expect(transport.send(refused, REQUEST, 30_000)).rejects.toThrow(code('NODE_UNREACHABLE'));
  });

  test('because it has no address is NODE_UNREACHABLE', async () => {
    await expect(transport.send({ ...host, url: null }, REQUEST, 30_000)).rejects.toThrow(code('NODE_UNREACHABLE'));
  });

  test('because it does not answer in time is DEADLINE_EXCEEDED', async () => {
    answer = () => {};
    await expect(send(50)).rejects.toThrow(code('DEADLINE_EXCEEDED'));
  });

  test('because it stops in the middle of its answer is DEADLINE_EXCEEDED', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"results":[');
    };
    await expect(send(100)).rejects.toThrow(code('DEADLINE_EXCEEDED'));
  });

  test('because it breaks off in the middle of its answer is NODE_UNREACHABLE', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write('{"results":[', () => response.destroy());
    };
    await expect(send()).rejects.toThrow(code('NODE_UNREACHABLE'));
  });

  test.each<[string, (response: ServerResponse) => void]>([
    [
      'a page of a proxy',
      (response) => response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
    ],
    ['an empty body', (response) => response.writeHead(204).end()],
  ])('because it answers with %s is NODE_UNREACHABLE', async (_, wrong) => {
    answer = wrong;
    await expect(send()).rejects.toThrow(code('NODE_UNREACHABLE'));
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['JSON of another kind', json({ ok: true })],
    ['a problem with a code nobody knows', json({ problem: { code: 'NONSENSE', message: 'what' } })],
    ['results that are no list', json({ results: { data: {} } })],
    [
      'what only claims to be JSON',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
    ],
  ])('because it answers with %s is MESSAGE_INVALID', async (_, wrong) => {
    answer = wrong;
    await expect(send()).rejects.toThrow(code('MESSAGE_INVALID'));
  });

  test('is asked again with the next question', async () => {
    answer = () => {};
    await expect(send(20)).rejects.toThrow(code('DEADLINE_EXCEEDED'));
    answer = json(REPLY);
    expect(await send()).toEqual(REPLY);
  });

  test('because the gateway has closed is NODE_UNREACHABLE', async () => {
    const closed = new HttpTransport();
    await closed.close();
    await expect(closed.send(host, REQUEST, 30_000)).rejects.toThrow(code('NODE_UNREACHABLE'));
  });
});
