import { base64url, calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import type { DivisionCode } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import type { Closing } from '../wire/closing.ts';
import { closingSchema } from '../wire/closing.ts';
import type { SignedType } from '../wire/envelope.ts';
import { SIGNED_TYPES } from '../wire/envelope.ts';
import type { Certificate, PublicKey, Revocation } from './key-messages.ts';
import { certificateSchema, revocationSchema } from './key-messages.ts';
import { sha256Hex } from './digest.ts';

/** A certificate, a revocation or the closing of a node as it was signed. */
export type KeyDocument = { jws: string; hash: string; signer: string } & (
  | { kind: 'CERTIFICATE'; content: Certificate }
  | { kind: 'REVOCATION'; content: Revocation }
  | { kind: 'CLOSING'; content: Closing }
);

/** A document not believed yet: its permanent fault, and the key its signature was checked with. */
export type Candidate = KeyDocument & { fault: string | null; checkedWith: string | null };
export type CertificateCandidate = Candidate & { kind: 'CERTIFICATE' };
export type RevocationCandidate = Candidate & { kind: 'REVOCATION' };
export type ClosingCandidate = Candidate & { kind: 'CLOSING' };

/** `<code>.<thumbprint>` (RFC 7638): the owner and the key; no other key can have this id. */
export async function keyIdOf(node: DivisionCode, jwk: PublicKey): Promise<string> {
  return `${node}.${await thumbprintOf(jwk)}`;
}

export async function thumbprintOf(jwk: PublicKey): Promise<string> {
  return (await calculateJwkThumbprint(jwk)).slice(0, 16);
}

/**
 * Checks a JWS (compact serialization, EdDSA alone) of a type against a key.
 * @returns the payload
 * @throws an Error of any kind when the signature is not the key's, or the type another
 */
export type SignatureCheck = (jws: string, jwk: PublicKey, type: SignedType) => Promise<unknown>;

/** The check of any platform, over WebCrypto. Keys are imported once each. */
export function portableCheck(): SignatureCheck {
  const imported = new Map<string, Promise<CryptoKey>>();
  return async (jws, jwk, type) => {
    let key = imported.get(jwk.x);
    if (!key) imported.set(jwk.x, (key = importPublicKey(jwk)));
    requireOneSpelling(jws);
    const { payload, protectedHeader } = await compactVerify(jws, await key, { algorithms: ['EdDSA'] });
    if (protectedHeader.typ !== type) throw new Error(`typ ${String(protectedHeader.typ)}`);
    return JSON.parse(new TextDecoder().decode(payload));
  };
}

/** Refuses base64url with unused bits set: logs are chained over the text, so a signature must have one spelling. */
function requireOneSpelling(jws: string): void {
  const signature = jws.slice(jws.lastIndexOf('.') + 1);
  if (base64url.encode(base64url.decode(signature)) !== signature) throw new Error('another spelling of a signature');
}

async function importPublicKey(jwk: PublicKey): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array) throw problem('SIGNATURE_INVALID', 'A shared secret is no public key.');
  return key;
}

/** @throws an Error that names the document's fault */
export async function readDocument(jws: string): Promise<Candidate> {
  let header;
  let content: unknown;
  try {
    header = decodeProtectedHeader(jws);
    content = payloadOf(jws);
  } catch (cause) {
    throw new Error('This is no certificate, no revocation and no closing.', { cause });
  }
  const signer = header.kid ?? '';
  const common = { jws, hash: await sha256Hex(jws), signer, fault: null, checkedWith: null };
  if (header.typ === SIGNED_TYPES.certificate) {
    const parsed = certificateSchema.safeParse(content);
    if (!parsed.success) throw new Error('The certificate is not what its kind says.');
    if (parsed.data.kid !== (await keyIdOf(parsed.data.node, parsed.data.jwk))) {
      throw new Error(`The certificate of ${parsed.data.node} names its key ${parsed.data.kid}, which it is not.`);
    }
    return { ...common, kind: 'CERTIFICATE', content: parsed.data };
  }
  if (header.typ === SIGNED_TYPES.revocation) {
    const parsed = revocationSchema.safeParse(content);
    if (!parsed.success) throw new Error('The revocation is not what its kind says.');
    return { ...common, kind: 'REVOCATION', content: parsed.data };
  }
  if (header.typ === SIGNED_TYPES.closing) {
    const parsed = closingSchema.safeParse(content);
    if (!parsed.success) throw new Error('The closing is not what its kind says.');
    return { ...common, kind: 'CLOSING', content: parsed.data };
  }
  throw new Error('This is no certificate, no revocation and no closing.');
}

/** The instant at which a signed document's key must be in effect. */
export function momentOf(payload: unknown, type: SignedType, now: Date): Date {
  if (type === SIGNED_TYPES.envelope || type === SIGNED_TYPES.receipt) return now;
  const { at } = (payload ?? {}) as { at?: unknown };
  const moment = typeof at === 'string' ? new Date(at) : now;
  return Number.isNaN(moment.getTime()) ? now : moment;
}

/** @throws {ProblemError} MESSAGE_INVALID */
export function signerOf(jws: string, type: SignedType): string {
  let header;
  try {
    header = decodeProtectedHeader(jws);
  } catch (cause) {
    throw problem('MESSAGE_INVALID', 'Not a signed message.', { cause });
  }
  if (header.typ !== type) throw problem('MESSAGE_INVALID', `Signed as ${String(header.typ)}, not as ${type}.`);
  return String(header.kid);
}

function payloadOf(jws: string): unknown {
  const [, payload = ''] = jws.split('.');
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.codePointAt(0) ?? 0);
  return JSON.parse(new TextDecoder().decode(bytes));
}
