import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import type { Certificate } from '@liandong/schema/trust';
import type { DivisionCode } from '@liandong/schema/kernel';
import { keyIdOf } from '@liandong/schema/trust';
import { problem } from '@liandong/schema/kernel';

/** A node's key pair; the private half stays on its host. */
export interface NodeKey {
  node: DivisionCode;
  /** `<code>.<thumbprint>`: names the key's node and tells rotated keys apart. */
  kid: string;
  privateKey: KeyObject;
  publicJwk: Certificate['jwk'];
}

/** A private key as it is kept in a file. */
export interface StoredKey {
  node: DivisionCode;
  kid: string;
  jwk: JWK;
}

/** Makes an Ed25519 key for a node (RFC 8037). */
export async function generateNodeKey(node: DivisionCode): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { node, kid: await keyIdOf(node, publicOf(jwk)), jwk };
}

/** @throws {ProblemError} BAD_CONFIG for a file that holds no Ed25519 private key */
export async function importNodeKey(stored: StoredKey): Promise<NodeKey> {
  const { node, kid, jwk } = stored;
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || jwk.x === undefined || jwk.d === undefined) {
    throw problem('BAD_CONFIG', `The key file of ${node} holds no Ed25519 private key.`);
  }
  const { kty, crv, x, d } = jwk;
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
  } catch (cause) {
    throw problem('BAD_CONFIG', `The key file of ${node} holds no Ed25519 private key.`, { cause });
  }
  return { node, kid, privateKey, publicJwk: publicOf(jwk) };
}

/** The public half. */
export function publicOf(jwk: JWK): Certificate['jwk'] {
  return { kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '' };
}
