import { randomBytes } from 'node:crypto';
import { MAX_PIECE_BYTES, MAX_UPLOAD_BYTES } from '@liandong/schema/domains/uploads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VILLAGE } from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';
import { TestGateway, codesOf, readAnswer } from './testing/test-gateway.ts';

const agent = personAt(VILLAGE, 'AGENT');
const colleague = { ...agent, sub: 'colleague' };
const SCAN = randomBytes(2 * MAX_PIECE_BYTES + 17);
const SHA = 'a'.repeat(64);
const BYTES = 'application/offset+octet-stream';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.open();
});
afterAll(() => gateway.close());

interface Sent {
  headers?: Record<string, string>;
  body?: Buffer | ReadableStream<Uint8Array>;
  viewer?: typeof agent | null;
}

/** Sends a request of the protocol with the agent's login, unless told otherwise. */
async function send(method: string, path: string, { headers = {}, body, viewer = agent }: Sent = {}) {
  const login: Record<string, string> = viewer ? { authorization: `Bearer ${await gateway.tokens.token(viewer)}` } : {};
  const request = new Request(`http://gateway.test${path}`, {
    method,
    headers: { 'tus-resumable': '1.0.0', ...login, ...headers },
    ...(body === undefined ? {} : { body: body instanceof Buffer ? new Uint8Array(body) : body, duplex: 'half' }),
  } as RequestInit);
  const response = await gateway.gateway.answer(request, { address: '192.0.2.1', secure: false });
  return { ...(await readAnswer(response)), header: (name: string) => response.headers.get(name) };
}

const metadata = (entries: Record<string, string>) =>
  Object.entries(entries)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
const SCANNED = metadata({ filename: '户口簿.jpg', filetype: 'image/jpeg', sha256: SHA });
const open = async (size = SCAN.length) => {
  const opened = await send('POST', '/uploads', {
    headers: { 'upload-length': String(size), 'upload-metadata': SCANNED },
  });
  expect([opened.status, opened.text]).toEqual([201, '']);
  return opened.header('location') ?? '';
};
const patch = (path: string, offset: number, body: Buffer | ReadableStream<Uint8Array>, more: Sent = {}) =>
  send('PATCH', path, { ...more, headers: { 'upload-offset': String(offset), 'content-type': BYTES }, body });
const kept = (path: string) => gateway.hosts.node(VILLAGE).uploads.get(path.split('/').at(-1) ?? '')?.bytes;

describe('a resumable upload', () => {
  test('brings a file in pieces to the desk of the caller, and says how far it is', async () => {
    const path = await open();
    const sent = await patch(path, 0, SCAN);
    expect([sent.status, sent.header('upload-offset')]).toEqual([204, String(SCAN.length)]);
    expect(kept(path)?.equals(SCAN)).toBe(true);
    const head = await send('HEAD', path);
    expect([head.status, head.header('upload-offset'), head.header('upload-length')]).toEqual([
      200,
      String(SCAN.length),
      String(SCAN.length),
    ]);
    expect(head.header('cache-control')).toBe('no-store');
  });

  test('keeps what came before the connection broke, and goes on from there', async () => {
    const path = await open();
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(SCAN.subarray(0, MAX_PIECE_BYTES + 5)),
      pull: (controller) => controller.error(new Error('connection reset')),
    });
    await patch(path, 0, broken);
    const stood = Number((await send('HEAD', path)).header('upload-offset'));
    expect(stood).toBeGreaterThanOrEqual(MAX_PIECE_BYTES);
    expect((await patch(path, stood, SCAN.subarray(stood))).status).toBe(204);
    expect(kept(path)?.equals(SCAN)).toBe(true);
  });

  test('takes a piece again that came before, and refuses one that leaves a gap', async () => {
    const path = await open();
    await patch(path, 0, SCAN.subarray(0, 1_000));
    expect((await patch(path, 0, SCAN.subarray(0, 1_000))).header('upload-offset')).toBe('1000');
    const gap = await patch(path, 2_000, SCAN.subarray(2_000, 3_000));
    expect([gap.status, ...codesOf(gap)]).toEqual([409, 'UPLOAD_OFFSET']);
  });

  test('is closed to a colleague, and to a caller without a login before a byte is read', async () => {
    const path = await open();
    expect(codesOf(await patch(path, 0, SCAN, { viewer: colleague }))).toEqual(['NOT_FOUND']);
    expect((await send('HEAD', path, { viewer: colleague })).status).toBe(404);
    const untouched = new ReadableStream<Uint8Array>(
      {
        pull: () => Promise.reject(new Error('the body was read')),
      },
      { highWaterMark: 0 },
    );
    const anonymous = await patch(path, 0, untouched, { viewer: null });
    expect([anonymous.status, ...codesOf(anonymous)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(kept(path)?.length).toBe(0);
  });

  test('is discarded by its person', async () => {
    const path = await open();
    expect((await send('DELETE', path)).status).toBe(204);
    expect((await send('HEAD', path)).status).toBe(404);
  });

  test.each([
    ['of another version of the protocol', 'POST', '/uploads', { 'tus-resumable': '0.2.2' }, 412],
    ['without a length', 'POST', '/uploads', { 'upload-metadata': SCANNED }, 400],
    ['of no number of bytes', 'POST', '/uploads', { 'upload-length': '-1', 'upload-metadata': SCANNED }, 400],
    ['above 20 MiB', 'POST', '/uploads', { 'upload-length': String(MAX_UPLOAD_BYTES + 1) }, 413],
    ['without a kind of file', 'POST', '/uploads', { 'upload-length': '9', 'upload-metadata': 'filename YQ==' }, 400],
    ['at no address', 'HEAD', '/uploads/1', {}, 404],
    ['by a method it does not take', 'PUT', '/uploads', {}, 405],
  ])('%s is refused', async (_, method, path, headers, status) => {
    expect((await send(method, path, { headers })).status).toBe(status);
  });

  test.each([
    ['without an offset', { 'content-type': BYTES }, Buffer.from('a'), 400],
    ['of another media type', { 'upload-offset': '0', 'content-type': 'image/jpeg' }, Buffer.from('a'), 415],
    ['without bytes', { 'upload-offset': '0', 'content-type': BYTES }, Buffer.alloc(0), 400],
    ['behind the end of the file', { 'upload-offset': '0', 'content-type': BYTES }, Buffer.alloc(30), 413],
  ])('does not take a piece %s', async (_, headers, body, status) => {
    const path = await open(20);
    expect((await send('PATCH', path, { headers, body })).status).toBe(status);
  });
});
