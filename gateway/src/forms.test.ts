import { createHash, randomBytes } from 'node:crypto';
import { MAX_PART_BYTES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VILLAGE } from './testing/memory-federation.ts';
import { TestGateway, codesOf } from './testing/test-gateway.ts';

const FORM = randomBytes(2 * MAX_PART_BYTES + 9);
const DIGEST = createHash('sha256').update(FORM).digest('hex');
const LATE = 'b'.repeat(64);
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.open();
  const { forms } = gateway.hosts.node(VILLAGE);
  forms.set(DIGEST, { fileName: '申请书.docx', mediaType: DOCX, bytes: FORM });
  forms.set(LATE, { fileName: '迟到.pdf', mediaType: 'application/pdf', bytes: null });
});
afterAll(() => gateway.close());

const path = (digest = DIGEST, node = VILLAGE) => `/forms/${node}/${digest}`;
const get = async (address = path(), headers: Record<string, string> = {}, method = 'GET') => {
  const request = new Request(`http://gateway.test${address}`, { headers, method });
  const response = await gateway.gateway.answer(request, { address: '192.0.2.1', secure: false });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
};

describe('the address of a form', () => {
  test('gives all its bytes to anybody, as a download that a browser may keep', async () => {
    const { response, bytes } = await get();
    expect(bytes.equals(FORM)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': DOCX,
      'content-disposition': "attachment; filename*=UTF-8''%E7%94%B3%E8%AF%B7%E4%B9%A6.docx",
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      etag: `"${DIGEST}"`,
    });
  });

  test('gives a range, HEAD without bytes, and no bytes again to a browser that has it', async () => {
    const some = await get(path(), { range: 'bytes=10-19' });
    expect([some.response.status, some.bytes.equals(FORM.subarray(10, 20))]).toEqual([206, true]);
    const head = await get(path(), {}, 'HEAD');
    expect([head.response.headers.get('content-length'), head.bytes.length]).toEqual([String(FORM.length), 0]);
    const known = await get(path(), { 'if-none-match': `"${DIGEST}"` });
    expect([known.response.status, known.bytes.length]).toEqual([304, 0]);
  });

  test('says by its code whether the form has not come yet or is none', async () => {
    const asked = async (address: string) => {
      const { status, ...answer } = await gateway.request(address);
      return [status, ...codesOf({ status, ...answer })];
    };
    expect(await asked(path(LATE))).toEqual([503, 'FORM_NOT_HERE']);
    expect(await asked(path('c'.repeat(64)))).toEqual([404, 'NOT_FOUND']);
    for (const other of ['/forms/', '/forms/331022/short', `${path()}/1`, path(DIGEST.toUpperCase())]) {
      expect(await asked(other)).toEqual([404, 'NOT_FOUND']);
    }
  });

  test('takes nothing but GET and HEAD', async () => {
    const { response } = await get(path(), {}, 'POST');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
