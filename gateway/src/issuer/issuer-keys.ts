import { problem } from '@liandong/schema/kernel';
import type { CryptoKey, JWK } from 'jose';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';

const keySchema = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
});

/** One private key as a JWK (RFC 8037), or several (RFC 7517): the first signs. */
const keysSchema = z.union([z.strictObject({ keys: z.array(keySchema).min(1) }), keySchema]);

/** One key of the embedded issuer. */
export interface IssuerKey {
  kid: string;
  privateKey: CryptoKey;
  /** The published part. */
  publicJwk: JWK;
  /** The stored form. */
  jwk: JWK;
}

/**
 * The keys of an embedded issuer; the signing key is first.
 * @param content of its key file: a private JWK, or several as `{"keys": […]}`
 * @throws {ProblemError} BAD_CONFIG for a key that is not an Ed25519 private key, is damaged, or occurs twice
 */
export async function parseIssuerKeys(content: unknown): Promise<[IssuerKey, ...IssuerKey[]]> {
  const parsed = keysSchema.safeParse(content);
  if (!parsed.success) throw problem('BAD_CONFIG', "The issuer's key file holds no Ed25519 private key.");
  const [first, ...others] = 'keys' in parsed.data ? (parsed.data.keys as JWK[]) : [parsed.data as JWK];
  const keys: [IssuerKey, ...IssuerKey[]] = [await open(first ?? {}), ...(await Promise.all(others.map(open)))];
  const twice = keys.find(({ kid }, i) => keys.findIndex((key) => key.kid === kid) !== i);
  if (twice) throw problem('BAD_CONFIG', `The issuer's key file holds the key ${twice.kid} twice.`);
  return keys;
}

async function open(jwk: JWK): Promise<IssuerKey> {
  const privateKey = await importJWK(jwk, 'EdDSA').catch((cause: unknown) => {
    throw problem('BAD_CONFIG', "The issuer's key file holds a key that is damaged.", { cause });
  });
  if (privateKey instanceof Uint8Array) throw problem('BAD_CONFIG', "The issuer's key is no key pair.");
  const publicHalf: JWK = { kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '' };
  const kid = await calculateJwkThumbprint(publicHalf);
  return { kid, privateKey, publicJwk: { ...publicHalf, kid, alg: 'EdDSA', use: 'sig' }, jwk };
}

/** Makes a key for an embedded issuer, with the id its tokens name. */
export async function generateIssuerKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA' };
}
