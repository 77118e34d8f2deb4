import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DivisionCode, ProblemError } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { SealedName as Column } from './columns.ts';
import type { DataKey } from './data-keys.ts';

/** Where a sealed value stands: a column, or what carries it outside the database. */
type SealedName = Column | 'paper address';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Begins every sealed text; the key's name follows, so that keys can change while old rows stay readable. */
const TEXT_MARK = 'ld1.';
const BYTES_MARK = Buffer.from('LD1\0', 'latin1');
const KID_CHARACTERS = 12;

/** Bytes before the sealed content: mark and key's name. */
export const HEADER_BYTES = BYTES_MARK.length + KID_CHARACTERS;
/** Bytes that sealing adds to a piece. */
const PIECE_OVERHEAD = IV_BYTES + TAG_BYTES;
/** Bytes of one piece; half of the broker's usual maximum, since materials travel piece by piece. */
export const PIECE_BYTES = 512 * 1024;
const SEALED_PIECE_BYTES = PIECE_BYTES + PIECE_OVERHEAD;
/** Bytes that sealing adds to bytes. */
export const BYTES_OVERHEAD = HEADER_BYTES + PIECE_OVERHEAD;

/**
 * The data keys of one node (数据密钥). A sealed value opens only under the same column and row of the same node: a person
 * who can write to the database can't put one row's values into another.
 */
export class NodeVault {
  readonly #node: DivisionCode;
  readonly #reload: () => Promise<readonly DataKey[]>;
  #keys = new Map<string, DataKey>();
  #current: DataKey | null = null;
  #reloading: Promise<void> | null = null;

  constructor(node: DivisionCode, keys: readonly DataKey[], reload: () => Promise<readonly DataKey[]>) {
    this.#node = node;
    this.#reload = reload;
    this.#take(keys);
  }

  /** Name of the key that seals now; null if the node has none. */
  get kid(): string | null {
    return this.#current?.kid ?? null;
  }

