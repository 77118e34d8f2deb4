import { randomBytes } from 'node:crypto';
import { MAX_PART_BYTES } from '@liandong/schema/domains/papers';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { VILLAGE } from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';
import { TestGateway, codesOf, readAnswer } from './testing/test-gateway.ts';

const agent = personAt(VILLAGE, 'AGENT');
const SHA = 'a'.repeat(64);
/** Of three parts, and a piece of a fourth. */
const SCAN = randomBytes(3 * MAX_PART_BYTES + 17);
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.open();
  const papers = gateway.hosts.node(VILLAGE).papers;
  const scan = { bytes: SCAN, sha256: SHA, fileName: '户口簿(1)页.jpg', contentType: 'image/jpeg', inline: true };
  papers.set('ld1.scan', scan);
  papers.set('ld1.own', { ...scan, readBy: agent.sub });
  const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  papers.set('ld1.office', { ...scan, fileName: '申请.docx', contentType: docx, inline: false });
});
/** A ZIP of two scans. */
const ZIP = () => {
  const inside = { sha256: SHA, contentType: 'image/jpeg', inline: true };
  return {
    sha256: SHA,
    bytes: Buffer.alloc(0),
    fileName: '331022103201-20260105-000001.zip',
    contentType: 'application/zip',
    inline: false,
    holds: [
      { ...inside, bytes: SCAN, fileName: '01-户口簿-扫描.jpg' },
      { ...inside, bytes: Buffer.from('证明'), fileName: '02-身份证明-证明.txt' },
    ],
  };
};
beforeEach(() => {
  gateway.hosts.requests.length = 0;
});
afterAll(() => gateway.close());

const get = async (ticket: string, headers: Record<string, string> = {}, method = 'GET') => {
  const request = new Request(`http://gateway.test/papers/${VILLAGE}/${ticket}`, { headers, method });
  const response = await gateway.gateway.answer(request, { address: '192.0.2.1', secure: false });
  return { response, bytes: Buffer.from(await response.clone().arrayBuffer()), answer: await readAnswer(response) };
};

describe('the address of a paper', () => {
  test('gives all bytes of the paper, from several parts', async () => {
    const { response, bytes } = await get('ld1.scan');
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(SCAN.length)]);
    expect(bytes.equals(SCAN)).toBe(true);
  });

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-99', 10, 99],
    [`bytes=${MAX_PART_BYTES - 5}-${MAX_PART_BYTES + 5}`, MAX_PART_BYTES - 5, MAX_PART_BYTES + 5],
    [`bytes=${SCAN.length - 3}-`, SCAN.length - 3, SCAN.length - 1],
    ['bytes=-20', SCAN.length - 20, SCAN.length - 1],
    [`bytes=5-${SCAN.length + 1_000}`, 5, SCAN.length - 1],
    [`bytes=-${SCAN.length + 1}`, 0, SCAN.length - 1],
  ])('gives a range alone: %s', async (range, first, last) => {
    const { response, bytes } = await get('ld1.scan', { range });
    expect([response.status, response.headers.get('content-range')]).toEqual([
      206,
      `bytes ${first}-${last}/${SCAN.length}`,
    ]);
    expect(bytes.equals(SCAN.subarray(first, last + 1))).toBe(true);
  });

  test.each([`bytes=${SCAN.length}-`, 'bytes=-0'])('refuses a range that holds no byte: %s', async (range) => {
    const { response } = await get('ld1.scan', { range });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, `bytes */${SCAN.length}`]);
  });

  test.each(['bytes=9-3', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-', 'bytes=a-b'])(
    'gives the whole where a range is malformed or of several parts: %s',
    async (range) => {
      expect((await get('ld1.scan', { range })).response.status).toBe(200);
    },
  );

  test('gives a range of the version asked for, and the whole of any other', async () => {
    const range = 'bytes=0-9';
    expect((await get('ld1.scan', { range, 'if-range': `"${SHA}"` })).response.status).toBe(206);
    expect((await get('ld1.scan', { range, 'if-range': '"another"' })).response.status).toBe(200);
  });

  test('answers HEAD with the same headers and no bytes', async () => {
    const { response, bytes } = await get('ld1.scan', {}, 'HEAD');
    expect([response.status, bytes.length]).toEqual([200, 0]);
    expect(response.headers.get('content-length')).toBe(String(SCAN.length));
  });

  test('shows a scan alone: it runs nothing, loads nothing, stands in no frame and in no cache', async () => {
    const { response } = await get('ld1.scan');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': `inline; filename*=UTF-8''%E6%88%B7%E5%8F%A3%E7%B0%BF%281%29%E9%A1%B5.jpg`,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'private, no-store',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'accept-ranges': 'bytes',
      etag: `"${SHA}"`,
    });
  });

  test('gives an office document as a download', async () => {
    const { response } = await get('ld1.office');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; /);
  });

  test('opens for the reader it was made for, with their login, and refuses every other', async () => {
    const as = async (viewer: typeof agent) => ({ authorization: `Bearer ${await gateway.tokens.token(viewer)}` });
    expect((await get('ld1.own', await as(agent))).response.status).toBe(200);
    for (const headers of [{}, await as({ ...agent, sub: 'another-agent' })]) {
      const { response, answer } = await get('ld1.own', headers);
      expect([response.status, codesOf(answer)]).toEqual([403, ['FORBIDDEN']]);
    }
    const { answer } = await get('ld1.own', { authorization: 'Bearer a.b.c' });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  });

  test('that expired says so: 410 with ADDRESS_EXPIRED', async () => {
    const { response, answer } = await get('ld1.gone');
    expect([response.status, codesOf(answer)]).toEqual([410, ['ADDRESS_EXPIRED']]);
  });

  test('of a node whose host is down says so: 503 with the code', async () => {
    gateway.hosts.faults.set('villages', 'dead');
    const { response, answer } = await get('ld1.scan');
    gateway.hosts.faults.clear();
    expect([response.status, codesOf(answer)]).toEqual([503, ['NODE_UNREACHABLE']]);
  });

  test('is read only: another method is refused', async () => {
    const { response } = await get('ld1.scan', { 'content-type': 'application/json' }, 'POST');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test.each(['/papers/', `/papers/${VILLAGE}`, `/papers/${VILLAGE}/a/b`, '/papers/nowhere/ld1.scan'])(
    '%s is no address: 404',
    async (path) => {
      expect((await gateway.request(path)).status).toBe(404);
    },
  );

  test('of a place without a node says so', async () => {
    expect((await gateway.request('/papers/999999/ld1.scan')).status).toBe(400);
  });
});

