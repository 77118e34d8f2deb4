import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CITY,
  COUNTY,
  ITEM,
  MemoryFederation,
  TOWNSHIP,
  VILLAGE,
  WITHOUT_NODE,
  asked,
} from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';

let federation: MemoryFederation;
const clerk = personAt(TOWNSHIP, 'CLERK');

beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

const OFFERS = `query ($division: ID!) { dataOffers(division: $division, material: "户口簿") {
  id name node { name } askers { tiers } purposes { code name }
} }`;

describe('the register of offers', () => {
  test('of a division is told by its own desk, with the items it may be asked for by the city', async () => {
    const { data, errors } = await federation.ask(OFFERS, { division: COUNTY }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      dataOffers: [
        {
          id: `${COUNTY}-household`,
          name: '户口簿',
          node: { name: '三门县' },
          askers: { tiers: ['TOWNSHIP'] },
          purposes: [{ code: ITEM, name: '最低生活保障审核确认' }],
        },
      ],
    });
    expect(asked(federation.hosts)).toEqual(['county dataOffers', 'city _items[1]']);
  });

  test('of a desk that is down is null, with the desk named', async () => {
    federation.hosts.faults.set('county', 'dead');
    const { data, errors } = await federation.ask(OFFERS, { division: COUNTY }, clerk);
    expect(data).toEqual({ dataOffers: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NODE_UNREACHABLE', node: COUNTY });
  });

  test('of a place without a desk is refused', async () => {
    const { errors } = await federation.ask(OFFERS, { division: WITHOUT_NODE }, clerk);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NODE_UNREACHABLE' });
  });

  test('is not open to the public', async () => {
    const { errors } = await federation.ask(OFFERS, { division: CITY }, null);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', node: CITY });
  });
});

describe('a question about a case’s data', () => {
  test('is put to the desk of whoever asks, or to the one that is named', async () => {
    const query =
      'query ($id: ID!, $at: ID) { dataRequests(case: $id, division: $at) { id } suppliedMaterials(case: $id, division: $at) }';
    await federation.ask(query, { id: `${VILLAGE}-case-1` }, clerk);
    await federation.ask(query, { id: `${VILLAGE}-case-1`, at: COUNTY }, clerk);
    const hosts = asked(federation.hosts).map((line) => line.split(' ')[0]);
    expect(new Set(hosts.slice(0, hosts.length / 2))).toEqual(new Set(['township']));
    expect(new Set(hosts.slice(hosts.length / 2))).toEqual(new Set(['county']));
  });

  test('by the person it is about is put to the desk that took the case in, without a login', async () => {
    const number = `${VILLAGE}-20260302-00001`;
    const query = 'query ($number: String!) { dataUse(number: $number, code: "CODE") { asker { name } fields } }';
    const { data, errors } = await federation.ask(query, { number }, null);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ dataUse: [{ asker: { name: '包家村委会' }, fields: [`${number} told by ${VILLAGE}`] }] });
  });
});

test('a request is made at the desk of whoever asks, and refused as data', async () => {
  const query = `mutation { requestData(input: { case: "${VILLAGE}-case-1", offer: "${COUNTY}-household", fields: ["holder"] }) {
    request { id } errors { code node { code } } } }`;
  const { data } = await federation.ask(query, {}, clerk);
  expect(data).toEqual({
    requestData: { request: null, errors: [{ code: 'ILLEGAL_STEP', node: { code: TOWNSHIP } }] },
  });
});
