import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COUNTY, ITEM, VILLAGE } from './testing/memory-federation.ts';
import { heldBytes } from './testing/held-memory.ts';
import { freePort } from '@liandong/runtime/local';
import { personAt } from './testing/people.ts';
import type { TestGatewayOptions } from './testing/test-gateway.ts';
import { TestGateway, codesOf } from './testing/test-gateway.ts';

const MIB = 1024 * 1024;
/** Largest body of a request without a login, bytes. */
const SMALL = 256 * 1024;
const clerk = personAt(COUNTY, 'CLERK');
const PLACE = `{ division(code: "${COUNTY}") { code } }`;
const TOO_LARGE = { status: 413, codes: ['PAYLOAD_TOO_LARGE'] };

const opened: TestGateway[] = [];
const open = async (options: TestGatewayOptions = {}) => {
  const gateway = await TestGateway.open(options);
  opened.push(gateway);
  return gateway;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((gateway) => gateway.close()));
});

/** A question of this many bytes, most of them blanks around its JSON. */
const bodyOf = (bytes: number) => JSON.stringify({ query: PLACE }).padEnd(bytes);
const post = (body: BodyInit, headers: Record<string, string> = {}): RequestInit =>
  ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    duplex: 'half',
  }) as RequestInit;

/** An endless body that counts the bytes its reader took. */
function endless(): { stream: ReadableStream<Uint8Array>; read: () => number } {
  let bytes = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      bytes += 64 * 1024;
      controller.enqueue(new Uint8Array(64 * 1024).fill(32));
    },
  });
  return { stream, read: () => bytes };
}

describe('over a real port, a body', () => {
  let port: number;
  let served: TestGateway;

  beforeAll(async () => {
    served = await TestGateway.open();
    port = await freePort();
    await served.gateway.listen(port, '127.0.0.1');
  });
  afterAll(() => served.close());

  /** Sends a body with a content length, or in chunks without one. */
  const send = (body: string, { token, chunked = false }: { token?: string; chunked?: boolean } = {}) =>
    new Promise<{ status: number; codes: unknown[] }>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        connection: 'close',
        ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': Buffer.byteLength(body) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const asking = request({ host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const { errors = [] } = JSON.parse(Buffer.concat(chunks).toString()) as { errors?: never[] };
          resolve({ status: answer.statusCode ?? 0, codes: codesOf({ errors } as never) });
        });
      });
      // a gateway that has answered need not read the rest
      asking.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
      });
      asking.end(body);
    });

  test.each([false, true])(
    'without a login is read up to 256 KiB, and refused with 413 above (chunked: %s)',
    async (chunked) => {
      expect(await send(bodyOf(SMALL), { chunked })).toEqual({ status: 200, codes: [] });
      expect(await send(bodyOf(SMALL + 1), { chunked })).toEqual(TOO_LARGE);
    },
  );

  test.each([false, true])('of a person may hold materials (chunked: %s)', async (chunked) => {
    const token = await served.tokens.token(clerk);
    expect(await send(bodyOf(40 * MIB), { token, chunked })).toEqual({ status: 200, codes: [] });
    expect(await send(bodyOf(43 * MIB), { token, chunked })).toEqual(TOO_LARGE);
  });

  test('with a token that does not hold is not read for it', async () => {
    const token = await served.tokens.token(clerk, { expiresIn: -60 });
    expect(await send(bodyOf(SMALL + 1), { token })).toEqual({ status: 401, codes: ['UNAUTHENTICATED'] });
  });

  test('of several MiB that a hundred strangers send leaves nothing in the gateway’s memory', async () => {
    const before = await heldBytes();
    for (let i = 0; i < 100; i++) {
      const query = `${PLACE}#${String(i).padEnd(3 * MIB, 'x')}`;
      expect(await send(JSON.stringify({ query }), { chunked: i % 2 === 0 })).toEqual(TOO_LARGE);
    }
    // together they are 300 MiB
    expect((await heldBytes()) - before).toBeLessThan(32 * MIB);
  }, 240_000);
});

