import fc from 'fast-check';
import type { JWTPayload } from 'jose';
import { SignJWT, UnsecuredJWT, createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { VILLAGE } from '../testing/fixtures.ts';
import { laterRefusals, refusalCode } from '../testing/refusals.ts';
import type { Issuers } from './token-verifier.ts';
import { parseIssuers, TokenVerifier } from './token-verifier.ts';

const ISSUER = 'https://id.taizhou.example';
const OTHER_ISSUER = 'https://id.linhai.example';
const REMOTE_ISSUER = 'https://id.zhejiang.example';

type Keys = Awaited<ReturnType<typeof keysOf>>;

async function keysOf(alg: string, kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, publicKey, privateKey, jwk: { ...(await exportJWK(publicKey)), kty: kindOf(alg), kid, alg } };
}

const kindOf = (alg: string) => (alg === 'RS256' ? 'RSA' : alg === 'ES256' ? 'EC' : 'OKP');

const nowSeconds = () => Math.floor(Date.now() / 1000);

const claims = (changes: Record<string, unknown> = {}): JWTPayload => ({
  iss: ISSUER,
  aud: 'liandong',
  sub: 'agent-1',
  name: '包大姐',
  division: VILLAGE,
  roles: ['AGENT'],
  iat: nowSeconds(),
  exp: nowSeconds() + 600,
  ...changes,
});

const signed = (payload: JWTPayload, keys: Keys, header: { alg?: string; kid?: string } = {}) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: header.alg ?? keys.alg, kid: header.kid ?? keys.kid })
    .sign(keys.privateKey);

let own: Keys;
let ownEc: Keys;
let ownRsa: Keys;
let other: Keys;
let stranger: Keys;
let remote: Keys;
let verifier: TokenVerifier;

beforeAll(async () => {
  [own, ownEc, ownRsa, other, stranger, remote] = await Promise.all([
    keysOf('Ed25519', 'k1'),
    keysOf('ES256', 'k2'),
    keysOf('RS256', 'k3'),
    keysOf('Ed25519', 'k1'),
    keysOf('Ed25519', 'k1'),
    keysOf('Ed25519', 'k1'),
  ]);
  const issuers: Issuers = [
    { issuer: ISSUER, jwks: { keys: [own.jwk, ownEc.jwk, ownRsa.jwk] } },
    { issuer: OTHER_ISSUER, jwks: { keys: [other.jwk] } },
    { issuer: REMOTE_ISSUER, jwksUri: `${REMOTE_ISSUER}/jwks` },
  ];
  verifier = new TokenVerifier(issuers, (uri) =>
    createLocalJWKSet({ keys: uri.href === `${REMOTE_ISSUER}/jwks` ? [remote.jwk] : [] }),
  );
});

/** The codes a token is refused with. */
const refusedWith = async (token: string) =>
  (await laterRefusals(() => verifier.verify(token))).map((problem) => problem.code);

