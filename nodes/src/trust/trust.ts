import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import type { Certificate, DivisionCode, Divisions, SignedType } from '@liandong/schema';
import { SIGNED_TYPES, certificateSchema, dayOf, problem } from '@liandong/schema';
import { z } from 'zod';
import type { NodeKey, StoredKey } from './keys.ts';
import { importNodeKey } from './keys.ts';

/** The trust file: the root's public key, and every node's key vouched for by its parent. */
export const trustFileSchema = z.object({
  root: certificateSchema.shape.jwk,
  certificates: z.array(z.string()).min(1),
});
export type TrustFile = z.infer<typeof trustFileSchema>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Whom this host believes: the keys of all nodes, each signed by its parent's up to the root; and its own keys. */
export class Trust {
  readonly #keys: ReadonlyMap<string, { node: DivisionCode; key: CryptoKey }>;
  readonly #own = new Map<DivisionCode, NodeKey>();

  private constructor(keys: ReadonlyMap<string, { node: DivisionCode; key: CryptoKey }>) {
    this.#keys = keys;
  }

  /**
   * Checks every certificate up to the root.
   * @throws {ProblemError} BAD_CONFIG naming the certificate that can't be believed
   */
  static async load(file: TrustFile, own: readonly StoredKey[], divisions: Divisions): Promise<Trust> {
    const claimed = file.certificates.map((jws) => ({ jws, certificate: readCertificate(jws) }));
    const keys = new Map<string, { node: DivisionCode; key: CryptoKey }>();
    // parents before children: the city signs itself with the root key, which was handed over by other means
    const lineage = (node: DivisionCode) => divisions.lineage(node).length;
    claimed.sort((a, b) => lineage(a.certificate.node) - lineage(b.certificate.node));
    for (const { jws, certificate } of claimed) {
      // whoever was its parent when the certificate was given: a zone that changed parents keeps its key
      const parent = divisions.parentOn(certificate.node, dayOf(new Date(certificate.issuedAt)));
      const kid = decodeProtectedHeader(jws).kid ?? '';
      const issuer = parent === null ? file.root : keys.get(kid);
      const expected = parent ?? certificate.node;
      if (!issuer || certificate.issuer !== expected || ('node' in issuer && issuer.node !== expected)) {
        throw problem('BAD_CONFIG', `The certificate of ${certificate.node} is not signed by its parent.`);
      }
      const issuerKey = 'node' in issuer ? issuer.key : await importPublicKey(issuer);
      await verifyWith(jws, issuerKey, SIGNED_TYPES.certificate).catch((cause: unknown) => {
        throw problem('BAD_CONFIG', `The certificate of ${certificate.node} has a wrong signature.`, { cause });
      });
      const key = await importPublicKey(certificate.jwk);
      keys.set(certificate.kid, { node: certificate.node, key });
    }
    const trust = new Trust(keys);
    for (const stored of own) {
      if (keys.get(stored.kid)?.node !== stored.node) {
        throw problem('BAD_CONFIG', `The key of ${stored.node} has no certificate in the trust file.`);
      }
      trust.#own.set(stored.node, await importNodeKey(stored));
    }
    return trust;
  }

  /** Whether the node has a key in this federation, that is: exists. */
  knows(node: DivisionCode): boolean {
    for (const known of this.#keys.values()) if (known.node === node) return true;
    return false;
  }

  /** All nodes of the federation. */
  nodes(): DivisionCode[] {
    return [...new Set([...this.#keys.values()].map((k) => k.node))];
  }

  /** Signs as a node of this host. */
  async sign(node: DivisionCode, type: SignedType, payload: unknown): Promise<string> {
    const key = this.#own.get(node);
    if (!key) throw problem('INTERNAL', `This host holds no key of ${node}.`);
    return signWith(key, type, payload);
  }

  /**
   * Checks a signed thing and says who signed it.
   * @throws {ProblemError} MESSAGE_INVALID (no JWS of the type), KEY_UNKNOWN, SIGNATURE_INVALID
   */
  async verify(jws: string, type: SignedType): Promise<{ node: DivisionCode; payload: unknown }> {
    const known = this.#keyOf(jws, type);
    return { node: known.node, payload: await verifyWith(jws, known.key, type) };
  }

  #keyOf(jws: string, type: SignedType): { node: DivisionCode; key: CryptoKey } {
    let header;
    try {
      header = decodeProtectedHeader(jws);
    } catch (cause) {
      throw problem('MESSAGE_INVALID', 'Not a signed message.', { cause });
    }
    if (header.typ !== type) throw problem('MESSAGE_INVALID', `Signed as ${String(header.typ)}, not as ${type}.`);
    const known = this.#keys.get(header.kid ?? '');
    if (!known) throw problem('KEY_UNKNOWN', `No key ${String(header.kid)} is known.`);
    return known;
  }
}

/** Signs a payload as JSON (JWS compact serialization, EdDSA). */
export function signWith(key: NodeKey, type: SignedType, payload: unknown): Promise<string> {
  return new CompactSign(encoder.encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: type, kid: key.kid })
    .sign(key.privateKey);
}

async function importPublicKey(jwk: Certificate['jwk']): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array) throw problem('BAD_CONFIG', 'A shared secret is no public key.');
  return key;
}

async function verifyWith(jws: string, key: CryptoKey, type: SignedType): Promise<unknown> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ['EdDSA'] });
    if (protectedHeader.typ !== type) throw new Error(`typ ${String(protectedHeader.typ)}`);
    return JSON.parse(decoder.decode(payload));
  } catch (cause) {
    throw problem('SIGNATURE_INVALID', 'The signature is not the node’s.', { cause });
  }
}

/** What a signed thing says, without asking who signed it: only for what was checked before. */
export function payloadOf(jws: string): unknown {
  const [, payload = ''] = jws.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
}

function readCertificate(jws: string): Certificate {
  try {
    return certificateSchema.parse(payloadOf(jws));
  } catch (cause) {
    throw problem('BAD_CONFIG', 'The trust file holds something that is no certificate.', { cause });
  }
}
