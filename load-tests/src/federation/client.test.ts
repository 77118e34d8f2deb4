import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { Client } from './client.ts';

const FORWARD = 'mutation ($input: CaseStepInput!) { forwardCase(input: $input) { case { id } errors { code } } }';
const unanswered = (code: string) => ({ data: null, errors: [{ message: 'gave no answer', extensions: { code } }] });
const LATE = unanswered('DEADLINE_EXCEEDED');
const BROKEN = {};
const DONE = { data: { forwardCase: { case: { id: 'c' }, errors: [] } } };
const REFUSED = { data: { forwardCase: { case: null, errors: [{ code: 'NODE_UNREACHABLE', message: 'no' }] } } };

let server: Server | null = null;
afterEach(() => void server?.close());

interface Asked {
  variables: { input?: { id?: string; idempotencyKey?: string } };
}

/**
 * A gateway that gives these answers one after the other, and then repeats the last. @returns also what it was asked
 */
async function gateway(...answers: readonly object[]): Promise<{ url: string; asked: Asked[]; forms: string[] }> {
  const asked: Asked[] = [];
  const forms: string[] = [];
  let next = 0;
  server = createServer((request, response) => {
    const read =
      request.url === '/graphql'
        ? json(request).then((body) => void asked.push(body as Asked))
        : text(request).then((body) => void forms.push(body));
    void read.then(() => {
      const answer = answers[Math.min(next++, answers.length - 1)];
      if (answer === BROKEN) request.socket.destroy();
      else response.end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, asked, forms };
}

const keysOf = (asked: readonly Asked[]) => asked.map(({ variables }) => variables.input?.idempotencyKey);

describe('a step that gets no answer', () => {
  test('is asked again under the key it was asked with first', async () => {
    const { url, asked } = await gateway(LATE, unanswered('NODE_UNREACHABLE'), DONE);
    expect(await new Client(url, null).do(FORWARD, { id: 'c' })).toMatchObject({ case: { id: 'c' } });
    expect(asked).toHaveLength(3);
    expect(new Set(keysOf(asked)).size).toBe(1);
    expect(asked[0]?.variables.input).toEqual({ id: 'c', idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  test('is asked five times, unless told otherwise, and then counts as unanswered', async () => {
    const { url, asked } = await gateway(LATE);
    const client = new Client(url, null);
    await expect(client.do(FORWARD, { id: 'c' })).rejects.toThrow('DEADLINE_EXCEEDED: gave no answer');
    expect(asked).toHaveLength(5);
    await expect(client.do(FORWARD, { id: 'c' }, 2)).rejects.toThrow('DEADLINE_EXCEEDED');
    expect(asked).toHaveLength(7);
  });

  test('keeps the key it brings', async () => {
    const { url, asked } = await gateway(DONE);
    await new Client(url, null).do(FORWARD, { id: 'c', idempotencyKey: 'slip-0001' });
    expect(keysOf(asked)).toEqual(['slip-0001']);
  });

  test('is another step than the next one', async () => {
    const { url, asked } = await gateway(DONE);
    const client = new Client(url, null);
    await client.do(FORWARD, { id: 'c' });
    expect(await client.refusals(FORWARD, { id: 'c' })).toEqual([]);
    expect(new Set(keysOf(asked)).size).toBe(2);
  });
});

test('a step that is refused is asked once, and told', async () => {
  const { url, asked } = await gateway(REFUSED);
  expect(await new Client(url, null).refusals(FORWARD, { id: 'c' })).toMatchObject([{ code: 'NODE_UNREACHABLE' }]);
  await expect(new Client(url, null).do(FORWARD, { id: 'c' })).rejects.toThrow('NODE_UNREACHABLE: no');
  expect(asked).toHaveLength(2);
});

test('a question whose answer has an error of its own is asked once', async () => {
  const { url, asked } = await gateway(unanswered('FORBIDDEN'));
  await expect(new Client(url, null).get('{ case(id: "c") { id } }')).rejects.toThrow('FORBIDDEN');
  expect(asked).toHaveLength(1);
});

test('what is asked for all that comes back is asked once', async () => {
  const { url, asked } = await gateway(LATE, DONE);
  expect((await new Client(url, null).ask('{ case(id: "c") { id } }')).errors).toHaveLength(1);
  expect(asked).toHaveLength(1);
});

test('a connection that breaks is no answer either', async () => {
  const { url, asked } = await gateway(BROKEN, DONE);
  expect(await new Client(url, null).refusals(FORWARD, { id: 'c' })).toEqual([]);
  expect(asked).toHaveLength(2);
  expect(new Set(keysOf(asked)).size).toBe(1);
});

test('a login that gets no answer is asked again, a wrong password is not', async () => {
  const late = { error: 'invalid_grant', error_description: 'no answer', code: 'DEADLINE_EXCEEDED' };
  const { url, forms } = await gateway(late, { access_token: 't' }, { ...late, code: 'UNAUTHENTICATED' });
  expect(await Client.login(url, 'agent', 'liandong')).toBeInstanceOf(Client);
  expect(forms).toHaveLength(2);
  await expect(Client.login(url, 'agent', 'wrong')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(forms).toHaveLength(3);
});
