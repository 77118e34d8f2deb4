import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostDb } from '../db/index.ts';
import { VILLAGE, createDatabase } from '../testing/test-federation.ts';
import {
  beginMove,
  findMoves,
  findNodeTables,
  forgetNode,
  requireHere,
  setMove,
  takeNodeIn,
  writeNodeFile,
} from './index.ts';

const OTHER = '331022103210';
const ORDER = { fromHost: 'old', toHost: 'new', actor: 'wang', why: '迁移' };
let dir: string;
let there: HostDb;
let here: HostDb;
const open = async () => new HostDb(await createDatabase(), 2, () => undefined);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-moves-'));
});
afterAll(() => rm(dir, { recursive: true }));
beforeEach(async () => {
  there = await open();
  here = await open();
  for (const node of [VILLAGE, OTHER]) {
    await there.queryHost(
      `INSERT INTO outbox (node, id, receiver, kind, body) SELECT $1, gen_random_uuid(), '331022', 'ECHO', '{"n": 1}'
       FROM generate_series(1, 100)`,
      [node],
    );
    await there.queryHost(`INSERT INTO blob_parts (node, sha256, start, content) VALUES ($1, 'a', 0, '\\x00ff10')`, [
      node,
    ]);
    await there.queryHost(
      `INSERT INTO key_log (node, at, actor, action, subject, kid, why) VALUES ($1, now(), 'a', 'MADE', $1, 'k', 'w')`,
      [node],
    );
  }
  return async () => void (await Promise.all([there.close(), here.close()]));
});

const counts = (db: HostDb, node: string) =>
  db.queryHost<{ o: number; b: number; k: number }>(
    `SELECT (SELECT count(*)::int FROM outbox WHERE node = $1) AS o,
       (SELECT count(*)::int FROM blob_parts WHERE node = $1) AS b,
       (SELECT count(*)::int FROM key_log WHERE node = $1) AS k`,
    [node],
  );

/** Releases the node and writes its rows to a file. */
async function released(name: string): Promise<string> {
  const move = await beginMove(there, VILLAGE, ORDER);
  await setMove(there, move, ['LEAVING'], 'STILL');
  const file = join(dir, name);
  await writeNodeFile(there, move, file);
  await setMove(there, move, ['STILL'], 'LEFT');
  return file;
}