describe('a token', () => {
  test('that is good tells who is asking', async () => {
    expect(await verifier.verify(await signed(claims({ department: '民政' }), own))).toEqual({
      issuer: ISSUER,
      sub: 'agent-1',
      name: '包大姐',
      division: VILLAGE,
      roles: ['AGENT'],
      department: '民政',
    });
  });

  test('may be signed with Ed25519, elliptic curves or RSA', async () => {
    expect((await verifier.verify(await signed(claims({ sub: 'ed' }), own))).sub).toBe('ed');
    expect((await verifier.verify(await signed(claims({ sub: 'ec' }), ownEc))).sub).toBe('ec');
    expect((await verifier.verify(await signed(claims({ sub: 'rsa' }), ownRsa))).sub).toBe('rsa');
  });

  test('may name several audiences, ours among them', async () => {
    const token = await signed(claims({ aud: ['zhengwu', 'liandong'] }), own);
    expect((await verifier.verify(token)).sub).toBe('agent-1');
  });

  test('may be of an issuer whose keys are fetched from its address', async () => {
    const token = await signed(claims({ iss: REMOTE_ISSUER }), remote);
    expect((await verifier.verify(token)).sub).toBe('agent-1');
  });

  test('gives the same answer each time', async () => {
    const token = await signed(claims({ sub: 'again' }), own);
    const first = await verifier.verify(token);
    expect(await verifier.verify(token)).toEqual(first);
  });

  test('that was seen before is refused once it has expired', async () => {
    const token = await signed(claims({ sub: 'soon over' }), own);
    expect((await verifier.verify(token)).sub).toBe('soon over');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    try {
      expect(await refusedWith(token)).toEqual(['UNAUTHENTICATED']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('just expired, or valid in a moment, is taken within the leeway of two clocks', async () => {
    expect((await verifier.verify(await signed(claims({ exp: nowSeconds() - 5 }), own))).sub).toBe('agent-1');
    expect((await verifier.verify(await signed(claims({ nbf: nowSeconds() + 5 }), own))).sub).toBe('agent-1');
  });

  test.each<[string, () => Promise<string> | string]>([
    ['of an issuer that is not trusted', () => signed(claims({ iss: 'https://id.example' }), own)],
    ['of an issuer that is an object property', () => signed(claims({ iss: '__proto__' }), own)],
    ['without an issuer', () => signed(claims({ iss: undefined }), own)],
    ['of one issuer, signed by another', () => signed(claims({ iss: OTHER_ISSUER }), own)],
    ['of one issuer, signed by another, the other way round', () => signed(claims(), other)],
    ['for another audience', () => signed(claims({ aud: 'zhengwu' }), own)],
    ['for no audience', () => signed(claims({ aud: undefined }), own)],
    ['that expired', () => signed(claims({ exp: nowSeconds() - 120 }), own)],
    ['that never expires', () => signed(claims({ exp: undefined }), own)],
    ['that is not valid yet', () => signed(claims({ nbf: nowSeconds() + 120 }), own)],
    ['signed with a key that is not known, under the name of one that is', () => signed(claims(), stranger)],
    ['signed with a key of an unknown name', () => signed(claims(), own, { kid: 'k9' })],
    ['without a subject', () => signed(claims({ sub: undefined }), own)],
    ['without a name', () => signed(claims({ name: undefined }), own)],
    ['without a division', () => signed(claims({ division: undefined }), own)],
    ['without posts', () => signed(claims({ roles: undefined }), own)],
    ['with an unknown post', () => signed(claims({ roles: ['ADMIN'] }), own)],
    ['that is not signed at all', () => new UnsecuredJWT(claims()).encode()],
    ['that is not signed but names a key', () => `${segment({ alg: 'none', kid: 'k1' })}.${segment(claims())}.`],
    ['that is nothing', () => ''],
    ['that is a word', () => 'token'],
    ['that is three dots', () => '...'],
    ['of three empty parts', () => '..'],
    ['of parts that are no JSON', () => 'eyJhbGciOiJFZERTQSJ9.bm90IGpzb24.AAAA'],
    ['whose claims are a list', () => `${segment({ alg: 'EdDSA' })}.${segment([])}.AAAA`],
    ['without its signature', async () => `${(await signed(claims(), own)).split('.').slice(0, 2).join('.')}.`],
    ['with a part too many', async () => `${await signed(claims(), own)}.x`],
    ['with the word Bearer before it', async () => `Bearer ${await signed(claims(), own)}`],
  ])('%s is refused', async (_, make) => {
    expect(await refusedWith(await make())).toEqual(['UNAUTHENTICATED']);
  });

  test.each(['JWK as text', 'PEM', 'raw bytes'])(
    'signed with HS256 and the public key (%s) as the secret is refused',
    async (form) => {
      const secrets: Record<string, string> = {
        'JWK as text': JSON.stringify(own.jwk),
        PEM: await exportSPKI(own.publicKey),
        'raw bytes': Buffer.from(String(own.jwk.x), 'base64url').toString('latin1'),
      };
      const secret = Buffer.from(secrets[form] ?? '', 'latin1');
      for (const kid of ['k1', 'k3']) {
        const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
        expect(await refusedWith(token)).toEqual(['UNAUTHENTICATED']);
      }
    },
  );

  test('with any one sign changed is refused, also when the right one was seen before', async () => {
    const token = await signed(claims({ sub: 'changed' }), own);
    await verifier.verify(token);
    // the last character of the signature has unused bits
    const anyChange = fc.tuple(
      fc.nat({ max: token.length - 2 }),
      fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.'),
    );
    await fc.assert(
      fc.asyncProperty(anyChange, async ([place, sign]) => {
        fc.pre(token[place] !== sign);
        const changed = token.slice(0, place) + sign + token.slice(place + 1);
        expect(await refusedWith(changed)).toEqual(['UNAUTHENTICATED']);
      }),
      { numRuns: 200 },
    );
  });

  test('of any garbage is refused, and never breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.stringMatching(/^[\w-]*\.[\w-]*\.[\w-]*$/)), async (token) => {
        expect(await refusedWith(token)).toEqual(['UNAUTHENTICATED']);
      }),
    );
  });

  test('with a payload of another person under an old signature is refused', async () => {
    const [header, , signature] = (await signed(claims(), own)).split('.');
    const forged = `${header}.${segment(claims({ sub: 'chief', roles: ['CHIEF'] }))}.${signature}`;
    expect(await refusedWith(forged)).toEqual(['UNAUTHENTICATED']);
  });
});

