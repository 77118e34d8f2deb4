import { mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  HEADER_BYTES,
  PIECE_BYTES,
  Vault,
  generateDataKey,
  piecesOver,
  protectDataKeys,
  readDataKeys,
  writeDataKeys,
} from './index.ts';

const NODE = '331022103201';
const OTHER = '331022103210';
const PASSPHRASE = 'a passphrase of the house';
const number = '331022195203120028';

const key = generateDataKey(NODE, new Date('2026-01-05T00:00:00Z'));
const newer = generateDataKey(NODE, new Date('2026-06-05T00:00:00Z'));
const others = generateDataKey(OTHER, new Date('2026-01-05T00:00:00Z'));
const vault = async (...keys: (typeof key)[]) => Vault.open(() => Promise.resolve(keys));

describe('what is sealed', () => {
  test('opens again, whatever it is, and says nothing of itself', async () => {
    const node = (await vault(key)).of(NODE);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), async (text, row) => {
        const sealed = node.seal('cases.application', row, text);
        expect(await node.open('cases.application', row, sealed)).toBe(text);
        expect(text.length > 8 && sealed.includes(text)).toBe(false);
      }),
    );
  });

  test('is never sealed the same twice', async () => {
    const node = (await vault(key)).of(NODE);
    expect(node.seal('cases.application', 'a', number)).not.toBe(node.seal('cases.application', 'a', number));
  });

  test.each([
    ['under another row', { row: 'b' }],
    ['in another column', { column: 'outbox.body' }],
    ['at another node', { node: OTHER }],
  ] as const)('does not open %s', async (_, moved: { row?: string; column?: 'outbox.body'; node?: string }) => {
    // both nodes share the secret here: only the node's name must keep them apart
    const keys = [key, { ...key, node: OTHER }];
    const sealed = (await vault(...keys)).of(NODE).seal('cases.application', 'a', number);
    const opening = (await vault(...keys))
      .of(moved.node ?? NODE)
      .open(moved.column ?? 'cases.application', moved.row ?? 'a', sealed);
    await expect(opening).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  });

  test('does not open with any sign changed', async () => {
    const node = (await vault(key)).of(NODE);
    const sealed = node.seal('cases.application', 'a', number);
    const body = sealed.lastIndexOf('.') + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: body, max: sealed.length - 2 }), async (at) => {
        const other = sealed[at] === 'A' ? 'B' : 'A';
        const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`;
        await expect(node.open('cases.application', 'a', changed)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
      }),
    );
  });

  test('is told from what was put there readable, which is not taken', async () => {
    const node = (await vault(key)).of(NODE);
    await expect(node.open('cases.application', 'a', '{"applicant":{}}')).rejects.toMatchObject({
      code: 'SEAL_BROKEN',
    });
    await expect(node.openBytes('parked.bytes', 'a', Buffer.from('readable'))).rejects.toMatchObject({
      code: 'SEAL_BROKEN',
    });
  });

  test('names the key that is missing, and what to do', async () => {
    const sealed = (await vault(key)).of(NODE).seal('cases.application', 'a', number);
    const opening = (await vault(newer)).of(NODE).open('cases.application', 'a', sealed);
    await expect(opening).rejects.toMatchObject({
      code: 'DATA_KEY_MISSING',
      message: expect.stringContaining(key.kid),
    });
    const empty = await vault();
    expect(() => empty.of(NODE).seal('cases.application', 'a', number)).toThrow('Put its file back');
  });

  test('opens with an older key while the newest seals', async () => {
    const before = (await vault(key)).of(NODE).seal('cases.application', 'a', number);
    const node = (await vault(newer, key, others)).of(NODE);
    expect(await node.open('cases.application', 'a', before)).toBe(number);
    expect(node.kid).toBe(newer.kid);
    expect(node.seal('cases.application', 'a', number)).toContain(newer.kid);
  });

  test('with a key that came since is opened by looking for it', async () => {
    const keys = [key];
    const running = (await Vault.open(() => Promise.resolve([...keys]))).of(NODE);
    keys.push(newer);
    const sealed = (await vault(newer)).of(NODE).seal('cases.application', 'a', number);
    expect(await running.open('cases.application', 'a', sealed)).toBe(number);
    expect(running.kid).toBe(newer.kid);
  });
});

describe('bytes in pieces', () => {
  test('open whole, and any stretch of them by the pieces it lies in', async () => {
    const node = (await vault(key)).of(NODE);
    const bytes = Buffer.alloc(2 * PIECE_BYTES + 1_234, 'Liandong 三级联动 ');
    const sealed = node.sealPieces('blobs.content', 'digest', bytes);
    expect((await node.openPieces('blobs.content', 'digest', sealed)).equals(bytes)).toBe(true);
    for (const [offset, length] of [
      [0, 10],
      [PIECE_BYTES, PIECE_BYTES],
      [PIECE_BYTES - 5, 10],
      [2 * PIECE_BYTES, 1_234],
      [0, bytes.length],
    ] as const) {
      const { first, start, bytes: count } = piecesOver(offset, length);
      const some = sealed.subarray(start, start + count);
      const header = sealed.subarray(0, HEADER_BYTES);
      const opened = await node.openSome('blobs.content', 'digest', {
        header,
        sealed: some,
        first,
        size: bytes.length,
      });
      const skipped = offset - first * PIECE_BYTES;
      expect(opened.subarray(skipped, skipped + length).equals(bytes.subarray(offset, offset + length))).toBe(true);
    }
  });

  test('do not open in another order, or cut short', async () => {
    const node = (await vault(key)).of(NODE);
    const sealed = node.sealPieces('blobs.content', 'digest', Buffer.alloc(2 * PIECE_BYTES, 'x'));
    const one = piecesOver(0, PIECE_BYTES).bytes;
    const [header, a, b] = [
      sealed.subarray(0, HEADER_BYTES),
      sealed.subarray(HEADER_BYTES, HEADER_BYTES + one),
      sealed.subarray(HEADER_BYTES + one),
    ];
    for (const wrong of [
      [header, b, a],
      [header, a],
      [header, a, a],
    ]) {
      await expect(node.openPieces('blobs.content', 'digest', Buffer.concat(wrong))).rejects.toMatchObject({
        code: 'SEAL_BROKEN',
      });
    }
  });
});

describe('a keyed digest', () => {
  test('tells the same text and no other, and means nothing without its key', async () => {
    const node = (await vault(key, newer)).of(NODE);
    const before = (await vault(key)).of(NODE).digest(number);
    expect(node.isDigest(before, number)).toBe(true);
    expect(node.isDigest(node.digest(number), number)).toBe(true);
    expect(node.isDigest(before, '331022195203120029')).toBe(false);
    expect((await vault(newer)).of(NODE).isDigest(before, number)).toBe(false);
  });
});

describe('data key files', () => {
  const made: string[] = [];
  const dir = async () => {
    const path = await mkdtemp(join(tmpdir(), 'liandong-data-keys-'));
    made.push(path);
    return path;
  };
  afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true }))));

  test('are encrypted, readable by their owner alone, and read back', async () => {
    const keysDir = await dir();
    const file = await writeDataKeys(keysDir, [key, others], PASSPHRASE);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await readFile(file, 'utf8')).not.toContain(key.secret.toString('base64url'));
    expect(await readDataKeys(keysDir, [NODE], PASSPHRASE)).toEqual([key]);
  });

  test('of a mounted secret are plain, and encrypted by keys protect', async () => {
    const keysDir = await dir();
    await writeDataKeys(keysDir, [key], null);
    expect(await readDataKeys(keysDir, [NODE], null)).toEqual([key]);
    expect(await protectDataKeys(keysDir, PASSPHRASE)).toBe(1);
    expect((await readdir(keysDir)).filter((name) => name.endsWith('.json'))).toEqual([]);
    expect(await readDataKeys(keysDir, [NODE], PASSPHRASE)).toEqual([key]);
    await expect(readDataKeys(keysDir, [NODE], null)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(readDataKeys(keysDir, [NODE], 'another passphrase')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  test('with a key under another name than its own are refused', async () => {
    const keysDir = await dir();
    const file = await writeDataKeys(keysDir, [key], null);
    await writeFile(file, (await readFile(file, 'utf8')).replace(key.kid, newer.kid));
    await expect(readDataKeys(keysDir, [NODE], null)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await rename(file, `${file}.away`);
    expect(await readDataKeys(keysDir, [NODE], null)).toEqual([]);
  });
});
