import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from './testing/faults.ts';
import {
  CITY,
  COUNTY,
  ITEM,
  JOURNEY,
  MemoryFederation,
  OTHER_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  asked,
} from './testing/memory-federation.ts';
import { FILED_AT } from './testing/memory-views.ts';
import { personAt } from './testing/people.ts';

const clerk = personAt(COUNTY, 'CLERK');

let federation: MemoryFederation;

beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

const after = (seconds: number) => new Date(FILED_AT.getTime() + seconds * 1000).toISOString();

describe('one case', () => {
  test('is answered from four nodes, each part by the node that owns it', async () => {
    const id = federation.file();
    const { data, errors } = await federation.ask(JOURNEY, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      case: {
        id,
        number: expect.stringContaining(VILLAGE),
        state: 'REVIEWED',
        filedBy: `told by ${VILLAGE}`,
        applicationStaleSince: null,
        staleSince: null,
        item: {
          code: ITEM,
          name: '最低生活保障审核确认',
          legalBasis: '社会救助暂行办法',
          statutoryDays: 30,
          note: `told by ${CITY}`,
          staleSince: null,
        },
        implementation: {
          promisedDays: 18,
          materials: [
            { name: `told by ${COUNTY}`, required: true },
            { name: '申请表', required: true },
          ],
          staleSince: null,
        },
        applicant: { name: '张三' },
        custodian: { code: COUNTY, name: '三门县', tier: 'COUNTY' },
        log: [
          {
            seq: 1,
            at: after(1),
            node: { code: VILLAGE, name: '包家村委会', tier: 'VILLAGE' },
            actor: `person of ${VILLAGE}`,
            action: 'FILED',
            note: `told by ${COUNTY}`,
          },
          {
            seq: 2,
            at: after(2),
            node: { code: COUNTY, name: '三门县', tier: 'COUNTY' },
            actor: `person of ${COUNTY}`,
            action: 'RECEIVED',
            note: `told by ${COUNTY}`,
          },
        ],
        clock: null,
      },
    });
  });

  test('asks each host once a step: filing, then handling, then item and implementation', async () => {
    const id = federation.file();
    await federation.ask(JOURNEY, { id }, clerk);
    const [filing, handling, ...last] = asked(federation.hosts);
    expect([filing, handling]).toEqual(['villages case', 'county _handling[1]']);
    expect(last.sort()).toEqual(['city _items[1]', 'county _implementations[1]']);
  });

  test('asks nobody for what was not asked', async () => {
    const id = federation.file();
    const { data } = await federation.ask('query($id: ID!) { case(id: $id) { number } }', { id }, clerk);
    expect(data).toEqual({ case: { number: expect.any(String) } });
    expect(asked(federation.hosts)).toEqual(['villages case']);
  });

  test("sends the asker's token with every operation", async () => {
    const id = federation.file();
    await federation.ask(JOURNEY, { id }, clerk);
    const tokens = federation.hosts.requests.flatMap(({ request }) => request.operations.map((o) => o.token));
    expect(tokens).toHaveLength(4);
    const viewers = await Promise.all(tokens.map((token) => federation.tokens.verifier().verify(token ?? '')));
    expect(viewers).toEqual([clerk, clerk, clerk, clerk]);
  });

  test('is answered by one host alone when that host serves every node concerned', async () => {
    const id = federation.file({ filingNode: VILLAGE, custodian: OTHER_VILLAGE });
    const query = 'query($id: ID!) { case(id: $id) { number state log { node { name } } } }';
    const { errors } = await federation.ask(query, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(asked(federation.hosts)).toEqual(['villages case', 'villages _handling[1]']);
  });

  test('tells what is empty as null, without an error', async () => {
    const id = federation.file();
    const query = `query($id: ID!) { case(id: $id) {
      consent { givenBy } clock { dueAt } decision { outcome } inTransitTo { name } missing { material }
      item { feeSchedule { unit } effectiveTo }
    } }`;
    const { data, errors } = await federation.ask(query, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      case: {
        consent: null,
        clock: null,
        decision: null,
        inTransitTo: null,
        missing: [],
        item: { feeSchedule: null, effectiveTo: null },
      },
    });
  });

  test('that nobody knows is null with NOT_FOUND of the node its id names', async () => {
    const result = await federation.ask(JOURNEY, { id: `${VILLAGE}-case-0` }, clerk);
    expect(result.data).toEqual({ case: null });
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'NOT_FOUND', node: VILLAGE }]);
    expect(asked(federation.hosts)).toEqual(['villages case']);
  });

  test('tells its type alone, and the types of its parts alone', async () => {
    const id = federation.file();
    const one = await federation.ask('query($id: ID!) { case(id: $id) { __typename } }', { id }, clerk);
    expect(one).toEqual({ data: { case: { __typename: 'Case' } } });
    const parts = 'item { __typename } implementation { __typename } custodian { __typename }';
    const all = await federation.ask(`query($id: ID!) { case(id: $id) { ${parts} } }`, { id }, clerk);
    expect(all).toEqual({
      data: {
        case: {
          item: { __typename: 'Item' },
          implementation: { __typename: 'Implementation' },
          custodian: { __typename: 'Division' },
        },
      },
    });
  });
});