describe('a list of issuers that was changed', () => {
  const localKeys = (...keys: Keys[]) => ({ issuer: ISSUER, jwks: { keys: keys.map(({ jwk }) => jwk) } });
  const none = () => {
    throw new Error('keys stand in the file');
  };
  const outcome = (tokens: TokenVerifier, token: string) =>
    tokens.verify(token).then(
      () => 'taken',
      (error: unknown) => (error as { code: string }).code,
    );

  test('takes the keys it names from then on, and refuses those it left out, tokens of a moment ago too', async () => {
    const tokens = new TokenVerifier([localKeys(own)], none);
    const [before, after] = await Promise.all([signed(claims(), own), signed(claims(), ownEc)]);
    expect([await outcome(tokens, before), await outcome(tokens, after)]).toEqual(['taken', 'UNAUTHENTICATED']);
    tokens.renew([localKeys(own, ownEc)]);
    expect([await outcome(tokens, before), await outcome(tokens, after)]).toEqual(['taken', 'taken']);
    tokens.renew([localKeys(ownEc)]);
    expect([await outcome(tokens, before), await outcome(tokens, after)]).toEqual(['UNAUTHENTICATED', 'taken']);
  });

  test('refuses an issuer that stands in it no more, and takes one that is new', async () => {
    const tokens = new TokenVerifier([localKeys(own)], none);
    tokens.renew([{ issuer: OTHER_ISSUER, jwks: { keys: [other.jwk] } }]);
    expect(await outcome(tokens, await signed(claims(), own))).toBe('UNAUTHENTICATED');
    expect(await outcome(tokens, await signed(claims({ iss: OTHER_ISSUER }), other))).toBe('taken');
  });

  test('keeps what was fetched of an issuer whose address is the same', async () => {
    const fetched: string[] = [];
    const fetching = (uri: URL) => {
      fetched.push(uri.href);
      return createLocalJWKSet({ keys: [remote.jwk] });
    };
    const away = { issuer: REMOTE_ISSUER, jwksUri: `${REMOTE_ISSUER}/jwks` };
    const tokens = new TokenVerifier([away], fetching);
    tokens.renew([localKeys(own), away]);
    tokens.renew([{ ...away, jwksUri: `${REMOTE_ISSUER}/keys` }]);
    expect(fetched).toEqual([`${REMOTE_ISSUER}/jwks`, `${REMOTE_ISSUER}/keys`]);
    expect(await outcome(tokens, await signed(claims({ iss: REMOTE_ISSUER }), remote))).toBe('taken');
  });
});

describe('the issuers file', () => {
  const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x' }] };

  test('lists issuers with their keys or with the address of their keys', () => {
    const issuers = [
      { issuer: ISSUER, jwks },
      { issuer: OTHER_ISSUER, jwksUri: 'https://id.linhai.example/jwks' },
    ];
    expect(parseIssuers(issuers)).toEqual(issuers);
  });

  test.each([
    ['no issuer', []],
    ['an issuer without keys', [{ issuer: ISSUER }]],
    ['an issuer with no key', [{ issuer: ISSUER, jwks: { keys: [] } }]],
    ['an issuer without a name', [{ issuer: '', jwks }]],
    ['an address without an issuer', [{ issuer: '', jwksUri: 'https://id.linhai.example/jwks' }]],
    ['an address that is none', [{ issuer: ISSUER, jwksUri: 'id.linhai' }]],
    ['a key of no kind', [{ issuer: ISSUER, jwks: { keys: [{}] } }]],
    ['an object instead of a list', { issuer: ISSUER, jwks }],
    ['nothing', null],
  ])('with %s is refused', (_, content) => {
    expect(refusalCode(() => parseIssuers(content))).toBe('BAD_CONFIG');
  });
});

function segment(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
