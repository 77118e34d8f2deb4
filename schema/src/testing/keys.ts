import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey } from 'jose';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { SignedType } from '../wire/envelope.ts';
import { SIGNED_TYPES } from '../wire/envelope.ts';
import type { Certificate, PublicKey, Revocation } from '../trust/key-messages.ts';
import { keyIdOf } from '../trust/key-documents.ts';

/** A real key pair of a node. */
export interface TestKey {
  node: DivisionCode;
  kid: string;
  jwk: PublicKey;
  privateKey: CryptoKey;
}

export async function keyOf(node: DivisionCode): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const { x = '' } = await exportJWK(publicKey);
  const jwk: PublicKey = { kty: 'OKP', crv: 'Ed25519', x };
  return { node, kid: await keyIdOf(node, jwk), jwk, privateKey };
}

export function signAs({ kid, privateKey }: TestKey, typ: SignedType, payload: unknown): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ, kid })
    .sign(privateKey);
}

export function certify(issuer: TestKey, key: TestKey, change: Partial<Certificate> = {}): Promise<string> {
  const { node, kid, jwk } = key;
  const certificate = { node, issuer: issuer.node, jwk, kid, issuedAt: '2026-01-01T00:00:00.000Z', ...change };
  return signAs(issuer, SIGNED_TYPES.certificate, certificate);
}

export function closing(issuer: TestKey, node: DivisionCode, successor: DivisionCode, at: string): Promise<string> {
  const content = { node, successor, issuer: issuer.node, at, keysUntil: '2027-06-01T00:00:00.000Z', why: '撤并' };
  return signAs(issuer, SIGNED_TYPES.closing, content);
}

export function end(issuer: TestKey, key: TestKey, change: Partial<Revocation> = {}): Promise<string> {
  const { node, kid } = key;
  const at = '2026-06-01T00:00:00.000Z';
  const revocation: Revocation = {
    node,
    kid,
    issuer: issuer.node,
    reason: 'SUPERSEDED',
    from: at,
    at,
    why: '换钥',
    keeps: [],
    ...change,
  };
  return signAs(issuer, SIGNED_TYPES.revocation, revocation);
}
