import { readFile } from 'node:fs/promises';
import type { Item } from '@liandong/schema';
import { readCatalogueFile, standardImplementation } from '@liandong/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostDb } from '../db/index.ts';
import { CATALOGUE_FILE, CITY, COUNTY, VILLAGE, createDatabase } from '../testing/test-federation.ts';
import { findBasis, findDrift } from './catalogue-drift.ts';
import { insertImplementations, insertItems } from './catalogue-store.ts';

const samples: Item[] = (
  readCatalogueFile(JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')), '2025-01-01').file?.items ?? []
).map((item) => ({ ...item, version: 1 }));
const decided = samples.filter((item) => item.decidingTier === 'COUNTY');

describe('a node’s drift from the city’s heads', () => {
  let db: HostDb;
  const store = (node: string, items: readonly Item[], publishedAt: Date | null = new Date(0)) =>
    db.transact(node, (tx) =>
      insertItems(
        tx,
        items.map((item) => ({ item, publishedAt })),
      ),
    );
  const drift = async (node: string, tier: 'COUNTY' | 'VILLAGE') => {
    const { items } = await findBasis(db.queries(CITY));
    return findDrift(
      db.queries(node),
      node,
      tier,
      items.map(({ head }) => head),
    );
  };

  beforeAll(async () => {
    db = new HostDb(await createDatabase(), 2, () => undefined);
    for (const node of [CITY, COUNTY, VILLAGE]) await store(node, samples);
    await db.transact(COUNTY, (tx) =>
      insertImplementations(
        tx,
        decided.map((item) => standardImplementation(item, COUNTY, 1)),
      ),
    );
  });
  afterAll(() => db.close());

  test('is none while the node holds the same and carries out what it decides', async () => {
    expect(decided.length).toBeGreaterThan(10);
    expect(await drift(COUNTY, 'COUNTY')).toEqual({ drift: [], differing: [] });
    expect(await drift(VILLAGE, 'VILLAGE')).toEqual({ drift: [], differing: [] });
  });

  test('is found where one letter of a copy is not what it was', async () => {
    const [first] = samples;
    if (!first) throw new Error('no sample');
    const digestTo = (digest: string) =>
      db.transact(VILLAGE, (tx) =>
        tx.query(`UPDATE items SET digest = $2 WHERE node = $1 AND code = $3`, [digest, first.code]),
      );
    const { items } = await findBasis(db.queries(VILLAGE));
    await digestTo('other');
    expect((await drift(VILLAGE, 'VILLAGE')).differing.map(({ code }) => code)).toEqual([first.code]);
    await digestTo(items.find(({ head }) => head.code === first.code)?.head.digest ?? '');
    expect((await drift(VILLAGE, 'VILLAGE')).differing).toEqual([]);
  });

  test('names an implementation that became worse or was never made', async () => {
    const [first, second] = decided;
    if (!first || !second) throw new Error('no samples');
    const worse = { ...standardImplementation(first, COUNTY, 2), maxVisits: 9 };
    await db.transact(COUNTY, async (tx) => {
      await insertImplementations(tx, [worse]);
      await tx.query(`DELETE FROM implementations WHERE node = $1 AND item = $2`, [second.code]);
    });
    const found = await drift(COUNTY, 'COUNTY');
    expect(found.differing).toEqual([]);
    expect(new Map(found.drift.map((d) => [d.item, `${d.element} ${d.kind}`]))).toEqual(
      new Map([
        [first.code, 'implementation.maxVisits WORSE'],
        [second.code, 'implementation MISSING'],
      ]),
    );
  });

  test('hands over what is not the same, for whoever has the basis to compare', async () => {
    const [first, second, third] = samples;
    if (!first || !second || !third) throw new Error('no samples');
    await store(CITY, [{ ...first, version: 2 }]);
    await store(CITY, [{ ...second, version: 2 }], null);
    await db.transact(VILLAGE, (tx) => tx.query(`DELETE FROM items WHERE node = $1 AND code = $2`, [third.code]));
    const found = await drift(VILLAGE, 'VILLAGE');
    expect(found.drift).toEqual([]);
    expect(found.differing.map(({ code, own }) => [code, own?.version ?? null])).toEqual([
      [first.code, 1],
      [third.code, null],
    ]);
  });
});