describe('a list of cases', () => {
  const LIST = `{ cases(first: 100) {
    nodes { id number state filedBy applicant { name } item { name note } implementation { promisedDays } log { note } }
    pageInfo { hasNextPage }
  } }`;

  test('of many filing nodes asks each of their hosts once and keeps its order', async () => {
    const ids = Array.from({ length: 40 }, (_, i) =>
      federation.file({ filingNode: [VILLAGE, TOWNSHIP, OTHER_VILLAGE][i % 3] ?? VILLAGE }),
    );
    const { data, errors } = await federation.ask(LIST, {}, clerk);
    expect(errors).toBeUndefined();
    const filedBy = ids.map((id) => `told by ${id.split('-', 1).join()}`);
    expect(data).toEqual({
      cases: {
        nodes: ids.map((id, i) => ({
          id,
          number: expect.stringMatching(new RegExp(`^${id.split('-', 1).join()}-\\d{8}-0*${id.split('-').at(-1)}$`)),
          state: 'REVIEWED',
          filedBy: filedBy[i],
          applicant: { name: '张三' },
          item: { name: '最低生活保障审核确认', note: `told by ${CITY}` },
          implementation: { promisedDays: 18 },
          log: [{ note: `told by ${COUNTY}` }, { note: `told by ${COUNTY}` }],
        })),
        pageInfo: { hasNextPage: false },
      },
    });
    expect(asked(federation.hosts).sort()).toEqual([
      'city _items[3]',
      'county _implementations[3]',
      'county cases',
      'township _filing[13]',
      'villages _filing[27]',
    ]);
  });

  test('gives pages with cursors', async () => {
    const ids = [federation.file(), federation.file(), federation.file()];
    const page =
      'query($after: String) { cases(first: 2, after: $after) { edges { cursor node { id number } } pageInfo { hasNextPage endCursor } } }';
    const first = await federation.ask(page, {}, clerk);
    expect(first.data).toMatchObject({
      cases: {
        edges: [{ node: { id: ids[0] } }, { node: { id: ids[1] } }],
        pageInfo: { hasNextPage: true, endCursor: '1' },
      },
    });
    const second = await federation.ask(page, { after: '1' }, clerk);
    expect(second.data).toMatchObject({
      cases: { edges: [{ node: { id: ids[2] } }], pageInfo: { hasNextPage: false } },
    });
  });

  test("is put to the viewer's own desk unless a division is named", async () => {
    const query = 'query($division: ID) { cases(filter: { division: $division }) { nodes { id } } }';
    await federation.ask(query, {}, clerk);
    await federation.ask(query, { division: null }, clerk);
    await federation.ask(query, { division: TOWNSHIP }, clerk);
    expect(asked(federation.hosts)).toEqual(['county cases', 'county cases', 'township cases']);
  });

  test('hands its filter on, also from a variable and from defaults', async () => {
    federation.file({ state: 'FILED' });
    const reviewed = federation.file({ state: 'REVIEWED' });
    const inline = 'query($s: CaseState! = REVIEWED) { cases(filter: { states: [$s] }) { nodes { id } } }';
    expect((await federation.ask(inline, {}, clerk)).data).toEqual({ cases: { nodes: [{ id: reviewed }] } });
    const whole = 'query($f: CaseFilter) { cases(filter: $f) { nodes { id } } }';
    expect((await federation.ask(whole, { f: { states: ['REVIEWED'] } }, clerk)).data).toEqual({
      cases: { nodes: [{ id: reviewed }] },
    });
  });
});

