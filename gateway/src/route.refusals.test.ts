import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, places, sorted } from './testing/faults.ts';
import {
  COUNTY,
  JOURNEY,
  MemoryFederation,
  NOWHERE,
  OTHER_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  WITHOUT_NODE,
  asked,
} from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';

const clerk = personAt(COUNTY, 'CLERK');
const HANDLING_FIELDS = ['clock', 'custodian', 'log', 'staleSince', 'state'];

let federation: MemoryFederation;

beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

const journey = (id: string, viewer = clerk) => federation.ask(JOURNEY, { id }, viewer);

describe('a refusal', () => {
  const LIST = `{ cases(filter: { division: "${TOWNSHIP}" }) { edges { node { id state number } } } }`;

  test('of one key stays at its place, and the other keys of the same request are answered', async () => {
    const ids = [VILLAGE, VILLAGE, OTHER_VILLAGE].map((filingNode) =>
      federation.file({ filingNode, holders: [TOWNSHIP] }),
    );
    federation.hosts.node(VILLAGE).forbidden.add(ids[1] ?? '');
    const result = await federation.ask(LIST, {}, clerk);
    expect(result.data).toEqual({
      cases: {
        edges: [
          { node: { id: ids[0], state: 'REVIEWED', number: expect.any(String) } },
          { node: { id: ids[1], state: 'REVIEWED', number: null } },
          { node: { id: ids[2], state: 'REVIEWED', number: expect.any(String) } },
        ],
      },
    });
    expect(faultsOf(result)).toEqual([{ place: 'cases.edges.1.node.number', code: 'FORBIDDEN', node: VILLAGE }]);
    expect(asked(federation.hosts)).toEqual(['township cases', 'villages _filing[3]']);
  });

  test('is the last word: no copy is asked instead', async () => {
    const id = federation.file();
    federation.hosts.node(VILLAGE).forbidden.add(id);
    const result = await journey(id);
    expect(result.data).toEqual({ case: null });
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'FORBIDDEN', node: VILLAGE }]);
    expect(asked(federation.hosts)).toEqual(['villages case']);
  });

  test('by the custodian leaves what the filing node tells', async () => {
    const id = federation.file();
    federation.hosts.node(COUNTY).forbidden.add(id);
    const result = await journey(id);
    expect(result.data).toMatchObject({ case: { id, state: null, log: null, filedBy: `told by ${VILLAGE}` } });
    expect(sorted(faultsOf(result))).toEqual(places('case', HANDLING_FIELDS, 'FORBIDDEN', COUNTY));
  });

  test('is UNKNOWN_DIVISION for a code that is no place', async () => {
    const query = `{
      case(id: "${NOWHERE}-case-1") { id }
      track(number: "${NOWHERE}-20260302-1", code: "CODE") { number }
      rollup(division: "${NOWHERE}", from: "2026-01-01", to: "2026-12-31") { from }
    }`;
    const result = await federation.ask(query, {}, clerk);
    expect(result.data).toEqual({ case: null, track: null, rollup: null });
    expect(sorted(faultsOf(result)).map(({ place, code }) => `${place} ${String(code)}`)).toEqual([
      'case UNKNOWN_DIVISION',
      'rollup UNKNOWN_DIVISION',
      'track UNKNOWN_DIVISION',
    ]);
    expect(asked(federation.hosts)).toEqual([]);
  });

  test.each([`cases(filter: { division: "${NOWHERE}" })`, `catalog(division: "${NOWHERE}")`])(
    'is UNKNOWN_DIVISION for the list %s',
    async (field) => {
      const result = await federation.ask(`{ list: ${field} { pageInfo { hasNextPage } } }`, {}, clerk);
      expect(faultsOf(result)).toMatchObject([{ place: 'list', code: 'UNKNOWN_DIVISION' }]);
    },
  );

  test.each(['nothing', VILLAGE, '', 'abc-def'])('is BAD_INPUT for a case id that names no node: %j', async (id) => {
    const result = await journey(id);
    expect(result.data).toEqual({ case: null });
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'BAD_INPUT', node: null }]);
    expect(asked(federation.hosts)).toEqual([]);
  });

  test('is NODE_UNREACHABLE for a place that has no node in this federation', async () => {
    const query = `{ rollup(division: "${WITHOUT_NODE}", from: "2026-01-01", to: "2026-12-31") { from } }`;
    const result = await federation.ask(query, {}, clerk);
    expect(faultsOf(result)).toEqual([{ place: 'rollup', code: 'NODE_UNREACHABLE', node: WITHOUT_NODE }]);
  });

  test.each([
    ['cases', '{ cases { pageInfo { hasNextPage } } }'],
    ['acceptCase', 'mutation { acceptCase(input: { id: "1" }) { case { id } } }'],
    [
      'fileCase',
      'mutation { fileCase(input: { item: "1", applicant: { name: "a", idType: RESIDENT_ID, idNumber: "1", phone: "1" }, materials: [] }) { trackingCode } }',
    ],
  ])('is UNAUTHENTICATED for %s without a login, and no host is asked', async (place, query) => {
    const result = await federation.ask(query, {}, null);
    expect(faultsOf(result)).toMatchObject([{ place, code: 'UNAUTHENTICATED' }]);
    expect(asked(federation.hosts)).toEqual([]);
  });

  test('of a case without a login is the word of the node', async () => {
    const id = federation.file();
    const result = await federation.ask(JOURNEY, { id }, null);
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'UNAUTHENTICATED', node: VILLAGE }]);
  });

  test('is not needed for the public: catalogue, places and tracking', async () => {
    const id = federation.file();
    const number = federation.hosts.node(VILLAGE).cases.get(id)?.number;
    const query = `query($number: String!) {
      catalog(division: "${VILLAGE}") { nodes { item { name } implementation { promisedDays } } }
      division(code: "${VILLAGE}") { name }
      track(number: $number, code: "CODE") { state item { name } }
    }`;
    const result = await federation.ask(query, { number }, null);
    expect(result.errors).toBeUndefined();
    expect(result.data).toMatchObject({ track: { state: 'REVIEWED', item: { name: '最低生活保障审核确认' } } });
    expect(federation.hosts.requests.flatMap(({ request }) => request.operations.map((o) => o.token))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('of a question that is too long for a host costs it alone', async () => {
    const id = federation.file();
    const alias = 'a'.repeat(100_001);
    const track = `track(number: "331022103201-20260302-1", code: "CODE") { ${alias}: number }`;
    const query = `{ ${track} division(code: "${COUNTY}") { name } }`;
    const [long, other] = await Promise.all([federation.ask(query, {}, null), journey(id)]);
    expect(long.data).toEqual({ track: null, division: { name: '三门县' } });
    expect(faultsOf(long)).toMatchObject([{ place: 'track', code: 'QUERY_TOO_LARGE' }]);
    expect(other.errors).toBeUndefined();
    expect(other.data).toMatchObject({ case: { id, state: 'REVIEWED' } });
  });

  test('keeps article and field of what was broken', async () => {
    const result = await federation.ask('{ list: cases(first: 0) { pageInfo { hasNextPage } } }', {}, clerk);
    expect(result.errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'BAD_INPUT', field: 'first', node: COUNTY },
    ]);
  });

  test('by a fault of the program is INTERNAL at its place, and its text goes no further than the host', async () => {
    const id = federation.file();
    federation.hosts.node(COUNTY).fault = new Error('applicant 张三 has no row');
    const result = await journey(id);
    expect(result.data).toMatchObject({ case: { id, state: null, filedBy: `told by ${VILLAGE}` } });
    expect(sorted(faultsOf(result))).toEqual(places('case', HANDLING_FIELDS, 'INTERNAL', COUNTY));
    expect(JSON.stringify(result.errors)).not.toContain('no row');
    expect(federation.hosts.reported).toEqual([federation.hosts.node(COUNTY).fault]);
  });
});
