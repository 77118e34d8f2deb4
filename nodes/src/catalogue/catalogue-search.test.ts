import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Item } from '@liandong/schema/domains/catalogue';
import { ownCompetenceKeys, readCatalogueFile } from '@liandong/schema/domains/catalogue';
import { parseDivisions } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostDb, MIGRATIONS_DIR, migrate } from '../db/index.ts';
import {
  CATALOGUE_FILE,
  COUNTY,
  DIVISIONS_FILE,
  TOWNSHIP,
  VILLAGE,
  createDatabase,
} from '../testing/test-federation.ts';
import { SEARCH_SQL, searchItems, searchParameters } from './catalogue-search.ts';
import { insertItems } from './catalogue-store.ts';
import { fillItemIndex } from './item-index.ts';

const TODAY = '2026-03-02';
const PUBLISHED = new Date('2026-01-01T00:00:00.000Z');
const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
const samples: Item[] = (
  readCatalogueFile(JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')), '2025-01-01').file?.items ?? []
).map((item) => ({ ...item, version: 1 }));

const store = (db: HostDb, node: string, items: readonly Item[]) =>
  db.transact(node, (tx) =>
    insertItems(
      tx,
      items.map((item) => ({ item, publishedAt: PUBLISHED })),
    ),
  );
const searcher = (db: HostDb, node: string) => {
  const ownKeys = ownCompetenceKeys(node, divisions);
  return (search: string | null, first = 200, after: string | null = null) =>
    searchItems(db.queries(node), { search, ownKeys, today: TODAY, first, after });
};
const like = (change: Partial<Item>): Item => {
  const [item] = samples;
  if (!item) throw new Error('no sample');
  return { ...item, ...change };
};

describe('an item is found', () => {
  let db: HostDb;
  let search: ReturnType<typeof searcher>;
  const names = async (text: string) => (await search(text)).items.map((item) => item.name);

  beforeAll(async () => {
    db = new HostDb(await createDatabase(), 2, () => undefined);
    search = searcher(db, TOWNSHIP);
    await store(db, TOWNSHIP, samples);
    await store(db, TOWNSHIP, [
      like({ code: '3310-LH-001', name: '绿化补偿', lifeEvents: ['开办企业'], version: 2 }),
      like({ code: '3310-LH-001', name: '改绿补偿', version: 1 }),
      like({ code: '3310-LH-002', name: '明年才有的事项', effectiveFrom: '2027-01-01' }),
    ]);
    await db.transact(TOWNSHIP, (tx) =>
      insertItems(tx, [{ item: like({ code: '3310-LH-003', name: '草稿事项' }), publishedAt: null }]),
    );
  });
  afterAll(() => db.close());

  test.each([
    ['part of its name', '宅基地', '农村村民宅基地审批'],
    ['the initials of part of its name', 'zjd', '农村村民宅基地审批'],
    ['capital initials', 'ZJD', '农村村民宅基地审批'],
    ['full pinyin', 'zhaijidi', '农村村民宅基地审批'],
    ['full pinyin with blanks', 'zhai ji di', '农村村民宅基地审批'],
    ['pinyin that is still being typed', 'zhaij', '农村村民宅基地审批'],
    ['pinyin of a character of two sounds', 'yinhang', '企业银行账户开立'],
    ['ü written as u', 'luhua', '绿化补偿'],
    ['ü written as v', 'lvhua', '绿化补偿'],
    ['a life event', '开办企业', '绿化补偿'],
    ['initials of a life event', 'kbqy', '绿化补偿'],
    ['words of different fields', '农业农村 审批', '农村村民宅基地审批'],
    ['a code in small letters', '3310-ny-001', '农村村民宅基地审批'],
    ['full-width letters', 'ZJD', '农村村民宅基地审批'],
  ])('by %s: %s', async (_, text, name) => {
    expect(await names(text)).toContain(name);
  });

  test('by its department', async () => {
    expect((await names('民政')).length).toBe(6);
  });

  test('not by letters that only lie inside a syllable, across two fields, or in an older version', async () => {
    expect(await names('haijidi')).toEqual([]);
    expect(await names('审批农业')).toEqual([]);
    expect(await names('改绿')).toEqual([]);
  });

  test('not by signs that mean something to a pattern', async () => {
    for (const text of ['%', '_', '.*', '\\', "'; DROP TABLE items --"]) expect(await names(text)).toEqual([]);
  });

  test('not before it takes effect, and not as a draft', async () => {
    expect(await names('明年才有')).toEqual([]);
    expect(await names('草稿')).toEqual([]);
  });

  test('not by a search that is too long or has too many words', async () => {
    await expect(search('宅'.repeat(61))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(search('一 二 三 四 五 六 七')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('what is found', () => {
  let db: HostDb;
  const own = { decidingTier: 'TOWNSHIP', acceptingTiers: ['TOWNSHIP'], proxyAllowed: false } as const;
  const others = { decidingTier: 'CITY', acceptingTiers: ['CITY'], proxyAllowed: false } as const;
  const place = ({ decidingTier, acceptingTiers, proxyAllowed }: typeof own | typeof others) => ({
    decidingTier,
    acceptingTiers: [...acceptingTiers],
    proxyAllowed,
  });

  beforeAll(async () => {
    db = new HostDb(await createDatabase(), 2, () => undefined);
    await store(db, TOWNSHIP, [
      like({ code: '3310-AA-001', name: '代办生育登记', ...place(own) }),
      like({ code: '3310-AA-002', name: '生育登记变更', ...place(own) }),
      like({ code: '3310-AA-003', name: '生育登记', ...place(own) }),
      like({ code: '3310-AA-004', name: '生育登记', ...place(others) }),
      like({ code: '3310-AA-005', name: '市级生育登记', ...place(others) }),
    ]);
  });
  afterAll(() => db.close());

  test.each(['生育登记', 'sydj', 'shengyudengji'])(
    'is ranked for "%s": the desk’s own first, then the name itself or its beginning, then the rest',
    async (text) => {
      const { items } = await searcher(db, TOWNSHIP)(text);
      const codes = items.map((item) => item.code.slice(-1));
      expect([codes.slice(0, 2).sort(), codes.slice(2)]).toEqual([
        ['2', '3'],
        ['1', '4', '5'],
      ]);
    },
  );

  test('has the very name before names that begin so', async () => {
    const { items } = await searcher(db, TOWNSHIP)('生育登记');
    expect(items.map((item) => item.code.slice(-1))).toEqual(['3', '2', '1', '4', '5']);
  });

  test('is read page by page in that order, without a gap or a double', async () => {
    const search = searcher(db, TOWNSHIP);
    const read: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await search('生育', 2, after);
      read.push(...page.items.map((item) => item.code.slice(-1)));
      after = page.cursors.at(-1) ?? null;
      more = page.hasNextPage;
    }
    expect(read).toEqual(['2', '3', '1', '4', '5']);
  });

  test('goes on from a cursor also when an item was added before it', async () => {
    const search = searcher(db, TOWNSHIP);
    const first = await search('生育', 2);
    await store(db, TOWNSHIP, [like({ code: '3310-AA-000', name: '生育服务', ...place(own) })]);
    const next = await search('生育', 2, first.cursors.at(-1));
    expect(next.items.map((item) => item.code.slice(-1))).toEqual(['1', '4']);
  });

  test('is refused from a cursor that is faulty or of another search', async () => {
    const search = searcher(db, TOWNSHIP);
    const { cursors } = await search('生育', 1);
    const [cursor = ''] = cursors;
    const forged = Buffer.from('["x",0,0]').toString('base64url');
    for (const after of ['???', '', `${cursor}x`, forged, Buffer.from('{').toString('base64url')])
      await expect(search('生育', 1, after)).rejects.toMatchObject({ code: 'BAD_INPUT', problem: { field: 'after' } });
    await expect(search('登记', 1, cursor)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('a database that was filled before there was a search', () => {
  test('is migrated, and its items are found once the host has started', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    for (const file of (await readdir(MIGRATIONS_DIR)).filter((name) => name < '0003'))
      await cp(join(MIGRATIONS_DIR, file), join(dir, file));
    const url = await createDatabase(null);
    await migrate(url, dir);
    await rm(dir, { recursive: true });
    const db = new HostDb(url, 2, () => undefined);
    try {
      for (const node of [COUNTY, VILLAGE]) {
        await db.transact(node, (tx) =>
          tx.query(
            `INSERT INTO items (node, code, version, name, department, effective_from, published_at, body)
             SELECT $1, b->>'code', 1, b->>'name', b->>'department', (b->>'effectiveFrom')::date, $2, b
             FROM unnest($3::jsonb[]) AS i (b)`,
            [PUBLISHED, samples.map((item) => JSON.stringify(item))],
          ),
        );
      }
      await migrate(url);
      expect(await fillItemIndex(db, COUNTY)).toBe(samples.length);
      expect(await fillItemIndex(db, COUNTY)).toBe(0);
      expect((await searcher(db, COUNTY)('zjd')).items.map((item) => item.code)).toEqual(['3310-NY-001']);
      // a list of everything needs no index
      expect((await searcher(db, VILLAGE)(null)).items).toHaveLength(samples.length);
      expect((await searcher(db, VILLAGE)('zjd')).items).toEqual([]);
    } finally {
      await db.close();
    }
  });
});

describe('the plan of a search', () => {
  test('reads the node’s own rows by their key, and no other node’s', async () => {
    const db = new HostDb(await createDatabase(), 2, () => undefined);
    try {
      const villages = divisions.subtree(COUNTY).slice(0, 60);
      for (const { code } of villages) await store(db, code, samples);
      await db.queryHost('ANALYZE items');
      const parameters = searchParameters({
        search: 'zjd',
        ownKeys: ownCompetenceKeys(COUNTY, divisions),
        today: TODAY,
        first: 20,
        after: null,
      });
      const rows = await db.queryHost<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${SEARCH_SQL}`,
        [COUNTY, ...parameters],
      );
      const scans = scansOf(rows[0]?.['QUERY PLAN'][0]?.Plan).filter((scan) => scan['Relation Name'] === 'items');
      expect(scans.some((scan) => scan['Actual Rows'] === samples.length)).toBe(true);
      for (const scan of scans) {
        expect(scan['Node Type']).not.toBe('Seq Scan');
        const read = scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0);
        expect(read).toBeLessThanOrEqual(samples.length);
      }
    } finally {
      await db.close();
    }
  });
});

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

function scansOf(plan: PlanNode | undefined): PlanNode[] {
  return plan ? [plan, ...(plan.Plans ?? []).flatMap(scansOf)] : [];
}
