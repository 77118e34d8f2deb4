import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { ProblemError } from '../kernel/errors.ts';
import { VILLAGE } from '../testing/fixtures.ts';
import { TokenVerifier } from './token-verifier.ts';

const CORPUS = JSON.parse(
  readFileSync(new URL('../../../test/hostile-inputs.json', import.meta.url), 'utf8'),
) as string[];
const RUNS = 12_000;

test('any text for a token is refused as UNAUTHENTICATED and nothing else happens', async () => {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kty: 'OKP' };
  const verifier = new TokenVerifier([{ issuer: 'desk', jwks: { keys: [jwk] } }], () => {
    throw new Error('nothing is fetched');
  });
  const good = await new SignJWT({ name: '包大姐', division: VILLAGE, roles: ['AGENT'] })
    .setProtectedHeader({ alg: 'Ed25519' })
    .setIssuer('desk')
    .setAudience('liandong')
    .setSubject('agent-1')
    .setExpirationTime('10m')
    .sign(privateKey);
  expect((await verifier.verify(good)).sub).toBe('agent-1');
  const [head = '', body = '', signature = ''] = good.split('.');
  const text = fc.oneof(fc.constantFrom(...CORPUS), fc.string({ unit: 'binary', maxLength: 200 }));
  const encoded = fc
    .oneof(
      text,
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    )
    .map((inside) => Buffer.from(inside).toString('base64url'));
  const part = (own: string) => fc.oneof(fc.constant(own), encoded, text);
  const hostile = fc.oneof(
    text,
    fc.tuple(part(head), part(body), part(signature)).map((parts) => parts.join('.')),
    fc
      .tuple(fc.nat(good.length - 2), fc.string({ minLength: 1, maxLength: 3 }))
      .map(([at, put]) => `${good.slice(0, at)}${put}${good.slice(at + 1)}`),
  );
  await fc.assert(
    fc.asyncProperty(hostile, async (token) => {
      fc.pre(token !== good);
      const outcome = await verifier.verify(token).catch((error: unknown) => error);
      // base64url has several spellings of the last characters: the token is then the same
      if (!(outcome instanceof Error))
        return Buffer.from(token.split('.')[2] ?? '', 'base64url').equals(Buffer.from(signature, 'base64url'));
      return outcome instanceof ProblemError && outcome.code === 'UNAUTHENTICATED';
    }),
    { numRuns: RUNS },
  );
}, 120_000);
