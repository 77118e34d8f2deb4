import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TOWNSHIP, VILLAGE } from '../testing/test-federation.ts';
import type { StoredKey } from './index.ts';
import { KEY_SET_FILE, generateNodeKey, protectKeys, readKeys, readPassphrase, writeKey, writeKeys } from './index.ts';

const PASSPHRASE = 'a long enough passphrase';

let dir: string;
let keys: [StoredKey, StoredKey];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-keys-'));
  keys = [await generateNodeKey(TOWNSHIP), await generateNodeKey(VILLAGE)];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const kidsOf = (read: readonly StoredKey[]) => read.map((key) => key.kid).sort();
const secretOf = (key: StoredKey) => key.jwk.d ?? 'none';

describe('a host’s key files', () => {
  test('hold no secret in the clear, and open with their passphrase', async () => {
    await writeKeys(dir, keys, PASSPHRASE);
    const file = join(dir, KEY_SET_FILE);
    const text = await readFile(file, 'utf8');
    for (const key of keys) expect(text).not.toContain(secretOf(key));
    expect((await stat(file)).mode & 0o077).toBe(0);
    const read = await readKeys(dir, [TOWNSHIP, VILLAGE], PASSPHRASE);
    expect(kidsOf(read)).toEqual(kidsOf(keys));
    expect(read.map(secretOf).sort()).toEqual(keys.map(secretOf).sort());
  });

  test('are read plain too, as a mounted secret or an earlier federation has them', async () => {
    await writeKeys(dir, keys, null);
    expect(kidsOf(await readKeys(dir, [TOWNSHIP, VILLAGE], null))).toEqual(kidsOf(keys));
  });

  test('may hold the next key beside the one before it', async () => {
    await writeKeys(dir, keys, PASSPHRASE);
    const next = await generateNodeKey(TOWNSHIP);
    await writeKey(dir, next, PASSPHRASE);
    expect(kidsOf(await readKeys(dir, [TOWNSHIP], PASSPHRASE))).toEqual(kidsOf([keys[0], next]));
  });

  test.each([
    ['another passphrase', 'another passphrase'],
    ['none', null],
  ])('do not open with %s', async (_name, passphrase) => {
    await writeKeys(dir, keys, PASSPHRASE);
    await expect(readKeys(dir, [VILLAGE], passphrase)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  test('that were changed do not open', async () => {
    await writeKeys(dir, keys, PASSPHRASE);
    const file = join(dir, KEY_SET_FILE);
    const parts = (await readFile(file, 'utf8')).split('.');
    const sealed = parts[3] ?? '';
    parts[3] = `${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`;
    await writeFile(file, parts.join('.'));
    await expect(readKeys(dir, [VILLAGE], PASSPHRASE)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  test('that lack a node’s key say so', async () => {
    await writeKeys(dir, [keys[0]], PASSPHRASE);
    await expect(readKeys(dir, [TOWNSHIP, VILLAGE], PASSPHRASE)).rejects.toThrow(VILLAGE);
    await expect(readKeys(join(dir, 'none'), [VILLAGE], PASSPHRASE)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await writeFile(join(dir, 'x.jwk.json'), '{"node":"x"}');
    await expect(readKeys(dir, [TOWNSHIP], PASSPHRASE)).rejects.toThrow('x.jwk.json');
  });

  test('that are plain are encrypted on demand, and the plain ones taken away', async () => {
    await writeKeys(dir, keys, null);
    expect((await protectKeys(dir, PASSPHRASE)).sort()).toEqual(kidsOf(keys));
    expect((await readdir(dir)).filter((file) => !file.endsWith('.jwe'))).toEqual([]);
    expect(kidsOf(await readKeys(dir, [TOWNSHIP, VILLAGE], PASSPHRASE))).toEqual(kidsOf(keys));
    expect(await protectKeys(dir, PASSPHRASE)).toEqual([]);
  });

  test('take a passphrase from its file without the line’s end, and none that is short', async () => {
    const file = join(dir, 'passphrase');
    await writeFile(file, `${PASSPHRASE}\n`);
    expect(await readPassphrase(file)).toBe(PASSPHRASE);
    expect(await readPassphrase(null)).toBeNull();
    await writeFile(file, 'short\n');
    await expect(readPassphrase(file)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(readPassphrase(join(dir, 'none'))).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});
