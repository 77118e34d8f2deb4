import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolate } from '../testing/isolate.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemError } from '@liandong/schema/kernel';
import type { PageRequest } from '@liandong/schema/operation';
import { catalogue } from '@liandong/schema/domains/catalogue';
import { itemLife } from '@liandong/schema/domains/item-life';
import { citedBasis } from '@liandong/schema/domains/legal-bases';
import { dayOf, parseDivisions } from '@liandong/schema/kernel';
import { operate } from '@liandong/schema/operation';
import type { StepRunner } from '../cases/index.ts';
import { HostDb } from '../db/index.ts';
import { FeedAppender } from '../feeds/index.ts';
import {
  CATALOGUE_FILE,
  CITY,
  COUNTY,
  DIVISIONS_FILE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  createDatabase,
  eventually,
} from '../testing/test-federation.ts';
import { itemLifeHandlers } from '../item-life/index.ts';
import { atNode, performer } from '../operation/index.ts';
import { approveDraft, cataloguer } from '../testing/catalogue.ts';
import { describeImport, exportCatalogue, exportCpsv, importCatalogue, publishCatalogue } from './index.ts';

/** No test here takes a step of a case. */
const NO_STEPS = {} as StepRunner;

interface SampleFile {
  issuer: string;
  items: Record<string, unknown>[];
}

