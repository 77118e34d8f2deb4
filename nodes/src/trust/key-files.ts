import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson, readText } from '@liandong/runtime';
import type { DivisionCode } from '@liandong/schema/kernel';
import { isDivisionCode, problem } from '@liandong/schema/kernel';
import type { JWK } from 'jose';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { StoredKey } from './keys.ts';

/**
 * Rounds of PBKDF2 with HMAC-SHA-512, as OWASP asks for. They cost time once a file, so all keys a host gets at once
 * are in one file.
 */
const ROUNDS = 210_000;
/** Most rounds taken from a file: a file that takes hours to open must not stop a host. */
const MAX_ROUNDS = 2_000_000;
const ALG = 'PBES2-HS512+A256KW';
const ENC = 'A256GCM';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Files of data keys lie in the same directory, and hold no signing keys. */
export const DATA_KEY_FILE = /\.data\.jwks\.(jwe|json)$/;

/** The file of all keys that were made at once. */
export const KEY_SET_FILE = 'keys.jwks.jwe';

/**
 * Reads the private keys of some nodes from a directory: encrypted sets and keys (`*.jwe`, RFC 7517 §7), and plain ones
 * (`*.jwk.json`), as they come from a mounted secret or from earlier federations.
 * @param passphrase null where none was given: encrypted files are then refused
 * @throws {ProblemError} BAD_CONFIG naming the file that can't be read, or a node without a key
 */
export async function readKeys(
  dir: string,
  nodes: readonly DivisionCode[],
  passphrase: string | null,
): Promise<StoredKey[]> {
  return requireKeys(dir, nodes, await findKeys(dir, nodes, passphrase));
}

/** @throws {ProblemError} BAD_CONFIG naming a node that has no key among those found in a directory */
export function requireKeys(dir: string, nodes: readonly DivisionCode[], found: readonly StoredKey[]): StoredKey[] {
  for (const node of nodes) {
    if (!found.some((key) => key.node === node)) {
      throw problem('BAD_CONFIG', `The key directory ${dir} holds no key of ${node}.`);
    }
  }
  return found.filter(({ node }) => nodes.includes(node));
}

/** As {@link readKeys}, for nodes that may have no keys there. */
export async function findKeys(
  dir: string,
  nodes: readonly DivisionCode[],
  passphrase: string | null,
): Promise<StoredKey[]> {
  const files = await readdir(dir).catch((cause: unknown) => {
    throw problem('BAD_CONFIG', `The key directory ${dir} can't be read.`, { cause });
  });
  const found = new Map<string, StoredKey>();
  for (const file of files.sort()) {
    for (const key of await readKeyFile(join(dir, file), passphrase)) {
      if (nodes.includes(key.node)) found.set(key.kid, key);
    }
  }
  return [...found.values()];
}

/**
 * Writes one key to a file that only its owner can read, encrypted if there is a passphrase.
 * @returns the file
 */
export async function writeKey(dir: string, key: StoredKey, passphrase: string | null): Promise<string> {
  if (passphrase === null) return writePrivate(join(dir, `${key.kid}.jwk.json`), JSON.stringify(key));
  const text = await sealPrivate(JSON.stringify(jwkOf(key)), 'jwk+json', passphrase);
  return writePrivate(join(dir, `${key.kid}.jwk.jwe`), text);
}

/** Writes keys that were made at once: one encrypted set, or a plain file for each without a passphrase. */
export async function writeKeys(dir: string, keys: readonly StoredKey[], passphrase: string | null): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (passphrase === null) {
    for (const key of keys) await writePrivate(join(dir, `${key.node}.jwk.json`), JSON.stringify(key));
    return;
  }
  const set = { keys: keys.map(jwkOf) };
  await writePrivate(join(dir, KEY_SET_FILE), await sealPrivate(JSON.stringify(set), 'jwk-set+json', passphrase));
}

/**
 * Encrypts the plain key files of a directory, all in one set, and deletes the plain ones once the set has been read
 * back.
 * @returns the keys that were plain
 */
