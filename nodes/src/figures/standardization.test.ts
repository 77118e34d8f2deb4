import { readFile } from 'node:fs/promises';
import type { Item } from '@liandong/schema/domains/catalogue';
import { readCatalogueFile, standardImplementation } from '@liandong/schema/domains/catalogue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertImplementations, insertItems } from '../catalogue/catalogue-store.ts';
import { HostDb } from '../db/index.ts';
import { CATALOGUE_FILE, COUNTY, TOWNSHIP, createDatabase } from '../testing/test-federation.ts';
import { recordStandardization, standardizationBetween } from './standardization.ts';

const samples: Item[] = (
  readCatalogueFile(JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')), '2025-01-01').file?.items ?? []
).map((item) => ({ ...item, version: 1 }));
const decided = samples.filter((item) => item.decidingTier === 'COUNTY');

describe('a node’s figures of standardization', () => {
  let db: HostDb;
  const at = (node: string) => (from: string | null, to: string | null) =>
    standardizationBetween(db.queries(node), { from, to }, '2026-03-05');

  beforeAll(async () => {
    db = new HostDb(await createDatabase(), 2, () => undefined);
    for (const node of [COUNTY, TOWNSHIP]) {
      await db.transact(node, async (tx) => {
        await insertItems(
          tx,
          samples.map((item) => ({ item, publishedAt: new Date(0) })),
        );
        // the county's implementations; the township holds copies of them
        await insertImplementations(
          tx,
          decided.map((item) => standardImplementation(item, COUNTY, 1)),
        );
      });
    }
  });
  afterAll(() => db.close());

  test('count what it carries out itself, and no copies of others’ implementations', async () => {
    const county = await at(COUNTY)(null, null);
    expect(county.present).toMatchObject({ items: decided.length, materialsDropped: 0, onlineShare: null });
    expect(county.present.daysCut.sum).toBeGreaterThan(0);
    expect((await at(TOWNSHIP)(null, null)).present.items).toBe(0);
  });

  test('are kept on the days they change, and on no others', async () => {
    const [first] = decided;
    if (!first) throw new Error('no sample');
    expect(await recordStandardization(db, COUNTY, '2026-03-02')).toBe(true);
    expect(await recordStandardization(db, COUNTY, '2026-03-02')).toBe(false);
    expect(await recordStandardization(db, COUNTY, '2026-03-03')).toBe(false);
    const fewer = { ...standardImplementation(first, COUNTY, 2), materials: first.standard.materials.slice(1) };
    await db.transact(COUNTY, (tx) => insertImplementations(tx, [fewer]));
    expect(await recordStandardization(db, COUNTY, '2026-03-04')).toBe(true);
    const { days, present } = await at(COUNTY)(null, null);
    expect(days.map(({ day, figures }) => [day, figures.materialsDropped])).toEqual([
      ['2026-03-02', 0],
      ['2026-03-04', 1],
    ]);
    expect(present).toEqual(days.at(-1)?.figures);
  });

  test('are told between two days, and refused between days in the wrong order', async () => {
    const days = async (from: string | null, to: string | null) =>
      (await at(COUNTY)(from, to)).days.map(({ day }) => day);
    expect(await days('2026-03-03', null)).toEqual(['2026-03-04']);
    expect(await days(null, '2026-03-03')).toEqual(['2026-03-02']);
    expect(await days('2026-03-03', '2026-03-03')).toEqual([]);
    await expect(at(COUNTY)('2026-03-04', '2026-03-03')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  test('keep the last state of a day that changed twice', async () => {
    const [, second] = decided;
    if (!second) throw new Error('no sample');
    const fewer = { ...standardImplementation(second, COUNTY, 2), materials: second.standard.materials.slice(1) };
    await db.transact(COUNTY, (tx) => insertImplementations(tx, [fewer]));
    expect(await recordStandardization(db, COUNTY, '2026-03-04')).toBe(true);
    const { days } = await at(COUNTY)('2026-03-04', '2026-03-04');
    expect(days.map(({ figures }) => figures.materialsDropped)).toEqual([2]);
  });
});