  /** Names of all loaded keys, oldest first. */
  get kids(): string[] {
    return [...this.#keys.keys()];
  }

  /** @throws {ProblemError} DATA_KEY_MISSING */
  seal(column: SealedName, row: string, text: string): string {
    const key = this.#sealing();
    return `${TEXT_MARK}${key.kid}.${encrypt(key, this.#place(column, row), Buffer.from(text)).toString('base64url')}`;
  }

  /**
   * @throws {ProblemError} DATA_KEY_MISSING, SEAL_BROKEN for a value that is not sealed, was changed, or belongs
   *   elsewhere
   */
  async open(column: SealedName, row: string, sealed: string): Promise<string> {
    const [, kid = '', body = ''] = sealed.startsWith(TEXT_MARK) ? sealed.split('.') : [];
    const bytes = Buffer.from(body, 'base64url');
    return this.#decrypt(await this.#keyOf(kid, column, row), column, row, bytes).toString();
  }

  /** Null stays null. */
  async openNullable(column: SealedName, row: string, sealed: string | null): Promise<string | null> {
    return sealed === null ? null : this.open(column, row, sealed);
  }

  /** @throws {ProblemError} DATA_KEY_MISSING */
  sealBytes(column: SealedName, row: string, bytes: Uint8Array): Buffer {
    const key = this.#sealing();
    return Buffer.concat([headerOf(key), encrypt(key, this.#place(column, row), bytes)]);
  }

  /** @throws {ProblemError} DATA_KEY_MISSING, SEAL_BROKEN */
  async openBytes(column: SealedName, row: string, sealed: Buffer): Promise<Buffer> {
    const key = await this.#keyOf(kidOfHeader(sealed), column, row);
    return this.#decrypt(key, column, row, sealed.subarray(HEADER_BYTES));
  }

  /**
   * Seals bytes in pieces, so that one can be read without the others; their number and order are bound in.
   * @throws {ProblemError} DATA_KEY_MISSING
   */
  sealPieces(column: SealedName, row: string, bytes: Uint8Array): Buffer {
    const key = this.#sealing();
    const sealed = [headerOf(key)];
    for (let start = 0, piece = 0; start < bytes.length; start += PIECE_BYTES, piece++) {
      const place = this.#place(column, pieceRow(row, bytes.length, piece));
      sealed.push(encrypt(key, place, bytes.subarray(start, start + PIECE_BYTES)));
    }
    return Buffer.concat(sealed);
  }

  /** All pieces. @throws {ProblemError} DATA_KEY_MISSING, SEAL_BROKEN */
  async openPieces(column: SealedName, row: string, sealed: Buffer): Promise<Buffer> {
    const pieces = Math.ceil((sealed.length - HEADER_BYTES) / SEALED_PIECE_BYTES);
    const size = sealed.length - HEADER_BYTES - pieces * PIECE_OVERHEAD;
    const header = sealed.subarray(0, HEADER_BYTES);
    return this.openSome(column, row, { header, sealed: sealed.subarray(HEADER_BYTES), first: 0, size });
  }

  /** Opens pieces that follow each other. @throws {ProblemError} DATA_KEY_MISSING, SEAL_BROKEN */
  async openSome(column: SealedName, row: string, { header, sealed, first, size }: SealedPieces): Promise<Buffer> {
    const key = await this.#keyOf(kidOfHeader(header), column, row);
    const opened: Buffer[] = [];
    for (let start = 0, piece = first; start < sealed.length; start += SEALED_PIECE_BYTES, piece++) {
      const bytes = sealed.subarray(start, start + SEALED_PIECE_BYTES);
      opened.push(this.#decrypt(key, column, pieceRow(row, size, piece), bytes));
    }
    return Buffer.concat(opened);
  }

  /** A keyed digest: it finds the same text again but does not reveal it. It names the key that made it. */
  digest(text: string): string {
    return digestUnder(this.#sealing(), text);
  }

  /**
   * The digests of a text under several keys, for a search: rows may have one of an older key, or of one that another
   * process made since.
   * @throws {ProblemError} DATA_KEY_MISSING
   */
  async digestsUnder(kids: readonly string[], text: string): Promise<string[]> {
    const keys = await Promise.all(kids.map((kid) => this.#named(kid)));
    return keys.map((key) => digestUnder(key, text));
  }

  /** Whether a digest is of this text; also false if its key is not here any more. */
  isDigest(digest: string, text: string): boolean {
    const [, kid = '', body = ''] = digest.startsWith(TEXT_MARK) ? digest.split('.') : [];
    const key = this.#keys.get(kid);
    const given = Buffer.from(body, 'base64url');
    return key !== undefined && given.length === 32 && timingSafeEqual(given, hmac(key, text));
  }

  #take(keys: readonly DataKey[]): void {
    const own = keys
      .filter((key) => key.node === this.#node)
      .toSorted((a, b) => a.madeAt.getTime() - b.madeAt.getTime());
    this.#keys = new Map(own.map((key) => [key.kid, key]));
    this.#current = own.at(-1) ?? null;
  }

  #sealing(): DataKey {
    if (!this.#current) throw missing(this.#node, null);
    return this.#current;
  }

  async #keyOf(kid: string, column: SealedName, row: string): Promise<DataKey> {
    if (kid === '') throw broken(this.#node, column, row);
    return this.#named(kid);
  }

  async #named(kid: string): Promise<DataKey> {
    let key = this.#keys.get(kid);
    if (!key) {
      // the key set was changed since: the command that did so left the new file in the same place
      this.#reloading ??= this.#reload()
        .then((keys) => this.#take(keys))
        .finally(() => {
          this.#reloading = null;
        });
      await this.#reloading;
      key = this.#keys.get(kid);
    }
    if (!key) throw missing(this.#node, kid);
    return key;
  }

  #decrypt(key: DataKey, column: SealedName, row: string, sealed: Buffer): Buffer {
    try {
      const decipher = createDecipheriv(CIPHER, key.secret, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(this.#place(column, row)).setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw broken(this.#node, column, row, cause);
    }
  }

  #place(column: SealedName, row: string): Buffer {
    return Buffer.from(`${this.#node}\n${column}\n${row}`);
  }
}

/** Sealed pieces as read back from the database. */
export interface SealedPieces {
  /** The first bytes of the whole value. */
  header: Buffer;
  sealed: Buffer;
  /** Index of the first of these pieces among all. */
  first: number;
  /** Bytes of the whole value when opened. */
  size: number;
}

/** The pieces of sealed bytes that hold a stretch; indexes begin at 0. */
export function piecesOver(offset: number, length: number): { first: number; start: number; bytes: number } {
  const first = Math.floor(offset / PIECE_BYTES);
  const count = Math.ceil((offset + length) / PIECE_BYTES) - first;
  return { first, start: HEADER_BYTES + first * SEALED_PIECE_BYTES, bytes: count * SEALED_PIECE_BYTES };
}

/** The data keys of a host's nodes. */
export class Vault {
  readonly #load: () => Promise<readonly DataKey[]>;
  readonly #nodes = new Map<DivisionCode, NodeVault>();
  #keys: readonly DataKey[];

  private constructor(keys: readonly DataKey[], load: () => Promise<readonly DataKey[]>) {
    this.#keys = keys;
    this.#load = load;
  }

  /** @param load reads the keys; called again when a row names an unknown key */
  static async open(load: () => Promise<readonly DataKey[]>): Promise<Vault> {
    return new Vault(await load(), load);
  }

  /** For work on a database that touches no sealed value. */
  static locked(): Vault {
    return new Vault([], () => Promise.resolve([]));
  }

  of(node: DivisionCode): NodeVault {
    let vault = this.#nodes.get(node);
    if (!vault) {
      vault = new NodeVault(node, this.#keys, this.#load);
      this.#nodes.set(node, vault);
    }
    return vault;
  }

  /** Reads the keys again, after one was made or removed. */
  async reload(): Promise<void> {
    this.#keys = await this.#load();
    this.#nodes.clear();
  }
}

/** The prefix of texts sealed with a key. */
export function textPrefix(kid: string): string {
  return `${TEXT_MARK}${kid}.`;
}

/** The prefix of bytes sealed with a key. */
export function bytesPrefix(kid: string): Buffer {
  return Buffer.concat([BYTES_MARK, Buffer.from(kid, 'latin1')]);
}

export function isSealedText(value: string): boolean {
  return /^ld1\.[\w-]{12}\.[\w-]{38,}$/.test(value);
}

export function isSealedBytes(value: Buffer): boolean {
  return value.length > BYTES_OVERHEAD && value.subarray(0, BYTES_MARK.length).equals(BYTES_MARK);
}

function headerOf(key: DataKey): Buffer {
  return bytesPrefix(key.kid);
}

function kidOfHeader(bytes: Buffer): string {
  return bytes.subarray(0, BYTES_MARK.length).equals(BYTES_MARK)
    ? bytes.subarray(BYTES_MARK.length, HEADER_BYTES).toString('latin1')
    : '';
}

function pieceRow(row: string, size: number, piece: number): string {
  return `${row}\n${size}\n${piece}`;
}

function encrypt(key: DataKey, place: Buffer, plain: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key.secret, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(place);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function digestUnder(key: DataKey, text: string): string {
  return `${TEXT_MARK}${key.kid}.${hmac(key, text).toString('base64url')}`;
}

function hmac(key: DataKey, text: string): Buffer {
  const secret = Buffer.from(hkdfSync('sha256', key.secret, key.node, 'digest', 32));
  return createHmac('sha256', secret).update(text).digest();
}

function missing(node: DivisionCode, kid: string | null): ProblemError {
  const which = kid === null ? `a data key of ${node}` : `the data key ${kid} of ${node}`;
  return problem(
    'DATA_KEY_MISSING',
    `The key directory does not hold ${which}: what is kept of applicants can't be read or written without it. Put its file back.`,
    { node },
  );
}

function broken(node: DivisionCode, column: SealedName, row: string, cause?: unknown): ProblemError {
  return problem(
    'SEAL_BROKEN',
    `${column} of row ${row.replaceAll('\n', ' ').slice(0, 120)} at ${node} does not open: it was changed, or stood elsewhere before.`,
    { node, cause },
  );
}