describe('the tables of a node', () => {
  test('are all tables there are, each with the node first in its key', async () => {
    const tables = await there.transactHost(findNodeTables);
    const all = await there.queryHost<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
         AND tablename NOT IN ('migrations', 'migration_checksums')`,
    );
    expect(tables.map((t) => t.name).sort()).toEqual(all.map((t) => t.name).sort());
    expect(tables.length).toBeGreaterThan(40);
  });

  test('are refused where one is added whose rows belong to no node', async () => {
    await there.queryHost('CREATE TABLE forgotten (id int PRIMARY KEY, node text)');
    await expect(there.transactHost(findNodeTables)).rejects.toThrow(/forgotten/);
  });

  test('come in an order in which what others point to comes first', async () => {
    const names = (await there.transactHost(findNodeTables)).map((t) => t.name);
    expect(names.indexOf('bundles')).toBeLessThan(names.indexOf('bundle_members'));
  });
});

describe('a node that moves', () => {
  test('is taken in with all its rows, bytes and numbers, and nobody else’s', async () => {
    await takeNodeIn(here, await released('whole.gz'));
    expect(await counts(here, VILLAGE)).toEqual([{ o: 100, b: 1, k: 1 }]);
    expect(await counts(here, OTHER)).toEqual([{ o: 0, b: 0, k: 0 }]);
    const [part] = await here.queryHost<{ content: Buffer }>('SELECT content FROM blob_parts');
    expect(part?.content.toString('hex')).toBe('00ff10');
    const [last] = await here.queryHost<{ ordinal: number }>('SELECT max(ordinal) AS ordinal FROM outbox');
    const [next] = await here.queryHost<{ ordinal: number }>(
      `INSERT INTO outbox (node, id, receiver, kind, body) VALUES ($1, gen_random_uuid(), '331022', 'ECHO', '{}')
       RETURNING ordinal`,
      [VILLAGE],
    );
    expect(next?.ordinal).toBeGreaterThan(last?.ordinal ?? Number.POSITIVE_INFINITY);
    // its keys come after its rows, so that no host serves it before
    const [move] = await findMoves(here, [VILLAGE]);
    expect(move).toMatchObject({ state: 'CAME', number: 1 });
    await expect(requireHere(here, VILLAGE)).rejects.toMatchObject({ code: 'MISROUTED' });
    if (move) await setMove(here, move, ['CAME'], 'ARRIVED');
    await expect(requireHere(here, VILLAGE)).resolves.toBeUndefined();
  });

  test('is taken in once', async () => {
    const file = await released('once.gz');
    await takeNodeIn(here, file);
    expect(await takeNodeIn(here, file)).toBeNull();
    expect(await counts(here, VILLAGE)).toEqual([{ o: 100, b: 1, k: 1 }]);
  });

  test('is not taken in where rows of it are that did not leave', async () => {
    const file = await released('twice.gz');
    await here.queryHost(
      `INSERT INTO outbox (node, id, receiver, kind, body) VALUES ($1, gen_random_uuid(), '331022', 'ECHO', '{}')`,
      [VILLAGE],
    );
    await expect(takeNodeIn(here, file)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await counts(here, VILLAGE)).toEqual([{ o: 1, b: 0, k: 0 }]);
  });

  test.each([
    ['without its end', (text: string) => text.slice(0, text.lastIndexOf('{"digests":'))],
    ['with a row less', (text: string) => text.replace(/\n\{"id": [^\n]*"ECHO"[^\n]*/, '')],
    ['with a row changed', (text: string) => text.replace('"attempts": 0', '"attempts": 7')],
    ['of another version', (text: string) => text.replace('0001_nodes', '0001_other')],
    ['that is no node', () => 'nonsense\n'],
  ])('is not taken in from a file %s, and nothing stays', async (name, change) => {
    const file = await released(`${name}.gz`);
    const text = gunzipSync(await readFile(file)).toString('utf8');
    const changed = change(text);
    expect(changed).not.toBe(text);
    await writeFile(file, gzipSync(changed));
    await expect(takeNodeIn(here, file)).rejects.toThrow(/./);
    expect(await counts(here, VILLAGE)).toEqual([{ o: 0, b: 0, k: 0 }]);
  });

  test('is refused where it left, and comes back in the place of what it left behind', async () => {
    await takeNodeIn(here, await released('out.gz'));
    await setMove(here, { node: VILLAGE, number: 1 }, ['CAME'], 'ARRIVED');
    await expect(requireHere(there, VILLAGE)).rejects.toMatchObject({ code: 'MISROUTED' });
    await here.queryHost(`DELETE FROM outbox WHERE id IN (SELECT id FROM outbox LIMIT 60)`);
    const back = await beginMove(here, VILLAGE, { ...ORDER, fromHost: 'new', toHost: 'old' });
    expect(back.number).toBe(2);
    await setMove(here, back, ['LEAVING'], 'STILL');
    await writeNodeFile(here, back, join(dir, 'back.gz'));
    await takeNodeIn(there, join(dir, 'back.gz'));
    await setMove(there, back, ['CAME'], 'ARRIVED');
    expect(await counts(there, VILLAGE)).toEqual([{ o: 40, b: 1, k: 1 }]);
    expect(await counts(there, OTHER)).toEqual([{ o: 100, b: 1, k: 1 }]);
    await expect(requireHere(there, VILLAGE)).resolves.toBeUndefined();
  });

  test('is forgotten only after it left', async () => {
    await expect(forgetNode(there, VILLAGE)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await released('forgotten.gz');
    await forgetNode(there, VILLAGE);
    expect(await counts(there, VILLAGE)).toEqual([{ o: 0, b: 0, k: 0 }]);
    await expect(there.queryHost('DELETE FROM key_log')).rejects.toThrow(/append-only/);
    await expect(requireHere(there, VILLAGE)).rejects.toMatchObject({ code: 'MISROUTED' });
  });

  test('goes to one host at a time', async () => {
    await beginMove(there, VILLAGE, ORDER);
    expect(await beginMove(there, VILLAGE, ORDER)).toMatchObject({ number: 1, state: 'LEAVING' });
    await expect(beginMove(there, VILLAGE, { ...ORDER, toHost: 'third' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