describe('a body', () => {
  test('of a stranger who asked too often is not even begun to be read', async () => {
    const gateway = await open({ edgeGuard: { rates: { perPerson: 0, perAddress: 0, perStranger: 1 } } });
    expect((await gateway.request('/graphql', post(bodyOf(100)))).status).toBe(200);
    const { stream, read } = endless();
    const refused = await gateway.request('/graphql', post(stream));
    expect([refused.status, codesOf(refused)]).toEqual([429, ['RATE_LIMITED']]);
    expect(read()).toBeLessThanOrEqual(128 * 1024);
  });

  test('without an end is read no further than its limit', async () => {
    const gateway = await open();
    const { stream, read } = endless();
    const refused = await gateway.request('/graphql', post(stream));
    expect([refused.status, codesOf(refused)]).toEqual([413, ['PAYLOAD_TOO_LARGE']]);
    expect(read()).toBeLessThanOrEqual(2 * SMALL);
  });

  test('that holds no question is BAD_REQUEST', async () => {
    const gateway = await open();
    for (const body of ['', '{', 'null', '1', '"{}"', '[]', '{}', '{"query":1}']) {
      const refused = await gateway.request('/graphql', post(body));
      expect([body, codesOf(refused)]).toEqual([body, ['BAD_REQUEST']]);
    }
  });

  test('of a person waits for no other’s: too many large ones of one person at once are RATE_LIMITED, others go on', async () => {
    const gateway = await open();
    const authorization = `Bearer ${await gateway.tokens.token(clerk)}`;
    const held: ReadableStreamDefaultController<Uint8Array>[] = [];
    const uploading: Promise<{ status: number }>[] = [];
    for (let i = 0; i < 3; i++) {
      // the next one comes when the gateway reads this one
      await new Promise<void>((read) => {
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            controller.enqueue(Buffer.from(bodyOf(40 * MIB)));
            held.push(controller);
          },
          pull: () => read(),
        });
        uploading.push(gateway.request('/graphql', post(body, { authorization })));
      });
    }
    const fourth = await gateway.request('/graphql', post(bodyOf(40 * MIB), { authorization }));
    expect([fourth.status, codesOf(fourth)]).toEqual([429, ['RATE_LIMITED']]);
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0);
    const chief = `Bearer ${await gateway.tokens.token(personAt(COUNTY, 'CHIEF'))}`;
    expect((await gateway.request('/graphql', post(bodyOf(40 * MIB), { authorization: chief }))).status).toBe(200);
    for (const controller of held) controller.close();
    expect((await Promise.all(uploading)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await gateway.request('/graphql', post(bodyOf(40 * MIB), { authorization }))).status).toBe(200);
  });

  test('with a material is answered for whoever files it', async () => {
    const gateway = await open();
    const applicant = { name: '张三', idType: 'RESIDENT_ID', idNumber: '11010519491231002X', phone: '13800000000' };
    const content = 'QUJD'.repeat(MIB);
    const material = { name: '申请表', fileName: 'a.pdf', mediaType: 'application/pdf', content };
    const query = 'mutation($input: FileCaseInput!) { fileCase(input: $input) { trackingCode errors { code } } }';
    const input = { item: ITEM, applicant, materials: [material] };
    const answer = await gateway.askAs(personAt(VILLAGE, 'AGENT'), query, { input });
    expect(answer.data).toEqual({ fileCase: { trackingCode: 'CODE', errors: [] } });
  });
});

describe('the text of a question', () => {
  const commented = (characters: number, i = 0) => `${PLACE}#${i}`.padEnd(characters, '中');

  test('may have 100,000 characters, and one more is refused before it is parsed, by POST and by GET', async () => {
    const gateway = await open();
    expect((await gateway.askAs(clerk, commented(100_000))).status).toBe(200);
    for (const text of [commented(100_001), '{'.repeat(100_001)]) {
      const byPost = await gateway.askAs(clerk, text);
      expect([byPost.status, codesOf(byPost)]).toEqual([400, ['QUERY_TOO_LARGE']]);
    }
    const byGet = await gateway.request(`/graphql?query=${encodeURIComponent('{'.repeat(100_001))}`);
    expect([byGet.status, codesOf(byGet)]).toEqual([400, ['QUERY_TOO_LARGE']]);
  });

  test.each<[string, { differing: number; mostMiB: number }, (i: number) => string]>([
    ['comments', { differing: 40, mostMiB: 80 }, (i) => `${PLACE} ${'#\n'.repeat(45_000)} #${i}`],
    [
      'fields',
      { differing: 170, mostMiB: 80 },
      (i) => `{ division(code: "${COUNTY}") { ${'...{code} '.repeat(450)} } } #${i}`,
    ],
    ['what does not fit the graph', { differing: 200, mostMiB: 16 }, (i) => `{ a${'b'.repeat(90_000)}${i} }`],
    ['what can’t be read', { differing: 200, mostMiB: 16 }, (i) => `{ division(code: ${'x'.repeat(90_000)}${i}`],
  ])(
    'full of %s is remembered within bounds, however many differ',
    async (_, { differing, mostMiB }, text) => {
      const gateway = await open();
      const authorization = `Bearer ${await gateway.tokens.token(clerk)}`;
      await gateway.ask(text(-1), {}, { authorization });
      const before = await heldBytes();
      for (let i = 0; i < differing; i++) await gateway.ask(text(i), {}, { authorization });
      expect((await heldBytes()) - before).toBeLessThan(mostMiB * MIB);
    },
    240_000,
  );
});
