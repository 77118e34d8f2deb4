import type { KeyObject } from 'node:crypto';
import { createPublicKey, sign, verify } from 'node:crypto';
import type { PublicKey, SignatureCheck } from '@liandong/schema/trust';
import type { SignedType } from '@liandong/schema/wire';
import type { NodeKey } from './keys.ts';

/**
 * Signs a payload as JSON (JWS compact serialization, EdDSA).
 * @param keys certificates that introduce the key
 */
export async function signWith(
  key: NodeKey,
  type: SignedType,
  payload: unknown,
  keys: readonly string[] = [],
): Promise<string> {
  const header = { alg: 'EdDSA', typ: type, kid: key.kid, ...(keys.length > 0 ? { keys } : {}) };
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${sign(null, Buffer.from(input, 'ascii'), key.privateKey).toString('base64url')}`;
}

/**
 * The check by Node.js's own crypto: about 120 µs of CPU a line in place of 200 over WebCrypto, which goes through a
 * thread and back. A signature has one spelling: the log's hashes are over the text, so another spelling of the same
 * bytes is invalid.
 */
export function nativeCheck(): SignatureCheck {
  const imported = new Map<string, KeyObject>();
  return (jws, jwk, type) => Promise.resolve(check(jws, imported, jwk, type));
}

function check(jws: string, imported: Map<string, KeyObject>, jwk: PublicKey, type: SignedType): unknown {
  const [protectedHeader, payload, signature, ...more] = jws.split('.');
  if (protectedHeader === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw new Error('no compact JWS');
  }
  const header = read(protectedHeader) as { alg?: unknown; typ?: unknown; crit?: unknown } | null;
  if (header?.alg !== 'EdDSA' || header.typ !== type || header.crit !== undefined) throw new Error('another header');
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) throw new Error('another spelling of a signature');
  const signed = Buffer.from(jws.slice(0, -signature.length - 1), 'ascii');
  if (!verify(null, signed, publicKey(imported, jwk), bytes)) throw new Error('another signature');
  return read(payload);
}

function publicKey(imported: Map<string, KeyObject>, jwk: PublicKey): KeyObject {
  let key = imported.get(jwk.x);
  if (!key) imported.set(jwk.x, (key = createPublicKey({ key: { ...jwk }, format: 'jwk' })));
  return key;
}

function base64url(content: unknown): string {
  return Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');
}

function read(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

/** The payload of a signed text, without a check of the signature: only for texts that were checked before. */
export function payloadOf(jws: string): unknown {
  const [, payload = ''] = jws.split('.');
  return read(payload);
}
