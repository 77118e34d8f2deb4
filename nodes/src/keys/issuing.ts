import type { Certificate, KeyDocument, KeyRequest, Revocation, RevocationReason } from '@liandong/schema/trust';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { dayOf, problem } from '@liandong/schema/kernel';
import { keyIdOf, keyRequestSchema } from '@liandong/schema/trust';
import { compactVerify, importJWK } from 'jose';
import type { SharedTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { StoredKey, Trust } from '../trust/index.ts';
import { importNodeKey, payloadOf, publicOf, signWith } from '../trust/index.ts';
import { findCertificate, insertKeyDocument, kidIn, logKey } from './key-store.ts';
import type { KeyAction } from './tables.ts';

const HOUR_MS = 3_600_000;

/** The log's action for each document that is made. */
const MADE: Readonly<Record<KeyDocument['kind'], KeyAction>> = {
  CERTIFICATE: 'CERTIFIED',
  REVOCATION: 'REVOKED',
  CLOSING: 'NODE_CLOSED',
};

/** What a node needs to vouch for keys and to tell all nodes. */
export interface Issuing {
  trust: Trust;
  divisions: Divisions;
  appender: FeedAppender;
  outbox: Outbox;
  now: () => Date;
}

/** A new key's request for a certificate, signed with the key itself. */
export async function requestOf(
  key: StoredKey,
  { at, overlapHours, by, why }: { at: Date; overlapHours: number; by: string; why: string },
): Promise<string> {
  const { node, kid, jwk } = key;
  const request: KeyRequest = { node, kid, jwk: publicOf(jwk), at: at.toISOString(), overlapHours, by, why };
  return signWith(await importNodeKey(key), SIGNED_TYPES.keyRequest, request);
}

/** @throws {ProblemError} MESSAGE_INVALID, or SIGNATURE_INVALID where the asker does not hold the key */
export async function readKeyRequest(jws: string): Promise<KeyRequest> {
  const request = readRequest(jws);
  if (request.kid !== (await keyIdOf(request.node, request.jwk))) {
    throw problem('MESSAGE_INVALID', `The request names its key ${request.kid}, which it is not.`);
  }
  try {
    const { protectedHeader } = await compactVerify(jws, await importJWK(request.jwk, 'EdDSA'), {
      algorithms: ['EdDSA'],
    });
    if (protectedHeader.typ !== SIGNED_TYPES.keyRequest) throw new Error(`typ ${String(protectedHeader.typ)}`);
  } catch (cause) {
    throw problem('SIGNATURE_INVALID', 'The request is not signed by the key it is for.', { cause });
  }
  return request;
}

function readRequest(jws: string): KeyRequest {
  try {
    return keyRequestSchema.parse(payloadOf(jws));
  } catch (cause) {
    throw problem('MESSAGE_INVALID', 'Not a request for a certificate.', { cause });
  }
}

/**
 * Vouches for a key of a node below, or of the city's own, and lets the node's earlier keys end when the overlap is
 * over. The caller's transaction stores and logs the documents and tells all nodes.
 * @param options.until when the certificate ends; null for no end
 * @throws {ProblemError} FORBIDDEN for a node that is not a child
 */
export async function certifyKey(
  tx: SharedTx,
  issuing: Issuing,
  request: KeyRequest,
  options: { until: Date | null; actor: string },
): Promise<KeyDocument[]> {
  const { trust, divisions, now } = issuing;
  const { node, kid, jwk, overlapHours, by, why } = request;
  const at = now();
  const parent = divisions.parentOn(node, dayOf(at)) ?? node;
  if (parent !== tx.node) throw problem('FORBIDDEN', `Keys of ${node} are certified by ${parent}, not by ${tx.node}.`);
  if (await findCertificate(tx, kid)) return [];
  const certificate: Certificate = {
    node,
    issuer: tx.node,
    jwk,
    kid,
    issuedAt: at.toISOString(),
    notBefore: at.toISOString(),
    ...(options.until === null ? {} : { notAfter: options.until.toISOString() }),
  };
  const documents = [await trust.sign(tx.node, SIGNED_TYPES.certificate, certificate)];
  const ends = new Date(at.getTime() + overlapHours * HOUR_MS);
  for (const key of trust.keys()) {
    if (key.node !== node || key.kid === kid) continue;
    // an end that was signed but not stored, since its transaction failed, is stored now
    if (key.ended !== null) documents.push(key.ended.jws);
    else documents.push(await signEnd(tx.node, issuing, key.kid, { reason: 'SUPERSEDED', from: ends, why }));
  }
  return stateKeys(tx, issuing, documents, { actor: options.actor, why: `${why} (${by})` });
}

/**
 * Ends a key of one's own, or of a node below.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export async function endKey(
  tx: SharedTx,
  issuing: Issuing,
  kid: string,
  end: { reason: RevocationReason; from: Date; why: string; actor: string },
): Promise<KeyDocument[]> {
  const key = issuing.trust.findKey(kid);
  if (!key) throw problem('NOT_FOUND', `No key ${kid} is known here.`);
  if (!issuing.divisions.isWithin(key.node, tx.node)) {
    throw problem('FORBIDDEN', `A key of ${key.node} is ended by itself or by a node above it, not by ${tx.node}.`);
  }
  const document = await signEnd(tx.node, issuing, kid, end);
  return stateKeys(tx, issuing, [document], { actor: end.actor, why: end.why });
}

/**
 * Stores documents, logs them and sends them: down with this node's catalogue feed, and to the city, which tells all
 * others.
 * @returns those that were new here
 * @throws {ProblemError} SIGNATURE_INVALID for an invalid one
 */
export async function stateKeys(
  tx: SharedTx,
  issuing: Issuing,
  documents: readonly string[],
  { actor, why }: { actor: string; why: string },
): Promise<KeyDocument[]> {
  const { trust, divisions, appender, outbox, now } = issuing;
  const fresh: KeyDocument[] = [];
  for (const { document, state, reason } of await trust.learn(documents)) {
    if (!document || state === 'REFUSED') throw problem('SIGNATURE_INVALID', reason ?? 'It cannot be believed.');
    if (state === 'WAITING') throw problem('KEY_UNKNOWN', reason ?? 'Its signer is not known.');
    if (!(await insertKeyDocument(tx, document))) continue;
    fresh.push(document);
    const action = MADE[document.kind];
    await logKey(tx, { at: now(), actor, action, subject: document.content.node, kid: kidIn(document), why });
  }
  await appender.append(
    tx,
    'CATALOGUE',
    fresh.map(({ jws }) => ({ kind: 'KEY', document: jws })),
  );
  const city = divisions.city.code;
  if (tx.node !== city && trust.knows(city)) {
    const messages = fresh.map(({ jws }) => ({
      receiver: city,
      kind: 'KEYS' as const,
      caseId: null,
      body: { document: jws },
    }));
    await outbox.enqueue(tx, messages);
  }
  return fresh;
}

function signEnd(
  issuer: DivisionCode,
  { trust, now }: Issuing,
  kid: string,
  { reason, from, why }: { reason: RevocationReason; from: Date; why: string },
): Promise<string> {
  const node = trust.findKey(kid)?.node ?? '';
  const issued = trust.keys().filter((key) => key.certificate.signer === kid && key.kid !== kid);
  const end: Revocation = {
    node,
    kid,
    issuer,
    reason,
    from: from.toISOString(),
    at: now().toISOString(),
    why,
    keeps: reason === 'COMPROMISED' ? issued.map((key) => key.certificate.hash) : [],
  };
  return trust.sign(issuer, SIGNED_TYPES.revocation, end);
}
