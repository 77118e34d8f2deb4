import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson, readText } from '@liandong/runtime';
import type { DivisionCode } from '@liandong/schema/kernel';
import { isDivisionCode, problem } from '@liandong/schema/kernel';
import { DATA_KEY_FILE, openPrivate, sealPrivate, writePrivate } from '../trust/index.ts';
import { z } from 'zod';

/** A key that seals a node's personal data, AES-256 (数据密钥). */
export interface DataKey {
  node: DivisionCode;
  /** Twelve characters of its digest. */
  kid: string;
  secret: Buffer;
  madeAt: Date;
}

/** A set of data keys as its file holds it (RFC 7517, RFC 7518 §6.4). */
const setSchema = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('oct'),
      k: z.string().regex(/^[\w-]{43}$/),
      kid: z.string(),
      alg: z.literal('A256GCM'),
      use: z.literal('enc'),
      /** Seconds since 1970. */
      iat: z.number(),
    }),
  ),
});

export function generateDataKey(node: DivisionCode, now: Date): DataKey {
  const secret = randomBytes(32);
  return { node, kid: kidOfSecret(secret), secret, madeAt: now };
}

function kidOfSecret(secret: Buffer): string {
  return createHash('sha256').update(secret).digest('base64url').slice(0, 12);
}

/**
 * The data keys of some nodes in a key directory: encrypted (`*.data.jwks.jwe`), or plain (`*.data.jwks.json`) as a
 * mounted secret. The caller checks whether each node has one.
 * @throws {ProblemError} BAD_CONFIG naming the file that can't be read
 */
export async function readDataKeys(
  dir: string,
  nodes: readonly DivisionCode[],
  passphrase: string | null,
): Promise<DataKey[]> {
  const files = await readdir(dir).catch((cause: unknown) => {
    throw problem('BAD_CONFIG', `The key directory ${dir} can't be read.`, { cause });
  });
  const found = new Map<string, DataKey>();
  for (const name of files.filter((file) => DATA_KEY_FILE.test(file)).sort()) {
    for (const key of await readDataKeyFile(join(dir, name), passphrase)) {
      if (nodes.includes(key.node)) found.set(`${key.node} ${key.kid}`, key);
    }
  }
  return [...found.values()];
}

async function readDataKeyFile(file: string, passphrase: string | null): Promise<DataKey[]> {
  const text = await readText(file);
  const content = file.endsWith('.json') ? text : await openPrivate(file, text.trim(), passphrase);
  const parsed = setSchema.safeParse(parseJson(content, file));
  if (!parsed.success) throw problem('BAD_CONFIG', `The data key file ${file} holds no set of data keys.`);
  return parsed.data.keys.map(({ k, kid: name, iat }) => {
    const [node = '', kid = ''] = name.split('.');
    const secret = Buffer.from(k, 'base64url');
    if (!isDivisionCode(node) || kid !== kidOfSecret(secret)) {
      throw problem('BAD_CONFIG', `The data key file ${file} holds a key whose name is not its own.`);
    }
    return { node, kid, secret, madeAt: new Date(iat * 1000) };
  });
}

/**
 * Writes data keys that were made or moved at once, in one file that only its owner may read; encrypted if there is a
 * passphrase.
 * @returns the file
 */
export async function writeDataKeys(dir: string, keys: readonly DataKey[], passphrase: string | null): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const [first] = keys;
  if (!first) throw problem('INTERNAL', 'No data keys to write.');
  const set = {
    keys: keys.map(({ node, kid, secret, madeAt }) => ({
      kty: 'oct',
      k: secret.toString('base64url'),
      kid: `${node}.${kid}`,
      alg: 'A256GCM',
      use: 'enc',
      iat: madeAt.getTime() / 1000,
    })),
  };
  const name = join(dir, `${first.node}-${first.kid}.data.jwks`);
  const text = JSON.stringify(set);
  return passphrase === null
    ? writePrivate(`${name}.json`, text)
    : writePrivate(`${name}.jwe`, await sealPrivate(text, 'jwk-set+json', passphrase));
}

/**
 * Encrypts the plain data key files of a directory, and deletes the plain ones once the encrypted file has been read
 * back.
 * @returns how many keys were plain
 */
export async function protectDataKeys(dir: string, passphrase: string): Promise<number> {
  const plain = (await readdir(dir)).filter((name) => DATA_KEY_FILE.test(name) && name.endsWith('.json'));
  const keys = (await Promise.all(plain.map((name) => readDataKeyFile(join(dir, name), null)))).flat();
  if (keys.length === 0) return 0;
  const written = await writeDataKeys(dir, keys, passphrase);
  const kept = await readDataKeyFile(written, passphrase);
  if (kept.length !== keys.length)
    throw problem('INTERNAL', `${written} was read back and differs from what was written.`);
  for (const name of plain) await rm(join(dir, name));
  return keys.length;
}
