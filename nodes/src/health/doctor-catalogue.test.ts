import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogueEntry } from '@liandong/schema/domains/catalogue';
import type { DivisionCode } from '@liandong/schema/kernel';
import { dayOf, parseDivisions } from '@liandong/schema/kernel';
import { readCatalogueFile, standardImplementation } from '@liandong/schema/domains/catalogue';
import { insertImplementations, insertItems } from '../catalogue/index.ts';
import { HostDb } from '../db/index.ts';
import { extendFeed, lockFeed } from '../feeds/index.ts';
import {
  CATALOGUE_FILE,
  CITY,
  COUNTY,
  DIVISIONS_FILE,
  TOWNSHIP,
  VILLAGE,
  createDatabase,
} from '../testing/test-federation.ts';
import { examineCatalogue } from './doctor-catalogue.ts';

const NODES = [TOWNSHIP, VILLAGE];
const now = () => new Date('2026-03-02T02:00:00.000Z');
let db: HostDb;
let divisions: ReturnType<typeof parseDivisions>;
let item: Parameters<typeof standardImplementation>[0];

beforeAll(async () => {
  db = new HostDb(await createDatabase(), 2, () => undefined);
  divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
  const { file } = readCatalogueFile(JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')), dayOf(now()));
  const [first] = file?.items ?? [];
  if (!first) throw new Error('the sample catalogue is empty');
  item = { ...first, version: 1 };
});
afterAll(() => db.close());

type Body = CatalogueEntry['body'];

/** Puts entries into a node's copy of a feed, where their signatures are not checked any more. */
async function hold(node: DivisionCode, publisher: DivisionCode, bodies: readonly Body[], at = now()): Promise<void> {
  await db.transact(node, async (tx) => {
    const state = await lockFeed(tx, 'CATALOGUE', publisher);
    const entries = bodies.map((body, i) => {
      const entry: CatalogueEntry = { publisher, seq: state.head + i + 1, at: at.toISOString(), body };
      return `x.${Buffer.from(JSON.stringify(entry)).toString('base64url')}.x`;
    });
    await extendFeed(tx, state, entries, state);
  });
}
const found = (nodes = NODES) =>
  examineCatalogue({ config: { nodes }, db, divisions: Promise.resolve(divisions), now });

describe('the doctor’s look at the catalogue', () => {
  test('finds nothing where items are the city’s and implementations their publishers’ own', async () => {
    const own = standardImplementation(item, COUNTY, 1);
    for (const node of NODES) {
      await hold(node, CITY, [{ kind: 'ITEM', item }]);
      await hold(node, COUNTY, [{ kind: 'IMPLEMENTATION', implementation: own }]);
      await db.transact(node, async (tx) => {
        await insertItems(tx, [{ item, publishedAt: now() }]);
        await insertImplementations(tx, [own]);
      });
    }
    expect(await found()).toMatchObject([{ part: 'catalogue', state: 'OK' }]);
  });

  test('warns of entries that nobody may say and that count nothing, for thirty days', async () => {
    const ignored: Body = { kind: 'ITEM', item: { ...item, version: 7 } };
    await hold(VILLAGE, COUNTY, [ignored], new Date('2026-01-15T00:00:00.000Z'));
    expect(await found()).toMatchObject([{ state: 'OK' }]);
    await hold(VILLAGE, COUNTY, [ignored]);
    expect(await found()).toMatchObject([
      { state: 'WARN', text: expect.stringContaining(`${COUNTY} published version 7 of item ${item.code}`) },
    ]);
  });

  test('finds the rows in which such entries count all the same, and what followed them', async () => {
    const forged = { ...item, version: 1_000_000 };
    const others = standardImplementation(item, CITY, 90);
    const bodies: Body[] = [
      { kind: 'ITEM', item: forged },
      { kind: 'IMPLEMENTATION', implementation: others },
    ];
    await hold(TOWNSHIP, COUNTY, bodies);
    await hold(VILLAGE, COUNTY, bodies);
    await db.transact(TOWNSHIP, async (tx) => {
      await insertItems(tx, [{ item: forged, publishedAt: now() }]);
      await insertImplementations(tx, [others, standardImplementation(forged, TOWNSHIP, 2)]);
    });
    const [rows] = await found();
    expect(rows).toMatchObject({ part: 'catalogue', state: 'BAD' });
    expect(rows?.text).toContain(`items of ${TOWNSHIP}, code ${item.code}, version 1000000, from ${COUNTY}`);
    expect(rows?.text).toContain(`implementations of ${TOWNSHIP}, item ${item.code}, decider ${CITY}, version 90`);
    expect(rows?.text).toContain(`decider ${TOWNSHIP}, version 2, which follows it`);
    expect(rows?.text).not.toContain(VILLAGE + ',');
  });

  test('takes a rightful version for what it is where a wrong entry came under the same number', async () => {
    await hold(VILLAGE, COUNTY, [{ kind: 'ITEM', item: { ...item, name: '县里自定的事项' } }]);
    expect((await found([VILLAGE])).map(({ state }) => state)).toEqual(['WARN']);
  });
});
