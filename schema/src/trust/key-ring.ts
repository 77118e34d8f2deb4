import type { DivisionCode } from '../kernel/divisions.ts';
import { isZoneCode } from '../kernel/divisions.ts';
import { problem, ProblemError } from '../kernel/errors.ts';
import type { SignedType } from '../wire/envelope.ts';
import { SIGNED_TYPES } from '../wire/envelope.ts';
import type { Certificate, PublicKey } from './key-messages.ts';
import type { Day } from '../kernel/calendar.ts';
import { dayOf } from '../kernel/calendar.ts';
import type {
  Candidate,
  CertificateCandidate,
  ClosingCandidate,
  KeyDocument,
  RevocationCandidate,
  SignatureCheck,
} from './key-documents.ts';
import { momentOf, portableCheck, readDocument, signerOf, thumbprintOf } from './key-documents.ts';

/** Clocks of two nodes may differ by this much, ms: a key may sign so long before its certificate begins. */
const LEEWAY_MS = 10 * 60_000;

/**
 * A node's parent on a day; null for the city.
 * @throws {ProblemError} UNKNOWN_DIVISION
 */
export type ParentOf = (node: DivisionCode, day: Day, claimed: DivisionCode) => DivisionCode | null;

/** A key of a node, vouched for up to the root. */
export interface KnownKey {
  node: DivisionCode;
  kid: string;
  jwk: PublicKey;
  certificate: KeyDocument & { kind: 'CERTIFICATE' };
  /** Its end, when it has one. */
  ended: (KeyDocument & { kind: 'REVOCATION' }) | null;
}

/** The closing of a node that is believed. */
export type KnownClosing = KeyDocument & { kind: 'CLOSING' };

/** The outcome of a document: believed; waiting for the key that signed it; or refused for good. */
export interface Learned {
  jws: string;
  document: KeyDocument | null;
  state: 'BELIEVED' | 'WAITING' | 'REFUSED';
  reason: string | null;
}

/**
 * The parent by the codes alone, for programs without a register. A zone's local code names no parent, so the county
 * that certified it is believed.
 */
export const parentByCode: ParentOf = (node, _day, claimed) => {
  if (isZoneCode(node)) return claimed;
  if (node.length > 6) return node.slice(0, -3);
  return node.endsWith('00') ? null : `${node.slice(0, 4)}00`;
};

const ROOT = 'root';

/**
 * The keys of all nodes, each certified by its parent's key up to the root. It follows the chain model: a certificate
 * is valid if its issuer's key was in effect when it was issued, so earlier signatures of an ended key stay valid.
 */
export class KeyRing {
  readonly #root: PublicKey;
  readonly #parentOf: ParentOf;
  readonly #candidates = new Map<string, Candidate>();
  readonly #check: SignatureCheck;
  #keys: ReadonlyMap<string, KnownKey> = new Map();
  #closings: ReadonlyMap<DivisionCode, KnownClosing> = new Map();
  #believed: ReadonlySet<string> = new Set();

  /** @param check how signatures are checked here; a platform may have a faster way than the portable one */
  constructor(root: PublicKey, parentOf: ParentOf, check: SignatureCheck = portableCheck()) {
    this.#root = root;
    this.#parentOf = parentOf;
    this.#check = check;
  }

  /** The root's public key, the only key believed without proof. */
  get root(): PublicKey {
    return this.#root;
  }