describe('a whole file', () => {
  test('as a ZIP holds every paper byte for byte, under its own name', async () => {
    gateway.hosts.node(VILLAGE).papers.set('ld1.zip', ZIP());
    const { response, bytes } = await get('ld1.zip');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(response.headers.get('content-disposition')).toContain('attachment');
    const found = unzipSync(bytes);
    expect(Object.keys(found)).toEqual(['01-户口簿-扫描.jpg', '02-身份证明-证明.txt']);
    expect(Buffer.from(found['01-户口簿-扫描.jpg'] ?? []).equals(SCAN)).toBe(true);
    expect(Buffer.from(found['02-身份证明-证明.txt'] ?? []).toString()).toBe('证明');
  });

  test('breaks off where a paper of it can’t be fetched, so that no torn archive passes for a whole one', async () => {
    const zip = ZIP();
    gateway.hosts.node(VILLAGE).papers.set('ld1.torn', zip);
    const request = new Request(`http://gateway.test/papers/${VILLAGE}/ld1.torn`);
    const response = await gateway.gateway.answer(request, { address: '192.0.2.1', secure: false });
    const reader = response.body?.getReader();
    await reader?.read();
    gateway.hosts.faults.set('villages', 'dead');
    const rest = async () => {
      for (;;) if ((await reader?.read())?.done) return 'whole';
    };
    await expect(rest()).rejects.toThrow('Nobody listens there.');
    gateway.hosts.faults.clear();
  });
});

describe('a page of a paper', () => {
  test('is a picture with the number of pages', async () => {
    const { response, bytes } = await get('ld1.scan/2');
    expect([response.status, response.headers.get('content-type'), response.headers.get('paper-pages')]).toEqual([
      200,
      'image/jpeg',
      '3',
    ]);
    expect(bytes.equals(SCAN.subarray(2, 11))).toBe(true);
  });

  test('is waited for while the node prepares it', async () => {
    const scan = gateway.hosts.node(VILLAGE).papers.get('ld1.scan');
    if (scan) gateway.hosts.node(VILLAGE).papers.set('ld1.slow', { ...scan, preparing: 2 });
    expect((await get('ld1.slow/1')).response.status).toBe(200);
  });

  test.each(['0', 'x', '1/2', '100000'])('%s is no page: 404', async (page) => {
    expect((await get(`ld1.scan/${page}`)).response.status).toBe(404);
  });
});

test('parts of a paper are fetched only as fast as the reader takes them', async () => {
  const request = new Request(`http://gateway.test/papers/${VILLAGE}/ld1.scan`);
  const response = await gateway.gateway.answer(request, { address: '192.0.2.1', secure: false });
  const reader = response.body?.getReader();
  await reader?.read();
  expect(gateway.hosts.requests.length).toBeLessThanOrEqual(3);
  await reader?.cancel();
});