describe('importing a catalogue file', () => {
  const now = new Date('2026-03-02T02:00:00.000Z');
  let db: HostDb;
  let dir: string;
  let divisions: ReturnType<typeof parseDivisions>;

  beforeAll(async () => {
    divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
    dir = await mkdtemp(join(tmpdir(), 'liandong-catalogue-'));
    db = new HostDb(await createDatabase(), 3, () => undefined);
  });
  afterAll(async () => {
    await db.close();
    await rm(dir, { recursive: true });
  });

  const changed = async (change: (file: SampleFile) => void) => {
    const file = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as SampleFile;
    change(file);
    const path = join(dir, `${Math.random()}.json`);
    await writeFile(path, JSON.stringify(file));
    return path;
  };
  const items = () =>
    db.queries(CITY).query<{ code: string; version: number }>(`SELECT code, version FROM items WHERE node = $1`);
  const refusal = (path: string, node = CITY) =>
    importCatalogue(db, node, divisions, path, now).then(
      () => null,
      (error: ProblemError) => error.problems.map((p) => [p.code, p.field]),
    );

  test('names every fault with its place and imports nothing', async () => {
    const path = await changed(({ items: list }) => {
      Object.assign(list[0] ?? {}, { decidingTier: 'province' });
      Object.assign(list[1] ?? {}, { promisedDays: 99 });
      Object.assign(list[3] ?? {}, { materials: [] });
    });
    expect(await refusal(path)).toEqual([
      ['CATALOGUE_INVALID', 'items[0].decidingTier'],
      ['CATALOGUE_INVALID', 'items[1].promisedDays'],
      ['CATALOGUE_INVALID', 'items[3].materials'],
    ]);
    expect(await items()).toEqual([]);
  });

  test('is refused for another city’s file, a file that is no JSON, and one that is not there', async () => {
    expect(await refusal(await changed((file) => (file.issuer = '331100')))).toEqual([['CATALOGUE_INVALID', 'issuer']]);
    const broken = join(dir, 'broken.json');
    await writeFile(broken, '{"items": [');
    await expect(importCatalogue(db, CITY, divisions, broken, now)).rejects.toMatchObject({
      code: 'CATALOGUE_INVALID',
    });
    await expect(importCatalogue(db, CITY, divisions, join(dir, 'none.json'), now)).rejects.toMatchObject({
      code: 'CATALOGUE_INVALID',
    });
  });

  test('is refused at any node but the city’s', async () => {
    expect(await refusal(CATALOGUE_FILE, COUNTY)).toEqual([['NOT_COMPETENT', null]]);
  });

  test('takes the 42 sample items in as drafts, and the same file again changes nothing', async () => {
    const first = await importCatalogue(db, CITY, divisions, CATALOGUE_FILE, now);
    expect([first.added.length, first.changed.length, first.unchanged]).toEqual([42, 0, 0]);
    const again = await importCatalogue(db, CITY, divisions, CATALOGUE_FILE, now);
    expect([again.added.length, again.changed.length, again.unchanged]).toEqual([0, 0, 42]);
    expect((await items()).length).toBe(42);
  });

  test('replaces a draft and gives a published item its next version', async () => {
    const renamed = await changed(({ items: list }) => Object.assign(list[0] ?? {}, { note: '第一次修改' }));
    expect((await importCatalogue(db, CITY, divisions, renamed, now)).changed).toEqual(['3310-MZ-001']);
    expect((await items()).filter((i) => i.code === '3310-MZ-001')).toEqual([{ code: '3310-MZ-001', version: 1 }]);
    expect((await publishCatalogue(db, CITY, new FeedAppender(), now)).published.length).toBe(42);
    const again = await changed(({ items: list }) => Object.assign(list[0] ?? {}, { note: '第二次修改' }));
    await expect(importCatalogue(db, CITY, divisions, again, now)).rejects.toMatchObject({
      problems: [{ code: 'BAD_INPUT', field: 'author' }],
    });
    expect((await importCatalogue(db, CITY, divisions, again, now, { author: cataloguer })).changed).toEqual([
      '3310-MZ-001',
    ]);
    const versions = (await items()).filter((i) => i.code === '3310-MZ-001').map((i) => i.version);
    expect(new Set(versions)).toEqual(new Set([1, 2]));
  });

  test.each(['json', 'csv'] as const)('finds nothing changed in the city’s own export as %s', async (format) => {
    const path = join(dir, `export.${format}`);
    await writeFile(path, await exportCatalogue(db, CITY, divisions, format));
    const { unchanged, changed: differs } = await importCatalogue(db, CITY, divisions, path, now, { dryRun: true });
    // the draft under way is not in the export
    expect([unchanged, differs]).toEqual([41, ['3310-MZ-001']]);
  });

  test('that is only tried says what would change, and changes nothing', async () => {
    const path = await changed(({ items: list }) => {
      Object.assign(list[1] ?? {}, { promisedDays: 2, powerSource: 'entrusted_above' });
      list.push({ ...list[2], code: '3310-MZ-901' });
    });
    const before = await items();
    const report = await importCatalogue(db, CITY, divisions, path, now, { dryRun: true });
    const told = describeImport(report).split('\n');
    expect(told).toContain('+ 3310-MZ-901');
    expect(told).toContain('~ 3310-MZ-002');
    expect(told).toContain('    standard.promised.days: 8 → 2');
    expect(told).toContain('    powerSource: "STATUTORY" → "ENTRUSTED_ABOVE"');
    expect(await items()).toEqual(before);
  });

  test('warns of an entry that cites a repealed basis, tried or done, and takes it in all the same', async () => {
    const repealed = {
      ...citedBasis({ title: '废止条例', article: null }),
      repealedOn: '2026-01-01',
      supersededBy: '《新条例》',
    };
    const basesByTitle = async () => [repealed];
    const path = await changed(({ items: list }) => {
      list.splice(0, list.length, { ...list[0], code: '3310-MZ-902', legalBasis: '《废止条例》第三条' });
    });
    const warning = {
      code: '3310-MZ-902',
      field: 'legalBasis',
      citation: '《废止条例》第三条',
      repealedOn: '2026-01-01',
      supersededBy: '《新条例》',
    };
    const tried = await importCatalogue(db, CITY, divisions, path, now, { dryRun: true, basesByTitle });
    expect(tried.warnings).toEqual([warning]);
    expect(describeImport(tried)).toContain(
      '! 3310-MZ-902: legalBasis cites 《废止条例》第三条, repealed on 2026-01-01, superseded by 《新条例》',
    );
    const done = await importCatalogue(db, CITY, divisions, path, now, { basesByTitle });
    expect([done.added, done.warnings]).toEqual([['3310-MZ-902'], [warning]]);
    await db.transact(CITY, (tx) => tx.query(`DELETE FROM items WHERE node = $1 AND code = $2`, [warning.code]));
  });

  test('names the line and the column of every fault of a CSV file', async () => {
    const path = join(dir, 'faulty.csv');
    const text = await exportCatalogue(db, CITY, divisions, 'csv');
    const line = text.slice(0, text.indexOf('331000,3310-MZ-003')).split('\n').length;
    await writeFile(path, text.replace('3310-MZ-003,特困人员认定,payment', '3310-MZ-003,特困人员认定,gift'));
    expect(await refusal(path)).toEqual([['CATALOGUE_INVALID', `line ${line}, kind`]]);
  });

  test('publishes a change of a published item only when three desks have approved it', async () => {
    const publish = () => publishCatalogue(db, CITY, new FeedAppender(), now);
    expect(await publish()).toEqual({ published: [], waiting: ['3310-MZ-001'] });
    const handlers = itemLifeHandlers({ node: CITY, appender: new FeedAppender(), now: () => now });
    const perform = performer({ node: CITY, db, divisions, runner: NO_STEPS }, [atNode(itemLife, handlers)]);
    await approveDraft(operate(perform, itemLife), '3310-MZ-001');
    expect(await publish()).toEqual({ published: ['3310-MZ-001'], waiting: [] });
    expect(await publish()).toEqual({ published: [], waiting: [] });
  });
});