  keys(): KnownKey[] {
    return [...this.#keys.values()];
  }

  findKey(kid: string): KnownKey | undefined {
    return this.#keys.get(kid);
  }

  /** The closings of nodes, one a node. */
  closings(): KnownClosing[] {
    return [...this.#closings.values()];
  }

  findClosing(node: DivisionCode): KnownClosing | undefined {
    return this.#closings.get(node);
  }

  /** Every document that is believed or waits for its signer's. */
  documents(): KeyDocument[] {
    return [...this.#candidates.values()].filter((c) => c.fault === null);
  }

  /** The documents that prove a key: its certificates up to the root, and the ends of any of these keys. */
  chainOf(kid: string): KeyDocument[] {
    const chain: KeyDocument[] = [];
    const seen = new Set<string>();
    for (let key = this.#keys.get(kid); key && !seen.has(key.kid); key = this.#keys.get(key.certificate.signer)) {
      seen.add(key.kid);
      chain.push(key.certificate);
      for (const candidate of this.#candidates.values()) {
        if (candidate.kind === 'REVOCATION' && candidate.content.kid === key.kid && this.#believed.has(candidate.jws))
          chain.push(candidate);
      }
    }
    return chain;
  }

  /**
   * Takes in certificates, revocations and closings, in any order. They are proved by their signatures, so their sender
   * does not matter.
   * @param keepWaiting whether to keep documents whose signer's key is not known yet; false for documents of strangers
   */
  async learn(documents: readonly string[], keepWaiting = true): Promise<Learned[]> {
    const fresh = documents.filter((jws) => !this.#candidates.has(jws));
    const unreadable = new Map<string, string>();
    for (const jws of fresh) {
      try {
        this.#candidates.set(jws, await readDocument(jws));
      } catch (error) {
        unreadable.set(jws, (error as Error).message);
      }
    }
    if (fresh.length > unreadable.size) await this.#resolve();
    const learned = documents.map((jws): Learned => {
      const candidate = this.#candidates.get(jws) ?? null;
      if (this.#believed.has(jws)) return { jws, document: candidate, state: 'BELIEVED', reason: null };
      const reason = unreadable.get(jws) ?? candidate?.fault ?? null;
      if (reason !== null) return { jws, document: candidate, state: 'REFUSED', reason };
      return { jws, document: candidate, state: 'WAITING', reason: `No key ${candidate?.signer ?? ''} is known.` };
    });
    // documents that can never be believed are dropped, so that a sender can't fill the memory
    for (const { jws, state } of learned) {
      const forgotten = state === 'REFUSED' || (state === 'WAITING' && !keepWaiting && fresh.includes(jws));
      if (forgotten) this.#candidates.delete(jws);
    }
    return learned;
  }

  /**
   * The key by its name, in effect at a moment.
   * @throws {ProblemError} KEY_UNKNOWN, KEY_NOT_IN_EFFECT
   */
  keyAt(kid: string, at: Date): KnownKey {
    const key = this.#keys.get(kid);
    if (!key) throw problem('KEY_UNKNOWN', `No key ${kid} is known.`);
    const fault = notInEffect(key, at);
    if (fault !== null) throw problem('KEY_NOT_IN_EFFECT', fault);
    return key;
  }

  /**
   * Checks a signed document: finds its signer, and checks that the key was in effect. For envelopes and receipts that
   * is the moment they are opened; for all others it is their own date.
   * @throws {ProblemError} MESSAGE_INVALID (no JWS of the type), KEY_UNKNOWN, SIGNATURE_INVALID, KEY_NOT_IN_EFFECT
   */
  async verify(
    jws: string,
    type: SignedType,
    now: Date,
  ): Promise<{ node: DivisionCode; kid: string; payload: unknown }> {
    const kid = signerOf(jws, type);
    const key = this.#keys.get(kid);
    if (!key) throw problem('KEY_UNKNOWN', `No key ${kid} is known.`);
    const payload = await this.#payloadOf(jws, key.jwk, type);
    this.keyAt(kid, momentOf(payload, type, now));
    return { node: key.node, kid, payload };
  }

  /** @throws {ProblemError} SIGNATURE_INVALID */
  async #payloadOf(jws: string, jwk: PublicKey, type: SignedType): Promise<unknown> {
    try {
      return await this.#check(jws, jwk, type);
    } catch (cause) {
      throw problem('SIGNATURE_INVALID', 'The signature is not the node’s.', { cause });
    }
  }

  /** Determines again which documents are believed; each signature is checked once. */
  async #resolve(): Promise<void> {
    const open = [...this.#candidates.values()].filter((c) => c.fault === null);
    const vouched = await this.#vouch(open.filter((c) => c.kind === 'CERTIFICATE'));
    const { ends, believed } = await this.#endKeys(
      open.filter((c) => c.kind === 'REVOCATION'),
      vouched,
    );
    const keys = new Map<string, KnownKey>();
    for (const certificate of vouched) {
      if (!this.#stands(certificate, keys, ends)) continue;
      believed.add(certificate.jws);
      const { node, kid, jwk } = certificate.content;
      const known = keys.get(kid);
      if (known && Date.parse(known.certificate.content.issuedAt) > Date.parse(certificate.content.issuedAt)) continue;
      keys.set(kid, { node, kid, jwk, certificate, ended: ends.get(kid)?.[0] ?? null });
    }
    const closings = await this.#close(
      open.filter((c) => c.kind === 'CLOSING'),
      keys,
    );
    for (const { jws } of closings.values()) believed.add(jws);
    this.#keys = keys;
    this.#closings = closings;
    this.#believed = believed;
  }

  /** The closings that are believed: each node's first, by its parent, to a node that may take its place. */
  async #close(
    closings: readonly ClosingCandidate[],
    keys: ReadonlyMap<string, KnownKey>,
  ): Promise<Map<DivisionCode, KnownClosing>> {
    const believed = new Map<DivisionCode, KnownClosing>();
    for (const candidate of [...closings].sort(
      (a, b) => Date.parse(a.content.at) - Date.parse(b.content.at) || a.hash.localeCompare(b.hash),
    )) {
      const { node, issuer, successor, at } = candidate.content;
      const signer = keys.get(candidate.signer);
      if (!signer) continue;
      candidate.fault ??= this.#closingFault(candidate, signer);
      if (candidate.fault !== null || notInEffect(signer, new Date(at)) !== null) continue;
      if (!(await this.#isSigned(candidate, candidate.signer, signer.jwk, SIGNED_TYPES.closing))) continue;
      if (!believed.has(node)) believed.set(node, candidate);
      else candidate.fault = `${issuer} closed ${node} before; ${successor} does not take its place.`;
    }
    return believed;
  }

  #closingFault({ content: { node, issuer, successor, at } }: ClosingCandidate, signer: KnownKey): string | null {
    const day = dayOf(new Date(at));
    const parentOf = (code: DivisionCode) => {
      try {
        return this.#parentOf(code, day, issuer);
      } catch {
        return null;
      }
    };
    if (signer.node !== issuer || parentOf(node) !== issuer)
      return `The closing of ${node} is not signed by its parent.`;
    const fits = successor !== node && (successor === issuer || parentOf(successor) === issuer);
    return fits ? null : `${successor} can't take the place of ${node}: it is neither its parent nor a child of it.`;
  }

  /** Certificates with a sound signature up to the root, issuers before those they vouch for; ends are not looked at. */
  async #vouch(certificates: readonly CertificateCandidate[]): Promise<CertificateCandidate[]> {
    const vouched: CertificateCandidate[] = [];
    const rootThumbprint = await thumbprintOf(this.#root);
    const keys = new Map<string, { node: DivisionCode; jwk: PublicKey }>();
    let waiting = [...certificates].sort(
      (a, b) => Date.parse(a.content.issuedAt) - Date.parse(b.content.issuedAt) || a.hash.localeCompare(b.hash),
    );
    for (let before = -1; before !== waiting.length;) {
      before = waiting.length;
      const next: CertificateCandidate[] = [];
      for (const candidate of waiting) {
        const issuer = this.#issuerOf(candidate, keys, rootThumbprint);
        if (candidate.fault !== null) continue;
        if (!issuer) {
          next.push(candidate);
          continue;
        }
        if (!(await this.#isSigned(candidate, issuer.kid, issuer.jwk, SIGNED_TYPES.certificate))) continue;
        vouched.push(candidate);
        keys.set(candidate.content.kid, candidate.content);
      }
      waiting = next;
    }
    return vouched;
  }

  /**
   * The key a certificate must be signed with; null if it is not known. Sets the fault of a certificate that can't be
   * valid.
   */
  #issuerOf(
    candidate: CertificateCandidate,
    keys: ReadonlyMap<string, { node: DivisionCode; jwk: PublicKey }>,
    rootThumbprint: string,
  ): { kid: string; jwk: PublicKey } | null {
    const { node, issuer, issuedAt, kid } = candidate.content;
    let parent: DivisionCode | null;
    try {
      parent = this.#parentOf(node, dayOf(new Date(issuedAt)), issuer);
    } catch (error) {
      candidate.fault = error instanceof ProblemError ? error.message : String(error);
      return null;
    }
    const expected = parent ?? node;
    const signer = keys.get(candidate.signer);
    if (issuer !== expected || (signer && signer.node !== expected)) {
      candidate.fault = `The certificate of ${node} is not signed by its parent.`;
      return null;
    }
    if (candidate.signer !== kid) return signer ? { kid: candidate.signer, jwk: signer.jwk } : null;
    if (parent === null && kid === `${node}.${rootThumbprint}`) return { kid: ROOT, jwk: this.#root };
    candidate.fault = `The certificate of ${node} is signed by itself, and it is not the root.`;
    return null;
  }

  /** The ends that are believed, the first to take effect ahead. */
  async #endKeys(
    revocations: readonly RevocationCandidate[],
    vouched: readonly CertificateCandidate[],
  ): Promise<{ ends: Map<string, RevocationCandidate[]>; believed: Set<string> }> {
    const keys = new Map(vouched.map(({ content }) => [content.kid, content]));
    const ends = new Map<string, RevocationCandidate[]>();
    const believed = new Set<string>();
    for (const candidate of [...revocations].sort(
      (a, b) => Date.parse(a.content.at) - Date.parse(b.content.at) || a.hash.localeCompare(b.hash),
    )) {
      const { node, kid, issuer, at } = candidate.content;
      const signer = keys.get(candidate.signer);
      const ended = keys.get(kid);
      if (!signer || !ended) continue;
      if (ended.node !== node || signer.node !== issuer || !this.#isOver(issuer, node, dayOf(new Date(at)), ended)) {
        candidate.fault = `${signer.node} can't end the key ${kid}.`;
        continue;
      }
      // an ended key can't end another; if two keys end each other, the earlier revocation counts
      if (
        candidate.signer !== kid &&
        ends.get(candidate.signer)?.some((e) => Date.parse(e.content.from) <= Date.parse(at))
      )
        continue;
      if (!(await this.#isSigned(candidate, candidate.signer, signer.jwk, SIGNED_TYPES.revocation))) continue;
      believed.add(candidate.jws);
      const list = [...(ends.get(kid) ?? []), candidate];
      ends.set(
        kid,
        list.sort((a, b) => Date.parse(a.content.from) - Date.parse(b.content.from) || a.hash.localeCompare(b.hash)),
      );
    }
    return { ends, believed };
  }

  /** Whether a node is the other one or above it. */
  #isOver(issuer: DivisionCode, node: DivisionCode, day: Day, certificate: Certificate): boolean {
    let at: DivisionCode | null = node;
    for (let depth = 0; at !== null && depth < 8; depth++) {
      if (at === issuer) return true;
      at = this.#parentOf(at, day, certificate.issuer);
    }
    return false;
  }

  /** Whether a certificate is still valid after the revocations of its signer's key. */
  #stands(
    certificate: CertificateCandidate,
    keys: ReadonlyMap<string, KnownKey>,
    ends: ReadonlyMap<string, RevocationCandidate[]>,
  ): boolean {
    if (certificate.checkedWith === ROOT) return true;
    const issuer = keys.get(certificate.signer);
    if (!issuer) return false;
    const issued = new Date(certificate.content.issuedAt);
    const bounds = windowFault(issuer, issued);
    if (bounds !== null) return false;
    return (ends.get(issuer.kid) ?? []).every(({ content }) =>
      content.reason === 'COMPROMISED'
        ? content.keeps.includes(certificate.hash)
        : issued.getTime() < Date.parse(content.from),
    );
  }

  async #isSigned(candidate: Candidate, kid: string, jwk: PublicKey, type: SignedType): Promise<boolean> {
    if (candidate.checkedWith === kid) return true;
    try {
      await this.#check(candidate.jws, jwk, type);
      candidate.checkedWith = kid;
      return true;
    } catch {
      candidate.fault = `The ${candidate.kind.toLowerCase()} of ${candidate.content.node} has a wrong signature.`;
      return false;
    }
  }
}

function windowFault({ kid, certificate: { content } }: KnownKey, at: Date): string | null {
  if (content.notBefore !== undefined && at.getTime() < Date.parse(content.notBefore) - LEEWAY_MS) {
    return `The key ${kid} signs from ${content.notBefore} on, and this is of ${at.toISOString()}.`;
  }
  if (content.notAfter !== undefined && at.getTime() > Date.parse(content.notAfter)) {
    return `The key ${kid} signed until ${content.notAfter}, and this is of ${at.toISOString()}.`;
  }
  return null;
}

function notInEffect(key: KnownKey, at: Date): string | null {
  const fault = windowFault(key, at);
  if (fault !== null || key.ended === null) return fault;
  const { from, reason, issuer } = key.ended.content;
  if (at.getTime() < Date.parse(from)) return null;
  return `The key ${key.kid} was ended by ${issuer} from ${from} on (${reason}), and this is of ${at.toISOString()}.`;
}