describe('one operation', () => {
  test('may ask several things of several hosts', async () => {
    const id = federation.file();
    const query = `query($id: ID!, $number: String!) {
      case(id: $id) { state }
      track(number: $number, code: "CODE") { state item { name } custodian { name } steps { node { name } } }
      catalog(division: "${TOWNSHIP}", first: 5) { nodes { item { code } acceptor { name } } }
      rollup(division: "${COUNTY}", from: "2026-01-01", to: "2026-12-31") { figures { filed } items { item { note } } }
      division(code: "${VILLAGE}") { name parent { name parent { name parent { name } } } }
    }`;
    const number = federation.hosts.node(VILLAGE).cases.get(id)?.number;
    const { data, errors } = await federation.ask(query, { id, number }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      case: { state: 'REVIEWED' },
      track: {
        state: 'REVIEWED',
        item: { name: '最低生活保障审核确认' },
        custodian: { name: '三门县' },
        steps: [{ node: { name: '包家村委会' } }],
      },
      catalog: { nodes: [{ item: { code: ITEM }, acceptor: { name: '亭旁镇' } }] },
      rollup: { figures: { filed: 1 }, items: [{ item: { note: `told by ${CITY}` } }] },
      division: {
        name: '包家村委会',
        parent: { name: '亭旁镇', parent: { name: '三门县', parent: { name: '台州市' } } },
      },
    });
  });

  test('keeps aliases, at the root and below, over every role', async () => {
    const [a, b] = [federation.file(), federation.file({ filingNode: TOWNSHIP })];
    const query = `query($a: ID!, $b: ID!) {
      one: case(id: $a) { i: id nr: number s: state it: item { n: name } who: custodian { called: name } }
      two: case(id: $b) { nr: number again: number s: state steps: log { by: node { called: name } } }
    }`;
    const { data, errors } = await federation.ask(query, { a, b }, clerk);
    expect(errors).toBeUndefined();
    const [nrA, nrB] = [
      federation.hosts.node(VILLAGE).cases.get(a)?.number,
      federation.hosts.node(TOWNSHIP).cases.get(b)?.number,
    ];
    expect(data).toEqual({
      one: { i: a, nr: nrA, s: 'REVIEWED', it: { n: '最低生活保障审核确认' }, who: { called: '三门县' } },
      two: { nr: nrB, again: nrB, s: 'REVIEWED', steps: [{ by: { called: '亭旁镇' } }, { by: { called: '三门县' } }] },
    });
  });

  test('asks for one case under two names in one request', async () => {
    const id = federation.file();
    const query = `query($id: ID!) { a: case(id: $id) { ...S } b: case(id: $id) { ...S } }
      fragment S on Case { id state item { name } }`;
    const { data } = await federation.ask(query, { id }, clerk);
    const one = { id, state: 'REVIEWED', item: { name: '最低生活保障审核确认' } };
    expect(data).toEqual({ a: one, b: one });
    expect(asked(federation.hosts)[0]).toBe('villages case + case');
  });

  test('merges what is asked twice under one name', async () => {
    const id = federation.file();
    const query = `query($id: ID!) { case(id: $id) { number } ...More case(id: $id) { item { name } } }
      fragment More on Query { case(id: $id) { state item { code } } }`;
    const { data } = await federation.ask(query, { id }, clerk);
    expect(data).toEqual({
      case: { number: expect.any(String), state: 'REVIEWED', item: { code: ITEM, name: '最低生活保障审核确认' } },
    });
    expect(asked(federation.hosts)[0]).toBe('villages case');
  });

  test('leaves out what its directives leave out, and asks nobody for it', async () => {
    const id = federation.file();
    const query = `query($id: ID!, $yes: Boolean!, $no: Boolean!) {
      skipped: case(id: $id) @skip(if: $yes) { number }
      included: case(id: $id) @include(if: $yes) { number state @include(if: $no) item @skip(if: $yes) { name } }
      ...Away @include(if: $no)
      ... @skip(if: $no) { there: case(id: $id) { id } }
    }
    fragment Away on Query { away: case(id: $id) { number } }`;
    const { data, errors } = await federation.ask(query, { id, yes: true, no: false }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ included: { number: expect.any(String) }, there: { id } });
    expect(asked(federation.hosts)).toEqual(['villages case + case']);
  });

  test('carries variables to the place they are used in, in whatever role that is', async () => {
    const id = federation.file();
    const query = `query($id: ID!, $notes: Boolean = true, $codes: Boolean = false) { case(id: $id) {
      log { seq note @include(if: $notes) node { name code @include(if: $codes) } }
      item { name note @include(if: $notes) }
    } }`;
    const { data, errors } = await federation.ask(query, { id, codes: true }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      case: {
        log: [{ seq: 1, note: `told by ${COUNTY}`, node: { code: VILLAGE, name: '包家村委会' } }, { seq: 2 }],
        item: { note: `told by ${CITY}` },
      },
    });
  });

  test('routes by a default of a variable and by a literal alike', async () => {
    const id = federation.file();
    await federation.ask(`query($id: ID = "${id}") { case(id: $id) { number } }`, {}, clerk);
    await federation.ask(`{ case(id: "${id}") { number } }`, {}, clerk);
    expect(asked(federation.hosts)).toEqual(['villages case', 'villages case']);
  });
});

