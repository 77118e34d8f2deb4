import type { SignedType } from '@liandong/schema/wire';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { portableCheck } from '@liandong/schema/trust';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { TOWNSHIP, VILLAGE } from '../testing/test-federation.ts';
import type { NodeKey } from './index.ts';
import { generateNodeKey, importNodeKey, nativeCheck, payloadOf, signWith } from './index.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const native = nativeCheck();
const portable = portableCheck();
let key: NodeKey;
let other: NodeKey;
beforeAll(async () => {
  key = await importNodeKey(await generateNodeKey(VILLAGE));
  other = await importNodeKey(await generateNodeKey(TOWNSHIP));
});

const expectRefused = (jws: string, by: NodeKey = key, type: SignedType = SIGNED_TYPES.line) =>
  expect(Promise.resolve().then(() => native(jws, by.publicJwk, type))).rejects.toThrow(/another|compact|JSON/);

describe('the check of signatures by Node.js', () => {
  test('says what the portable one says, of whatever was signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (payload) => {
        const said = JSON.parse(JSON.stringify(payload)) as unknown;
        const jws = await signWith(key, SIGNED_TYPES.line, payload);
        expect(await native(jws, key.publicJwk, SIGNED_TYPES.line)).toEqual(said);
        expect(await portable(jws, key.publicJwk, SIGNED_TYPES.line)).toEqual(said);
        expect(payloadOf(jws)).toEqual(said);
      }),
    );
  });

  test('refuses another key, another type, and any letter that was changed', async () => {
    const jws = await signWith(key, SIGNED_TYPES.line, { case: 'c', seq: 1 });
    await expectRefused(jws, other);
    await expectRefused(jws, key, SIGNED_TYPES.envelope);
    await fc.assert(
      fc.asyncProperty(fc.nat(jws.length - 1), fc.nat(LETTERS.length - 1), async (at, letter) => {
        const changed = `${jws.slice(0, at)}${LETTERS[letter] ?? ''}${jws.slice(at + 1)}`;
        if (changed !== jws) await expectRefused(changed);
      }),
    );
  });

  test('refuses a signature that is spelt another way: the log is chained over the text', async () => {
    const jws = await signWith(key, SIGNED_TYPES.line, { case: 'c', seq: 1 });
    const last = LETTERS.indexOf(jws.at(-1) ?? '');
    // 64 bytes leave four bits of the last letter unused
    const twin = `${jws.slice(0, -1)}${LETTERS[last ^ 1] ?? ''}`;
    expect(Buffer.from(twin.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(jws.split('.')[2] ?? '', 'base64url'),
    );
    await expectRefused(twin);
    await expect(portable(twin, key.publicJwk, SIGNED_TYPES.line)).rejects.toThrow('spelling');
    await expectRefused(`${jws}=`);
  });

  test.each([
    ['no signature at all', { alg: 'none', typ: SIGNED_TYPES.line }],
    ['another algorithm', { alg: 'HS256', typ: SIGNED_TYPES.line }],
    ['a header that must be understood', { alg: 'EdDSA', typ: SIGNED_TYPES.line, crit: ['b64'], b64: false }],
  ])('refuses %s', async (_what, header) => {
    const [, payload, signature] = (await signWith(key, SIGNED_TYPES.line, {})).split('.');
    const made = Buffer.from(JSON.stringify(header)).toString('base64url');
    await expectRefused(`${made}.${payload ?? ''}.${signature ?? ''}`);
    await expectRefused(`${made}.${payload ?? ''}.`);
  });

  test.each(['', '.', '..', 'a.b', 'a.b.c', 'a.b.c.d', '{}', '💧.💧.💧'])('refuses %j', (text) => expectRefused(text));
});
