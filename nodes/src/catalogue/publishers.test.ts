import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogueEntry, Implementation, Item } from '@liandong/schema/domains/catalogue';
import { dayOf } from '@liandong/schema/kernel';
import { FeedAppender } from '../feeds/index.ts';
import { agent } from '../testing/cases.ts';
import { DataSharing, HOUSEHOLD } from '../testing/sharing.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';
import { findImplementations, findItem } from './index.ts';

type Body = CatalogueEntry['body'];

const ITEM = '3310-MZ-001';
const BELOW = [TOWNSHIP, VILLAGE];
let federation: TestFederation;
let sharing: DataSharing;
let item: Item;
let implementation: Implementation;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE], keepLog: true });
  sharing = await DataSharing.start(federation);
  const found = await itemAt(COUNTY);
  const own = await implementationAt(COUNTY, COUNTY);
  if (!found || !own) throw new Error('the catalogue has not come down');
  [item, implementation] = [found, own];
});
afterAll(async () => {
  await sharing.stop();
  await federation.stop();
});

const itemAt = (node: string, code = ITEM) =>
  findItem(federation.db(node).queries(node), code, { today: dayOf(federation.now()) });
const implementationAt = async (node: string, decider: string) =>
  (await findImplementations(federation.db(node).queries(node), [{ item: ITEM, node: decider }]))[0];

const headAt = async (node: string, publisher: string) =>
  (
    await federation.rows<{ head: number }>(
      node,
      `SELECT head FROM feeds WHERE node = $1 AND feed = 'CATALOGUE' AND publisher = $2`,
      [node, publisher],
    )
  )[0]?.head ?? 0;

/** Makes a node publish entries as its own software would, and waits until all nodes below hold them. */
async function publish(publisher: string, bodies: readonly Body[]): Promise<number> {
  const head = (await headAt(publisher, publisher)) + bodies.length;
  await federation.db(publisher).transact(publisher, (tx) => new FeedAppender().append(tx, 'CATALOGUE', bodies));
  for (const node of [publisher, ...BELOW]) {
    if (node === CITY) continue;
    await eventually(async () => (await headAt(node, publisher)) >= head);
  }
  return head;
}

/** A valid entry: once it has arrived, the entries published before it have been read. */
async function lastWord(): Promise<Body> {
  const version = (await implementationAt(COUNTY, COUNTY))?.version ?? 0;
  return { kind: 'IMPLEMENTATION', implementation: { ...implementation, version: version + 1 } };
}

const warned = (text: string) =>
  federation.logged.filter((line) => line.includes(text) && line.includes('catalogue entry ignored'));

describe('an entry of the catalogue that its publisher may not say', () => {
  test('counts nothing where a county publishes an item in the city’s place, and the feed goes on behind it', async () => {
    const forged = { ...item, version: 1_000_000, name: '县里自定的事项' };
    const invented = { ...item, code: '3310-MZ-999', version: 1 };
    const next = await lastWord();
    await publish(COUNTY, [{ kind: 'ITEM', item: forged }, { kind: 'ITEM', item: invented }, next]);
    for (const node of [COUNTY, ...BELOW]) {
      expect(await itemAt(node)).toEqual(item);
      expect(await itemAt(node, '3310-MZ-999')).toBeNull();
      expect(next).toMatchObject({ implementation: await implementationAt(node, COUNTY) });
    }
    expect((await implementationAt(COUNTY, COUNTY))?.itemVersion).toBe(item.version);
    expect(warned('version 1000000')).not.toEqual([]);
  });

  test('counts nothing where a county publishes the implementation of another node', async () => {
    const of = (node: string): Body => ({
      kind: 'IMPLEMENTATION',
      implementation: { ...implementation, node, version: 900 },
    });
    await publish(COUNTY, [of(CITY), of(TOWNSHIP), of(VILLAGE), await lastWord()]);
    for (const node of [COUNTY, ...BELOW]) {
      for (const decider of [CITY, TOWNSHIP, VILLAGE]) {
        expect((await implementationAt(node, decider))?.version ?? 0).toBeLessThan(900);
      }
    }
    expect(warned(`${COUNTY} published ${TOWNSHIP}'s implementation`)).not.toEqual([]);
  });

  test('counts nothing where it offers the data of another node, or under another’s id', async () => {
    const body = (await sharing.offers(agent)).find(({ offer }) => offer.id === HOUSEHOLD);
    if (!body) throw new Error('the county offers nothing');
    const { offer } = body;
    await publish(COUNTY, [
      { kind: 'OFFER', offer: { ...offer, id: `${CITY}-household`, node: CITY } },
      { kind: 'OFFER', offer: { ...offer, id: `${CITY}-household` } },
      await lastWord(),
    ]);
    for (const node of [COUNTY, ...BELOW]) {
      const ids = await federation.rows<{ id: string }>(node, `SELECT id FROM data_offers WHERE node = $1`, [node]);
      expect(ids.map(({ id }) => id)).not.toContain(`${CITY}-household`);
    }
    expect(warned(`${COUNTY} published the offer ${CITY}-household`)).not.toEqual([]);
  });

  test('counts nothing where its grant is unsound, and the feed goes on behind it', async () => {
    const [line] = await federation.rows<{ entry: string }>(
      COUNTY,
      `SELECT entry FROM feed_entries WHERE node = $1 AND publisher = $1 AND feed = 'CATALOGUE' LIMIT 1`,
      [COUNTY],
    );
    const jws = line?.entry ?? '';
    const next = await lastWord();
    await publish(COUNTY, [{ kind: 'DELEGATION', delegation: { grant: jws, answer: jws, end: null } }, next]);
    for (const node of BELOW) expect(next).toMatchObject({ implementation: await implementationAt(node, COUNTY) });
    const parked = await federation.rows(VILLAGE, `SELECT 1 FROM parked WHERE node = $1`, [VILLAGE]);
    expect(parked).toEqual([]);
  });

  test('counts nothing where a restored county is given it back by those below', async () => {
    const backup = await federation.backup(COUNTY);
    const forged = { ...item, version: 2_000_000, name: '县里再定的事项' };
    const head = await publish(COUNTY, [{ kind: 'ITEM', item: forged }, await lastWord()]);
    await federation.restore(COUNTY, backup);
    await federation.startHost(COUNTY);
    await eventually(async () => (await headAt(COUNTY, COUNTY)) === head);
    expect(await itemAt(COUNTY)).toEqual(item);
  });
});
