import { decodeProtectedHeader } from 'jose';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { KeyDocument, KnownKey, Learned } from '@liandong/schema/trust';
import type { SignedType } from '@liandong/schema/wire';
import type { Succession } from '@liandong/schema/case';
import { certificateSchema, KeyRing } from '@liandong/schema/trust';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { z } from 'zod';
import type { NodeKey, StoredKey } from './keys.ts';
import { importNodeKey } from './keys.ts';
import { nativeCheck, signWith } from './signatures.ts';

/**
 * The trust file: the root's public key, every node's key with its parent's certificate, the ends of keys, and the
 * closings of nodes.
 */
export const trustFileSchema = z.object({
  root: certificateSchema.shape.jwk,
  certificates: z.array(z.string()).min(1),
  revocations: z.array(z.string()).optional(),
  closings: z.array(z.string()).optional(),
});
export type TrustFile = z.infer<typeof trustFileSchema>;

/** Most documents an envelope may introduce its sender's key with: a certificate and an end for each level. */
const MAX_INTRODUCED = 16;

/** The keys this host trusts: those of all nodes, each signed by its parent's up to the root; and its own keys. */
export class Trust {
  readonly #ring: KeyRing;
  readonly #now: () => Date;
  readonly #own = new Map<DivisionCode, NodeKey[]>();
  /** Documents every host holds, since they are in the trust file. */
  readonly #filed: ReadonlySet<string>;
  readonly #introductions = new Map<string, string[]>();
  readonly #listeners: ((documents: readonly KeyDocument[]) => void)[] = [];

  private constructor(ring: KeyRing, filed: ReadonlySet<string>, now: () => Date) {
    this.#ring = ring;
    this.#filed = filed;
    this.#now = now;
  }

  /**
   * Checks every certificate up to the root.
   * @param now the clock by which keys are in effect
   * @throws {ProblemError} BAD_CONFIG naming the invalid certificate
   */
  static async load(
    file: TrustFile,
    own: readonly StoredKey[],
    divisions: Divisions,
    now: () => Date = () => new Date(),
  ): Promise<Trust> {
    // the node that was the parent when the certificate was given: a zone that changed parents keeps its key
    const ring = new KeyRing(file.root, (node, day) => divisions.parentOn(node, day), nativeCheck());
    const documents = [...file.certificates, ...(file.revocations ?? []), ...(file.closings ?? [])];
    for (const { state, reason } of await ring.learn(documents)) {
      if (state !== 'BELIEVED') throw problem('BAD_CONFIG', `The trust file can't be believed: ${reason ?? ''}`);
    }
    const trust = new Trust(ring, new Set(documents), now);
    await trust.hold(own);
    return trust;
  }