describe('a mutation', () => {
  const ACCEPT = `mutation($id: ID!) { acceptCase(input: { id: $id }) {
    case { id state number filedBy item { note } implementation { promisedDays } applicant { name } }
    errors { code node { name } custodian { code name } }
  } }`;

  test("is put to the viewer's desk, and what it gives back is filled in by the other roles", async () => {
    const id = federation.file({ filingNode: OTHER_VILLAGE, state: 'FILED' });
    const { data, errors } = await federation.ask(ACCEPT, { id }, clerk);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      acceptCase: {
        case: {
          id,
          state: 'ACCEPTED',
          number: expect.stringContaining(OTHER_VILLAGE),
          filedBy: `told by ${OTHER_VILLAGE}`,
          item: { note: `told by ${CITY}` },
          implementation: { promisedDays: 18 },
          applicant: { name: '张三' },
        },
        errors: [],
      },
    });
    expect(asked(federation.hosts).slice(0, 2)).toEqual(['county acceptCase', 'villages _filing[1]']);
  });

  test('that is refused says so as data, with the places it names', async () => {
    const id = federation.file({ holders: [TOWNSHIP] });
    const { data, errors } = await federation.ask(ACCEPT, { id }, personAt(TOWNSHIP, 'CLERK'));
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      acceptCase: {
        case: null,
        errors: [{ code: 'NOT_CUSTODIAN', node: { name: '亭旁镇' }, custodian: { code: COUNTY, name: '三门县' } }],
      },
    });
  });

  test('of filing gives the new case with its state from the same desk', async () => {
    const query = `mutation($input: FileCaseInput!) { fileCase(input: $input) {
      case { id number state item { name } custodian { name } } trackingCode errors { code field }
    } }`;
    const applicant = { name: '张三', idType: 'RESIDENT_ID', idNumber: '11010519491231002X', phone: '13800000000' };
    const input = { item: ITEM, place: COUNTY, applicant, materials: [] };
    const { data, errors } = await federation.ask(query, { input }, personAt(VILLAGE, 'AGENT'));
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      fileCase: {
        case: { id: expect.stringContaining(VILLAGE), state: 'FILED', custodian: { name: '包家村委会' } },
        trackingCode: 'CODE',
        errors: [],
      },
    });
  });

  test('names every fault of its input at once', async () => {
    const query = 'mutation($input: FileCaseInput!) { fileCase(input: $input) { case { id } errors { code field } } }';
    const applicant = { name: ' ', idType: 'RESIDENT_ID', idNumber: '110105194912310021', phone: 'none' };
    const { data } = await federation.ask(
      query,
      { input: { item: ITEM, applicant, materials: [] } },
      personAt(VILLAGE, 'AGENT'),
    );
    const fields = ['applicant.name', 'applicant.phone'];
    expect(data).toEqual({
      fileCase: {
        case: null,
        errors: expect.arrayContaining(fields.map((field) => ({ code: 'BAD_INPUT', field }))),
      },
    });
  });

  test('follows the one before it: two in one operation are done in order', async () => {
    const id = federation.file({ state: 'FILED' });
    const query = `mutation($id: ID!) {
      first: acceptCase(input: { id: $id }) { case { state } errors { code } }
      second: forwardCase(input: { id: $id }) { case { state } errors { code } }
    }`;
    const { data } = await federation.ask(query, { id }, clerk);
    expect(data).toEqual({
      first: { case: { state: 'ACCEPTED' }, errors: [] },
      second: { case: null, errors: [{ code: 'ILLEGAL_STEP' }] },
    });
    expect(asked(federation.hosts)).toEqual(['county acceptCase', 'county forwardCase']);
  });
});