export async function protectKeys(dir: string, passphrase: string): Promise<string[]> {
  const files = (await readdir(dir)).filter((file) => file.endsWith('.jwk.json')).map((file) => join(dir, file));
  const keys = (await Promise.all(files.map((file) => readKeyFile(file, null)))).flat();
  if (keys.length === 0) return [];
  const set = await sealPrivate(JSON.stringify({ keys: keys.map(jwkOf) }), 'jwk-set+json', passphrase);
  const written = await writePrivate(join(dir, `protected-${Date.now()}.jwks.jwe`), set);
  const kept = await readKeyFile(written, passphrase);
  if (kept.length !== keys.length)
    throw problem('INTERNAL', `${written} was read back and differs from what was written.`);
  for (const file of files) await rm(file);
  return keys.map((key) => key.kid);
}

/**
 * A passphrase from its file, without the line's end.
 * @throws {ProblemError} BAD_CONFIG for a file that can't be read or holds fewer than 12 characters
 */
export async function readPassphrase(file: string | null): Promise<string | null> {
  if (file === null) return null;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw problem('BAD_CONFIG', `The passphrase file ${file} can't be read.`, { cause });
  });
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase.length < 12) throw problem('BAD_CONFIG', `The passphrase in ${file} is shorter than 12 characters.`);
  return passphrase;
}

/** Keys of one file; empty for a file of another kind. */
async function readKeyFile(file: string, passphrase: string | null): Promise<StoredKey[]> {
  const plain = file.endsWith('.jwk.json');
  if (DATA_KEY_FILE.test(file)) return [];
  if (!plain && !file.endsWith('.jwe')) return [];
  const text = await readText(file);
  const content = parseJson(plain ? text : await openPrivate(file, text.trim(), passphrase), file);
  if (plain) return [requireKey(file, content as Partial<StoredKey>)];
  const { keys } = content as { keys?: unknown };
  const jwks = (Array.isArray(keys) ? keys : [content]) as JWK[];
  return jwks.map(({ kid = '', ...jwk }) => requireKey(file, { node: kid.split('.')[0] ?? '', kid, jwk }));
}

function requireKey(file: string, key: Partial<StoredKey>): StoredKey {
  const { node, kid, jwk } = key;
  if (node === undefined || !isDivisionCode(node) || kid === undefined || kid === '' || jwk?.d === undefined) {
    throw problem('BAD_CONFIG', `The key file ${file} holds no private key of a node.`);
  }
  return { node, kid, jwk };
}

function jwkOf({ kid, jwk }: StoredKey): JWK {
  return { ...jwk, kid, alg: 'EdDSA', use: 'sig' };
}

/** A secret text, encrypted with a passphrase (JWE, PBES2). */
export function sealPrivate(text: string, cty: string, passphrase: string): Promise<string> {
  return new CompactEncrypt(encoder.encode(text))
    .setProtectedHeader({ alg: ALG, enc: ENC, cty })
    .setKeyManagementParameters({ p2c: ROUNDS })
    .encrypt(encoder.encode(passphrase));
}

/** @throws {ProblemError} BAD_CONFIG naming the file that can't be opened */
export async function openPrivate(file: string, text: string, passphrase: string | null): Promise<string> {
  if (passphrase === null) {
    throw problem('BAD_CONFIG', `${file} is encrypted; name its passphrase in LIANDONG_KEYS_PASSPHRASE_FILE.`);
  }
  try {
    const { plaintext } = await compactDecrypt(text, encoder.encode(passphrase), {
      keyManagementAlgorithms: [ALG],
      contentEncryptionAlgorithms: [ENC],
      maxPBES2Count: MAX_ROUNDS,
    });
    return decoder.decode(plaintext);
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} does not open with this passphrase, or was changed.`, { cause });
  }
}

/** Writes a file whole or not at all: a power cut leaves no half key. */
export async function writePrivate(file: string, content: string): Promise<string> {
  await writeFile(`${file}.part`, content, { mode: 0o600 });
  await rename(`${file}.part`, file);
  return file;
}