  /**
   * Loads private keys of this host's nodes. A key without a certificate waits for it.
   * @throws {ProblemError} BAD_CONFIG for a node without any certified key
   */
  async hold(keys: readonly StoredKey[]): Promise<void> {
    for (const stored of keys) {
      const list = this.#own.get(stored.node) ?? [];
      this.#own.set(stored.node, list);
      if (!list.some((key) => key.kid === stored.kid)) list.push(await importNodeKey(stored));
    }
    for (const node of new Set(keys.map((key) => key.node))) {
      const list = this.#own.get(node) ?? [];
      if (!list.some(({ kid }) => this.#ring.findKey(kid)?.node === node)) {
        throw problem('BAD_CONFIG', `The key of ${node} has no certificate in the trust file.`);
      }
    }
  }

  /** Learns new certificates and revocations. They prove themselves, so it does not matter which node brought them. */
  async learn(documents: readonly string[], keepWaiting = true): Promise<Learned[]> {
    const learned = await this.#ring.learn(documents, keepWaiting);
    this.#introductions.clear();
    const believed = learned.flatMap(({ state, document }) => (state === 'BELIEVED' && document ? [document] : []));
    if (believed.length > 0) for (const listener of this.#listeners) listener(believed);
    return learned;
  }

  /** Called with the documents that were learned; the same document may come again. */
  onLearned(listener: (documents: readonly KeyDocument[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Whether the node has a key in this federation, that is: exists. */
  knows(node: DivisionCode): boolean {
    return this.#ring.keys().some((key) => key.node === node);
  }

  /** All nodes of the federation. */
  nodes(): DivisionCode[] {
    return [...new Set(this.#ring.keys().map((key) => key.node))];
  }

  /** Whether a node can take cases: one of its keys is in effect. */
  readonly serves = (node: DivisionCode): boolean =>
    this.#ring.keys().some((key) => key.node === node && this.#inEffect(key.kid));

  /** The successor of a closed node; null while it is not closed. */
  readonly successionOf = (node: DivisionCode): Succession | null => {
    const known = this.#ring.findClosing(node);
    if (!known) return null;
    const { successor, at, why } = known.content;
    return { node, successor, closing: known.jws, at: new Date(at), why };
  };

  successions(): Succession[] {
    return this.#ring.closings().flatMap(({ content }) => this.successionOf(content.node) ?? []);
  }

  /** Whether a closed node's keys have ended, too: it can't send or answer anything any more. */
  readonly isGone = (node: DivisionCode): boolean => this.#ring.findClosing(node) !== undefined && !this.serves(node);

  /** The nodes that are gone. */
  readonly gone = (): DivisionCode[] =>
    this.#ring.closings().flatMap(({ content }) => (this.isGone(content.node) ? [content.node] : []));

  /** All certified keys, also those that ended. */
  keys(): KnownKey[] {
    return this.#ring.keys();
  }

  findKey(kid: string): KnownKey | undefined {
    return this.#ring.findKey(kid);
  }

  /** Certificates and ends behind some keys, up to the root. */
  documentsOf(kids: readonly string[]): KeyDocument[] {
    return [...new Map(kids.flatMap((kid) => this.#ring.chainOf(kid)).map((d) => [d.hash, d])).values()];
  }

  /** The trust file with everything known now. */
  file(): TrustFile {
    const documents = this.#ring.keys().flatMap((key) => this.#ring.chainOf(key.kid));
    const of = (kind: KeyDocument['kind']) => [...new Set(documents.filter((d) => d.kind === kind).map((d) => d.jws))];
    const closings = this.#ring.closings().map(({ jws }) => jws);
    return {
      root: this.#ring.root,
      certificates: of('CERTIFICATE'),
      revocations: of('REVOCATION'),
      ...(closings.length > 0 ? { closings } : {}),
    };
  }

  /** Whether this host holds the private half of a key. */
  holds(kid: string): boolean {
    return [...this.#own.values()].some((list) => list.some((key) => key.kid === kid));
  }

  /**
   * Signs as a node of this host, with the newest of its keys that is in effect.
   * @throws {ProblemError} INTERNAL if the host holds no key of the node, KEY_NOT_IN_EFFECT if all have ended
   */
  async sign(node: DivisionCode, type: SignedType, payload: unknown): Promise<string> {
    const key = this.#signingKey(node);
    const introduced = type === SIGNED_TYPES.envelope || type === SIGNED_TYPES.receipt;
    return signWith(key, type, payload, introduced ? this.#introduction(key.kid) : []);
  }

  /**
   * Checks a signed text and names its signer.
   * @throws {ProblemError} MESSAGE_INVALID (no JWS of the type), KEY_UNKNOWN, SIGNATURE_INVALID, KEY_NOT_IN_EFFECT
   */
  async verify(jws: string, type: SignedType): Promise<{ node: DivisionCode; payload: unknown }> {
    if (type === SIGNED_TYPES.envelope || type === SIGNED_TYPES.receipt) await this.#meet(jws);
    const { node, payload } = await this.#ring.verify(jws, type, this.#now());
    return { node, payload };
  }

  #signingKey(node: DivisionCode): NodeKey {
    const held = this.#own.get(node);
    if (!held) throw problem('INTERNAL', `This host holds no key of ${node}.`);
    let newest: { key: NodeKey; issuedAt: number } | null = null;
    for (const key of held) {
      const known = this.#ring.findKey(key.kid);
      if (!known || !this.#inEffect(key.kid)) continue;
      const issuedAt = Date.parse(known.certificate.content.issuedAt);
      if (newest === null || issuedAt >= newest.issuedAt) newest = { key, issuedAt };
    }
    if (newest === null) {
      throw problem('KEY_NOT_IN_EFFECT', `No key of ${node} is in effect: make another and have it certified.`, {
        node,
      });
    }
    return newest.key;
  }

  #inEffect(kid: string): boolean {
    try {
      this.#ring.keyAt(kid, this.#now());
      return true;
    } catch {
      return false;
    }
  }

  /** The documents that a receiver may lack to trust a key: a rotated key is introduced with its proof. */
  #introduction(kid: string): string[] {
    let introduction = this.#introductions.get(kid);
    if (!introduction) {
      introduction = this.#ring.chainOf(kid).flatMap(({ jws }) => (this.#filed.has(jws) ? [] : [jws]));
      this.#introductions.set(kid, introduction);
    }
    return introduction;
  }

  /** Learns the sender's key from its introduction, if the key is unknown. */
  async #meet(jws: string): Promise<void> {
    let header;
    try {
      header = decodeProtectedHeader(jws) as { kid?: string; keys?: unknown };
    } catch {
      return;
    }
    if (!Array.isArray(header.keys) || this.#ring.findKey(header.kid ?? '')) return;
    const documents = header.keys.filter((d): d is string => typeof d === 'string').slice(0, MAX_INTRODUCED);
    await this.learn(documents, false);
  }
}

/** The key a signed text names, trusted or not; empty if it names no key. */
export function kidOf(jws: string): string {
  try {
    return decodeProtectedHeader(jws).kid ?? '';
  } catch {
    return '';
  }
}
