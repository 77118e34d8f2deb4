import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { MAX_REQUEST_BYTES } from '@liandong/schema/domains/filing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COUNTY, JOURNEY } from './testing/memory-federation.ts';
import { freePort } from '@liandong/runtime/local';
import { personAt } from './testing/people.ts';
import { TestGateway, readAnswer } from './testing/test-gateway.ts';

const clerk = personAt(COUNTY, 'CLERK');
const CASE = 'query($id: ID!) { case(id: $id) { id number state } }';

describe('over a real port', () => {
  let port: number;
  let served: TestGateway;

  beforeAll(async () => {
    served = await TestGateway.open();
    port = await freePort();
    await served.gateway.listen(port, '127.0.0.1');
  });
  afterAll(() => served.close());

  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      // an idle connection would keep the gateway from closing
      headers: { 'content-type': 'application/json', connection: 'close', ...headers },
      body,
    });

  test('people ask with their tokens', async () => {
    const id = served.file();
    const authorization = `Bearer ${await served.tokens.token(clerk)}`;
    const answer = await readAnswer(
      await post(JSON.stringify({ query: JOURNEY, variables: { id } }), { authorization }),
    );
    expect(answer).toMatchObject({ status: 200, errors: [], data: { case: { id, state: 'REVIEWED' } } });
  });

  test('many people ask at once', async () => {
    const ids = Array.from({ length: 30 }, () => served.file());
    const authorization = `Bearer ${await served.tokens.token(clerk)}`;
    const answers = await Promise.all(
      ids.map(async (id) =>
        readAnswer(await post(JSON.stringify({ query: CASE, variables: { id } }), { authorization })),
      ),
    );
    expect(answers.map(({ data }) => data)).toEqual(
      ids.map((id) => ({ case: { id, number: expect.any(String), state: 'REVIEWED' } })),
    );
  });

  test('a client that goes away cancels its questions to the hosts, and no further one is asked', async () => {
    const supervisor = personAt(COUNTY, 'SUPERVISOR');
    const id = served.file({ custodian: COUNTY });
    served.hosts.faults.set('villages', 'slow');
    const authorization = `Bearer ${await served.tokens.token(supervisor)}`;
    const leaving = new AbortController();
    const query = `{ casesWithin(division: "${COUNTY}") { nodes { id state } } case(id: "${id}") { number } }`;
    served.hosts.onSent = ({ host }) => {
      if (host === 'villages') leaving.abort();
    };
    const before = served.hosts.requests.length;
    await expect(
      fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query }),
        signal: leaving.signal,
      }),
    ).rejects.toThrow('aborted');
    await served.hosts.untilCancelled('villages');
    expect(served.hosts.requests.slice(before).map(({ host }) => host)).not.toContain('city');
    served.hosts.faults.clear();
  });

  test('a body that says it is too long is refused with 413 although none of it was sent', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asking = request(
        {
          host: '127.0.0.1',
          port,
          path: '/graphql',
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': MAX_REQUEST_BYTES * 2 },
        },
        (response) => {
          resolve(response.statusCode);
          asking.destroy();
        },
      );
      asking.on('error', reject);
      asking.flushHeaders();
    });
    expect(status).toBe(413);
  });

  test.each(['a b', '[::', 'x:99999', ''])(
    'a request to no address, %j, is refused with 400, and the gateway lives on',
    async (name) => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(`GET /health HTTP/1.1\r\nhost: ${name}\r\n\r\n`));
        socket.once('data', (data) => {
          resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString())?.[1]));
          socket.destroy();
        });
        socket.once('error', reject);
      });
      expect(status).toBe(400);
      expect((await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } })).status).toBe(200);
    },
  );

  test('a client that breaks off in the middle costs nobody else anything', async () => {
    const asking = request({
      host: '127.0.0.1',
      port,
      path: '/graphql',
      method: 'POST',
      headers: { 'content-length': 1_000 },
    });
    const broken = new Promise((resolve) => asking.on('error', resolve));
    asking.write('{"query":', () => asking.destroy(new Error('gone')));
    await broken;
    expect((await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } })).status).toBe(200);
  });

  test('a port that is taken is BAD_CONFIG', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const second = await TestGateway.open();
    await expect(second.gateway.listen(address.port, '127.0.0.1')).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
    await second.close();
    await new Promise<void>((resolve) => holder.close(() => resolve()));
  });

  test('an address that is not this machine’s is BAD_CONFIG', async () => {
    const elsewhere = await TestGateway.open();
    await expect(elsewhere.gateway.listen(port, '192.0.2.1')).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
    await elsewhere.close();
  });

  test('closing does not wait for clients that keep their connection', async () => {
    const kept = await TestGateway.open();
    const free = await freePort();
    await kept.gateway.listen(free, '127.0.0.1');
    expect((await fetch(`http://127.0.0.1:${free}/health`)).status).toBe(200);
    // waiting for the client would take as long as the client likes
    await kept.close();
    expect(kept.hosts.closed).toBe(true);
  });

  test('closing answers what is under way, and does not wait for a connection over which nothing was asked', async () => {
    const closing = await TestGateway.open();
    const free = await freePort();
    await closing.gateway.listen(free, '127.0.0.1');
    const silent = connect(free, '127.0.0.1');
    silent.on('error', () => undefined);
    await new Promise<void>((resolve) => silent.once('connect', () => resolve()));
    const body = JSON.stringify({ query: '{ __typename }' });
    const headers = ['host: x', 'content-type: application/json', `content-length: ${body.length}`];
    const asking = connect(free, '127.0.0.1');
    let answer = '';
    asking.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    const ended = new Promise<void>((resolve) => asking.once('close', () => resolve()));
    asking.write(`POST /graphql HTTP/1.1\r\n${headers.join('\r\n')}\r\nexpect: 100-continue\r\n\r\n`);
    // the gateway asks for the rest once it has accepted the request
    await expect.poll(() => answer, { timeout: 30_000 }).toContain('100 Continue');
    const closed = closing.close();
    asking.write(body);
    await Promise.all([closed, ended]);
    expect(answer).toContain('"__typename":"Query"');
    expect(answer.toLowerCase()).toContain('connection: close');
    silent.destroy();
  });

  test('closing takes no more questions and leaves the hosts', async () => {
    const closing = await TestGateway.open();
    const free = await freePort();
    await closing.gateway.listen(free, '127.0.0.1');
    await closing.close();
    expect(closing.hosts.closed).toBe(true);
    await expect(fetch(`http://127.0.0.1:${free}/health`)).rejects.toThrow(TypeError);
  });
});
