import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_ENTRY_BYTES, MAX_ITEM_BYTES } from '@liandong/schema/wire';
import { importCatalogue, publishCatalogue } from '../catalogue/index.ts';
import { METRIC_QUERIES } from '../health/host-metrics.ts';
import { examineSending } from '../health/doctor-sending.ts';
import { CATALOGUE_FILE, CITY, COUNTY, TestFederation, eventually } from '../testing/test-federation.ts';
import { FeedAppender } from './index.ts';

let federation: TestFederation;
let backup: string;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY], catalogue: false, keepLog: true });
  backup = await federation.backup(CITY);
});
afterAll(() => federation.stop());

/** Copies of a sample item under codes of their own. */
async function fileOf(entries: readonly Record<string, unknown>[]): Promise<string> {
  const sample = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as { items: Record<string, unknown>[] };
  const [first] = sample.items;
  const path = join(federation.dir, `${entries.length}-${Math.random()}.json`);
  const items = entries.map((entry) => ({ ...first, ...entry }));
  await writeFile(path, JSON.stringify({ ...sample, items }));
  return path;
}
async function publish(entries: readonly Record<string, unknown>[]): Promise<string[]> {
  const db = federation.db(CITY);
  await importCatalogue(db, CITY, federation.divisions, await fileOf(entries), federation.now());
  return (await publishCatalogue(db, CITY, new FeedAppender(), federation.now())).published;
}
const held = async () =>
  new Set(
    (await federation.rows<{ code: string }>(COUNTY, `SELECT code FROM items WHERE node = $1`, [COUNTY])).map(
      ({ code }) => code,
    ),
  );
const coded = (letters: string, count: number, note: string) =>
  Array.from({ length: count }, (_, i) => ({ code: `3310-${letters}-${String(i).padStart(3, '0')}`, note }));

describe('a catalogue of many long items', () => {
  test('reaches the county whole, and so does a tiny item behind them', async () => {
    // 1,000 characters of three bytes each, in every item
    const published = await publish(coded('DA', 220, '办'.repeat(1_000)));
    expect(published).toHaveLength(220);
    await publish([{ code: '3310-DX-001', note: null }]);
    await eventually(async () => (await held()).has('3310-DX-001'));
    const arrived = await held();
    expect(published.filter((code) => !arrived.has(code))).toEqual([]);
  }, 240_000);

  test('reaches it also where names are of 2,000 characters', async () => {
    const published = await publish(coded('DB', 120, '短').map((entry) => ({ ...entry, name: '办'.repeat(2_000) })));
    await eventually(async () => (await held()).has(published.at(-1) ?? ''));
    const arrived = await held();
    expect(published.filter((code) => !arrived.has(code))).toEqual([]);
  }, 240_000);

  test('goes on behind the longest item that may be published', async () => {
    await publish([{ code: '3310-AA-001', note: '办'.repeat(84_000) }, ...coded('DC', 1, '短')]);
    await eventually(async () => (await held()).has('3310-DC-000'));
    expect(await held()).toContain('3310-AA-001');
  });
});

describe('a city that was restored', () => {
  test('gets its catalogue of long items back whole from those below', async () => {
    const head = async (node: string) =>
      (
        await federation.rows<{ head: number }>(
          node,
          `SELECT head FROM feeds WHERE node = $1 AND feed = 'CATALOGUE' AND publisher = $2`,
          [node, CITY],
        )
      )[0]?.head ?? 0;
    await eventually(async () => (await head(COUNTY)) === (await head(CITY)));
    await federation.restore(CITY, backup);
    await federation.startHost(CITY);
    await eventually(async () => (await head(CITY)) === (await head(COUNTY)));
    expect(await head(CITY)).toBeGreaterThan(340);
  }, 240_000);
});

describe('an entry that is too large for any message', () => {
  test('is refused where it is imported, by its place and with the limit', async () => {
    const path = await fileOf([{ code: '3310-DX-003', note: '办'.repeat(90_000) }]);
    await expect(
      importCatalogue(federation.db(CITY), CITY, federation.divisions, path, federation.now()),
    ).rejects.toThrow(new RegExp(`items\\[0\\].*${MAX_ITEM_BYTES}`));
  });

  test('is refused where it is stated, by its name and with the limit, and nothing of it is kept', async () => {
    const [entry] = await federation.rows<{ body: Record<string, unknown> }>(
      CITY,
      `SELECT body FROM items WHERE node = $1 AND code = '3310-DX-001'`,
      [CITY],
    );
    const item = { ...entry?.body, code: '3310-DX-003', note: '办'.repeat(200_000) };
    const stating = federation
      .db(CITY)
      .transact(CITY, (tx) => new FeedAppender().append(tx, 'CATALOGUE', [{ kind: 'ITEM', item }]));
    await expect(stating).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await expect(stating).rejects.toThrow(new RegExp(`3310-DX-003.*${MAX_ENTRY_BYTES}`));
    expect(await federation.rows(CITY, `SELECT 1 FROM feed_pending WHERE node = $1`, [CITY])).toEqual([]);
  });

  test('that lies in a feed all the same is told of at once where it is sent from, once, by kind and subscriber', async () => {
    const [entry] = await federation.rows<{ body: Record<string, unknown> }>(
      CITY,
      `SELECT body FROM items WHERE node = $1 AND code = '3310-DX-001'`,
      [CITY],
    );
    const item = { ...entry?.body, code: '3310-DX-004', note: '办'.repeat(300_000) };
    await federation.rows(CITY, `INSERT INTO feed_pending (node, feed, entry) VALUES ($1, 'CATALOGUE', $2)`, [
      CITY,
      JSON.stringify({ kind: 'ITEM', item }),
    ]);
    const { nodes } = federation.config(CITY);
    const found = () =>
      examineSending({ config: { nodes }, db: federation.db(CITY), keys: Promise.reject(new Error('no keys')) });
    await eventually(async () => (await found())[0]?.state === 'BAD');
    const text = expect.stringMatching(`FEED of ${CITY} to ${COUNTY} .*CATALOGUE of ${CITY}.*PAYLOAD_TOO_LARGE`);
    expect(await found()).toMatchObject([{ part: 'sending', state: 'BAD', text }]);
    const db = federation.db(CITY);
    expect(await db.queryHost(METRIC_QUERIES.unsendable, [[]])).toMatchObject([
      { node: CITY, kind: 'FEED', code: 'PAYLOAD_TOO_LARGE', n: 1 },
    ]);
    const attempts = async () =>
      (
        await federation.rows<{ attempts: number }>(
          CITY,
          `SELECT attempts FROM feed_cursors WHERE node = $1 AND feed = 'CATALOGUE' AND publisher = $1`,
          [CITY],
        )
      )[0]?.attempts ?? 0;
    await eventually(async () => (await attempts()) > 2);
    const errors = federation.logged.filter((line) => line.includes('outbox message cannot be sent'));
    expect(errors).toHaveLength(1);
    expect(JSON.parse(errors[0] ?? '{}')).toMatchObject({
      level: 50,
      kind: 'FEED',
      node: CITY,
      receiver: COUNTY,
      code: 'PAYLOAD_TOO_LARGE',
    });
  });
});
