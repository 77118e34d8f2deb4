import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, places } from './testing/faults.ts';
import {
  CITY,
  COUNTY,
  MemoryFederation,
  NOWHERE,
  OTHER_VILLAGE,
  THIRD_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  WITHOUT_NODE,
  asked,
} from './testing/memory-federation.ts';
import { COPIED_AT } from './testing/memory-views.ts';
import { personAt } from './testing/people.ts';

const clerk = personAt(COUNTY, 'CLERK');
const STALE = COPIED_AT.toISOString();

let federation: MemoryFederation;

beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

describe('a custody pointer that is out of date', () => {
  const QUERY = 'query($id: ID!) { case(id: $id) { state staleSince log { note } } }';
  const toldBy = (node: string) => ({ log: [{ note: `told by ${node}` }, { note: `told by ${node}` }] });

  test('is followed to the custodian that the desk names', async () => {
    const id = federation.file({ holders: [TOWNSHIP], beliefs: { [VILLAGE]: TOWNSHIP } });
    const { data, errors } = await federation.ask(QUERY, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ case: { state: 'REVIEWED', staleSince: null, ...toldBy(COUNTY) } });
    expect(asked(federation.hosts)).toEqual(['villages case', 'township _handling[1]', 'county _handling[1]']);
  });

  test('is followed over several desks', async () => {
    const id = federation.file({
      custodian: CITY,
      holders: [OTHER_VILLAGE, TOWNSHIP, COUNTY],
      beliefs: { [VILLAGE]: OTHER_VILLAGE, [OTHER_VILLAGE]: TOWNSHIP, [TOWNSHIP]: COUNTY },
    });
    const { data, errors } = await federation.ask(QUERY, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ case: { state: 'REVIEWED', staleSince: null, ...toldBy(CITY) } });
    expect(asked(federation.hosts).slice(1)).toEqual([
      'villages _handling[1]',
      'township _handling[1]',
      'county _handling[1]',
      'city _handling[1]',
    ]);
  });

  test('is followed for the cases of a list that need it, and for those alone', async () => {
    const stale = federation.file({ holders: [TOWNSHIP], beliefs: { [VILLAGE]: TOWNSHIP } });
    const right = federation.file();
    const query = 'query($a: ID!, $b: ID!) { a: case(id: $a) { state } b: case(id: $b) { state } }';
    const { data, errors } = await federation.ask(query, { a: stale, b: right }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ a: { state: 'REVIEWED' }, b: { state: 'REVIEWED' } });
    const sent = asked(federation.hosts)
      .join(' ')
      .match(/_handling\[1\]/g);
    expect(sent).toHaveLength(3);
  });

  test('that leads to a dead custodian is answered by the filing node', async () => {
    const id = federation.file({ holders: [TOWNSHIP], beliefs: { [VILLAGE]: TOWNSHIP } });
    federation.hosts.faults.set('county', 'dead');
    const { data, errors } = await federation.ask(QUERY, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ case: { state: 'REVIEWED', staleSince: STALE, ...toldBy(VILLAGE) } });
  });

  test('that leads in a circle of two ends with CASE_IN_TRANSIT', async () => {
    const id = federation.file({
      holders: [TOWNSHIP],
      beliefs: { [VILLAGE]: TOWNSHIP, [TOWNSHIP]: COUNTY, [COUNTY]: TOWNSHIP },
    });
    const result = await federation.ask(QUERY, { id }, clerk);
    expect(result.data).toEqual({ case: { state: null, staleSince: null, log: null } });
    expect(faultsOf(result)).toEqual(places('case', ['state', 'staleSince', 'log'], 'CASE_IN_TRANSIT', COUNTY));
    expect(asked(federation.hosts)).toEqual(['villages case', 'township _handling[1]', 'county _handling[1]']);
  });

  test('that leads in a wide circle ends too', async () => {
    const id = federation.file({
      holders: [OTHER_VILLAGE, TOWNSHIP, CITY],
      beliefs: {
        [VILLAGE]: OTHER_VILLAGE,
        [OTHER_VILLAGE]: TOWNSHIP,
        [TOWNSHIP]: COUNTY,
        [COUNTY]: CITY,
        [CITY]: TOWNSHIP,
      },
    });
    const result = await federation.ask(QUERY, { id }, clerk);
    expect(faultsOf(result)).toEqual(places('case', ['state', 'staleSince', 'log'], 'CASE_IN_TRANSIT', CITY));
  });

  test('that leads on and on ends with CASE_IN_TRANSIT at the desk named last', async () => {
    const id = federation.file({
      holders: [CITY, TOWNSHIP, OTHER_VILLAGE, THIRD_VILLAGE],
      beliefs: {
        [VILLAGE]: COUNTY,
        [COUNTY]: CITY,
        [CITY]: TOWNSHIP,
        [TOWNSHIP]: OTHER_VILLAGE,
        [OTHER_VILLAGE]: THIRD_VILLAGE,
        [THIRD_VILLAGE]: VILLAGE,
      },
    });
    const result = await federation.ask(QUERY, { id }, clerk);
    expect(result.data).toEqual({ case: { state: null, staleSince: null, log: null } });
    expect(faultsOf(result)).toEqual(places('case', ['state', 'staleSince', 'log'], 'CASE_IN_TRANSIT', VILLAGE));
  });

  test('to a place without a node is answered by the filing node', async () => {
    const id = federation.file({ beliefs: { [VILLAGE]: WITHOUT_NODE } });
    const { data, errors } = await federation.ask(QUERY, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ case: { state: 'REVIEWED', staleSince: STALE, ...toldBy(VILLAGE) } });
  });

  test('to no place at all is UNKNOWN_DIVISION there', async () => {
    const id = federation.file({ beliefs: { [VILLAGE]: NOWHERE } });
    const result = await federation.ask(QUERY, { id }, clerk);
    expect(faultsOf(result)).toEqual(places('case', ['state', 'staleSince', 'log'], 'UNKNOWN_DIVISION', NOWHERE));
  });
});
