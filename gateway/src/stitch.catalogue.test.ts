import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from './testing/faults.ts';
import { CITY, COUNTY, ITEM, MemoryFederation, VILLAGE, WITHOUT_NODE, asked } from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';

const clerk = personAt(COUNTY, 'CLERK');
let federation: MemoryFederation;

beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

describe('an item by its code', () => {
  const query = `{ item(code: "${ITEM}") { name note staleSince } }`;

  test('is answered by the city its code begins with, without a login', async () => {
    const { data, errors } = await federation.ask(query, {}, null);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ item: { note: `told by ${CITY}` } });
    expect(asked(federation.hosts)).toEqual(['city item']);
  });

  test("is answered by the viewer's own copy when the city is down", async () => {
    federation.hosts.faults.set('city', 'dead');
    expect((await federation.ask(query, {}, clerk)).data).toMatchObject({ item: { note: `told by ${COUNTY}` } });
    const nobody = await federation.ask(query, {}, null);
    expect(nobody.data).toEqual({ item: null });
    expect(faultsOf(nobody)).toEqual([{ place: 'item', code: 'NODE_UNREACHABLE', node: CITY }]);
  });

  test.each(['3310-XX-999', '9999-MZ-001', 'nonsense'])('%s, which is none, is ITEM_UNKNOWN', async (code) => {
    const result = await federation.ask(`{ item(code: "${code}") { name } }`, {}, clerk);
    expect(result.data).toEqual({ item: null });
    expect(faultsOf(result)).toMatchObject([{ place: 'item', code: 'ITEM_UNKNOWN' }]);
  });
});

test("an item as a division sees it comes from the division's node, its parts from their owners", async () => {
  const query = `{ catalogEntry(item: "${ITEM}", division: "${VILLAGE}") {
    item { note } acceptor { name } implementation { materials { name } } available } }`;
  const { data, errors } = await federation.ask(query, {}, null);
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    catalogEntry: {
      item: { note: expect.stringContaining('told by') },
      acceptor: { name: '包家村委会' },
      available: true,
    },
  });
  expect(asked(federation.hosts)[0]).toBe('villages catalogEntry');
});

test('competence for a place without a node is told by the nearest node above it', async () => {
  const query = `{ competence(item: "${ITEM}", division: "${WITHOUT_NODE}") { reasons } }`;
  const { data } = await federation.ask(query, {}, null);
  expect(data).toEqual({ competence: { reasons: [`told by ${CITY}`] } });
});