describe('the published catalogue', () => {
  let federation: TestFederation;
  beforeAll(async () => {
    federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  });
  afterAll(() => federation.stop());

  test('is followed by the deciding nodes with implementations of their own', async () => {
    const county = await federation.services(COUNTY).implementation.getMany([{ item: '3310-MZ-001', node: COUNTY }]);
    const township = await federation
      .services(TOWNSHIP)
      .implementation.getMany([{ item: '3310-NY-001', node: TOWNSHIP }]);
    const city = await federation.services(CITY).implementation.getMany([{ item: '3310-JY-001', node: CITY }]);
    expect(county[0]).toMatchObject({ implementation: { promised: { days: 18, unit: 'WORKDAY' } }, staleSince: null });
    expect(township[0]).toMatchObject({ implementation: { promised: { days: 10 } }, staleSince: null });
    expect(city[0]).toMatchObject({ implementation: { promised: { days: 15, unit: 'DAY' } }, staleSince: null });
  });

  test('is in the village’s own copy, signed by the city and the deciding node', async () => {
    const [item] = await federation.services(VILLAGE).catalogue.getMany(['3310-MZ-001']);
    expect(item).toMatchObject({ item: { name: '最低生活保障对象认定' }, answeredBy: VILLAGE });
    expect(item instanceof Error ? null : item?.staleSince).toBeInstanceOf(Date);
    const [implementation] = await federation
      .services(VILLAGE)
      .implementation.getMany([{ item: '3310-MZ-001', node: COUNTY }]);
    expect(implementation).toMatchObject({
      implementation: {
        node: COUNTY,
        materials: expect.arrayContaining([expect.objectContaining({ name: '户口簿', required: true })]),
      },
    });
  });

  test('is answered by the village with everything above it down', async () => {
    await isolate(federation, VILLAGE, async () => {
      const page = await federation
        .desk(VILLAGE, catalogue)
        .catalog(null, { division: VILLAGE, search: '低' }, { first: 5, after: null });
      expect(page.nodes.map((entry) => entry.item.item.code)).toContain('3310-MZ-001');
      expect(page.nodes[0]).toMatchObject({ acceptor: TOWNSHIP, decider: COUNTY, takenInHere: true });
      const guide = await federation.desk(VILLAGE, catalogue).guide(null, { division: VILLAGE, item: '3310-MZ-001' });
      expect(guide.item).toMatchObject({ answeredBy: VILLAGE, staleSince: expect.any(Date) });
      expect(guide.markdown).toContain('| 决定机关 | 三门县 |');
      expect(guide.markdown).toContain('实施清单版本 1');
    });
  });

  test('is searched by name, code and department, and read page by page', async () => {
    const list = (search: string | null, page: PageRequest) =>
      federation.desk(COUNTY, catalogue).catalog(null, { division: COUNTY, search }, page);
    const codes = async (search: string) =>
      (await list(search, { first: 200, after: null })).nodes.map((e) => e.item.item.code);
    expect(await codes('宅基地')).toEqual(['3310-NY-001']);
    expect(await codes('3310-jy')).toEqual(['3310-JY-001']);
    expect((await codes('民政')).length).toBe(5);
    const first = await list(null, { first: 30, after: null });
    const rest = await list(null, { first: 30, after: first.cursors.at(-1) ?? '' });
    expect([first.nodes.length, rest.nodes.length]).toEqual([30, 12]);
    expect([first.hasNextPage, rest.hasNextPage, first.hasPreviousPage, rest.hasPreviousPage]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    await expect(list(null, { first: 5, after: '???' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  test('gives a county’s guide without naming a township, and none of an item it does not know', async () => {
    const { markdown } = await federation
      .desk(COUNTY, catalogue)
      .guide(null, { division: COUNTY, item: '3310-MZ-001' });
    expect(markdown).toContain('| 受理机关 | 乡镇、村 |');
    await expect(
      federation.desk(COUNTY, catalogue).guide(null, { division: COUNTY, item: '3310-XX-999' }),
    ).rejects.toMatchObject({
      code: 'ITEM_UNKNOWN',
    });
  });

  test('is exported whole as public services, with the promises of who decides', async () => {
    const services = async (node: string) =>
      (await exportCpsv(federation.db(node).queries(node), federation.divisions, dayOf(federation.now())))['@graph'];
    expect((await services(CITY)).filter((s) => s['@type'] === 'cpsv:PublicService')).toHaveLength(42);
    const village = await services(VILLAGE);
    expect(village.find((s) => s['dct:identifier'] === '3310-MZ-001')).toMatchObject({
      'cv:hasCompetentAuthority': { 'skos:prefLabel': { '@value': '三门县民政' } },
    });
  });

  test('drifts nowhere once it has come down, in any node', async () => {
    const { items } = await federation.services(CITY).catalogue.basis();
    const seq = await federation.services(CITY).catalogue.catalogueSeq();
    expect(seq).toBeGreaterThanOrEqual(42);
    for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) {
      const found = await federation.services(node).catalogue.drift(items.map(({ head }) => head));
      expect([node, found]).toEqual([node, { drift: [], differing: [] }]);
      expect(await federation.services(node).catalogue.catalogueSeq()).toBe(seq);
    }
  });

  test('refuses an item and an implementation it does not know', async () => {
    const [item] = await federation.services(VILLAGE).catalogue.getMany(['3310-XX-999']);
    expect(item).toMatchObject({ code: 'ITEM_UNKNOWN' });
    const [implementation] = await federation
      .services(VILLAGE)
      .implementation.getMany([{ item: '3310-XX-999', node: COUNTY }]);
    expect(implementation).toMatchObject({ code: 'ITEM_UNKNOWN' });
  });

  test('comes down in its next version, and the deciding node follows', async () => {
    const file = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as SampleFile;
    Object.assign(file.items[0] ?? {}, { promisedDays: 12 });
    const path = join(federation.dir, 'next.json');
    await writeFile(path, JSON.stringify(file));
    await importCatalogue(federation.db(CITY), CITY, federation.divisions, path, federation.now(), {
      author: cataloguer,
    });
    await approveDraft(federation.desk(CITY, itemLife), '3310-MZ-001');
    await publishCatalogue(federation.db(CITY), CITY, new FeedAppender(), federation.now());
    await eventually(async () => {
      const [found] = await federation
        .services(VILLAGE)
        .implementation.getMany([{ item: '3310-MZ-001', node: COUNTY }]);
      return (
        !(found instanceof Error) && found?.implementation.promised.days === 12 && found.implementation.version === 2
      );
    });
  });
});
