import { readFile } from 'node:fs/promises';
import type { Item } from '@liandong/schema/domains/catalogue';
import { readCatalogueFile, standardImplementation } from '@liandong/schema/domains/catalogue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostDb } from '../db/index.ts';
import { CATALOGUE_FILE, CITY, COUNTY, VILLAGE, createDatabase } from '../testing/test-federation.ts';
import { HostDrift, findBasis } from './catalogue-drift.ts';
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
    return new HostDrift(db).of(
      { node, tier },
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

  test('is found for all nodes of a host that are asked together, each by its own copy, in the same few statements', async () => {
    const [first, second] = samples;
    if (!first || !second) throw new Error('no samples');
    const villages = ['331022103202', '331022103203', '331022103204'] as const;
    const [same, behind] = villages;
    const { items } = await findBasis(db.queries(CITY));
    const heads = items.map(({ head }) => head);
    await store(
      same,
      items.map(({ item }) => item),
    );
    await store(
      behind,
      items.map(({ item }) => item).filter(({ code }) => code !== second.code),
    );
    await store(behind, [{ ...first, version: 9 }]);
    const asked: string[] = [];
    const counted = new Proxy(db, {
      get: (target, key) => {
        if (key === 'queryHost') asked.push('statement');
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const host = new HostDrift(counted);
    const found = await Promise.all(villages.map((node) => host.of({ node, tier: 'VILLAGE' }, heads)));
    expect(asked.length).toBeLessThanOrEqual(4);
    const differing = found.map((drift) => drift.differing.map(({ code, own }) => [code, own?.version ?? null]));
    expect(differing[0]).toEqual([]);
    expect(differing[1]).toEqual([
      [first.code, 9],
      [second.code, null],
    ]);
    expect(differing[2]).toEqual(heads.map(({ code }) => [code, null]));
    // a second call reads a catalogue again that has changed meanwhile
    await store(behind, [second]);
    expect((await host.of({ node: behind, tier: 'VILLAGE' }, heads)).differing.map(({ code }) => code)).not.toContain(
      second.code,
    );
  });
});
