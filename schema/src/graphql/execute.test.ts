import { describe, expect, test } from 'vitest';
import { ProblemError, problem } from '../errors.ts';
import type { RoleName, RoleResult } from '../messages/federation.ts';
import { roleResultSchema } from '../messages/federation.ts';
import { ARTICLES } from '../rules/articles.ts';
import { CaseLog } from '../testing/case-log.ts';
import {
  COUNTY,
  NEIGHBOUR_VILLAGE,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  VILLAGE,
  implementationOf,
  itemOf,
} from '../testing/fixtures.ts';
import { person } from '../testing/people.ts';
import { contextOf, handlingView } from '../testing/services.ts';
import { executeRole, extensionsOf } from './execute.ts';
import type { FileCaseInput } from './inputs.ts';
import type { Figures, FilingView, HandlingKey, PageRequest, RoleContext, RollupView, Watermark } from './services.ts';

const SECRET = '11010519491231002X';
const atVillage = CaseLog.filed().file;
const atTownship = CaseLog.filed().handedTo(TOWNSHIP).file;

interface Ran {
  result: RoleResult;
  /** What was reported and not shown. */
  reported: unknown[];
}

async function run(
  role: RoleName,
  query: string,
  context: RoleContext,
  variables: Record<string, unknown> = {},
): Promise<Ran> {
  const reported: unknown[] = [];
  const operation = { role, at: context.at, query, variables, token: null };
  const result = await executeRole(operation, context, (error) => reported.push(error));
  // what goes back to the gateway must have the form of the contract, as text
  expect(roleResultSchema.safeParse(JSON.parse(JSON.stringify(result))).success).toBe(true);
  return { result, reported };
}

const errorsOf = ({ result }: Ran) =>
  (result.errors ?? []).map((error) => ({ path: error.path?.join('.'), code: error.extensions?.code }));

describe('an operation that can not be executed', () => {
  const nobody = contextOf({}, VILLAGE);

  test.each([
    ['that is no GraphQL', 'filing', '{ case(id: '],
    ['that is nothing', 'filing', ' '],
    ['that asks for a field of another role', 'filing', '{ cases { nodes { id } } }'],
    ['that asks for a field that is none', 'handling', '{ cases { nodes { secret } } }'],
    ['that leaves out an argument', 'filing', '{ case { id } }'],
    [
      'with a literal of the wrong type',
      'figures',
      '{ rollup(division: "331022", from: "soon", to: "2026-03-02") { from } }',
    ],
    [
      'with two operations and no word on which',
      'filing',
      'query A { track(number: "1", code: "2") { number } } query B { __typename }',
    ],
    ['with more tokens than anybody needs', 'filing', `{ ${'__typename '.repeat(20_001)} }`],
  ] as const)('%s is BAD_INPUT', async (_, role, query) => {
    const { result, reported } = await run(role, query, nobody);
    expect(result.data ?? null).toBeNull();
    expect(result.errors?.length).toBeGreaterThan(0);
    expect(new Set(result.errors?.map((e) => e.extensions?.code))).toEqual(new Set(['BAD_INPUT']));
    expect(reported).toEqual([]);
  });

  test.each([
    ['that is null where it must not be', { id: null }],
    ['that is missing', {}],
  ])('for a variable %s is BAD_INPUT', async (_, variables) => {
    const { result, reported } = await run('filing', 'query($id: ID!) { case(id: $id) { id } }', nobody, variables);
    expect(result.errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', node: VILLAGE } }]);
    expect(reported).toEqual([]);
  });

  test('for a variable that is no day is BAD_INPUT', async () => {
    const query = 'query($from: Date!) { rollup(division: "331022", from: $from, to: "2026-03-02") { from } }';
    const { result, reported } = await run('figures', query, nobody, { from: 'soon' });
    expect(result.errors).toMatchObject([
      { message: expect.stringContaining('A Date is a day'), extensions: { code: 'BAD_INPUT' } },
    ]);
    expect(reported).toEqual([]);
  });

  test('names every fault of its text at once', async () => {
    const { result } = await run('handling', '{ cases { nodes { secret hidden } } }', nobody);
    expect(result.errors).toHaveLength(2);
  });

  test('is answered the same when it comes again', async () => {
    const first = await run('filing', '{ nothing }', nobody);
    expect((await run('filing', '{ nothing }', nobody)).result).toEqual(first.result);
  });

  test('for one role may be right for another', async () => {
    const query = '{ track(number: "1", code: "2") { number } }';
    expect(errorsOf(await run('handling', query, nobody))).toMatchObject([{ code: 'BAD_INPUT' }]);
    expect(errorsOf(await run('filing', query, contextOf({ [VILLAGE]: {} }, VILLAGE)))).toEqual([
      { path: 'track', code: 'NOT_FOUND' },
    ]);
  });
});

describe('operations of many different texts', () => {
  test('are all answered rightly, more of them than are remembered', async () => {
    const context = contextOf({}, VILLAGE);
    for (let i = 0; i < 520; i++) {
      const { result } = await run('filing', `{ a${i}: __typename }`, context);
      expect(result).toEqual({ data: { [`a${i}`]: 'Query' } });
    }
    expect((await run('filing', '{ a0: __typename }', context)).result).toEqual({ data: { a0: 'Query' } });
  });
});

describe('what goes wrong while answering', () => {
  const query = `{ case(id: "${VILLAGE}-1") { id } }`;
  const throwing = (thrown: unknown) =>
    contextOf({ [VILLAGE]: { filing: { getMany: () => Promise.reject(thrown) } } }, VILLAGE);

  test.each([
    ['an error', new Error(`${SECRET} at /srv/node.js:1`)],
    ['an error of GraphQL’s kind without a code', new TypeError(SECRET)],
    ['a text', SECRET],
    ['an object', { message: SECRET, code: 'NOT_FOUND' }],
  ])('unexpectedly, as %s, is INTERNAL without its text, and reported', async (_, thrown) => {
    const ran = await run('filing', query, throwing(thrown));
    expect(errorsOf(ran)).toEqual([{ path: 'case', code: 'INTERNAL' }]);
    expect(ran.result.errors?.[0]?.extensions?.node).toBe(VILLAGE);
    expect(JSON.stringify(ran.result)).not.toContain(SECRET);
    expect(ran.reported).toHaveLength(1);
  });

  test('is reported as the very error it was', async () => {
    const thrown = new Error('deep');
    expect((await run('filing', query, throwing(thrown))).reported).toEqual([thrown]);
  });

  test('by a rule keeps its code, article, field and custodian, and is not reported', async () => {
    const options = { article: ARTICLES.postDuties, field: 'id', custodian: TOWNSHIP };
    const { result, reported } = await run('filing', query, throwing(problem('NOT_CUSTODIAN', 'No.', options)));
    expect(result.data).toEqual({ case: null });
    expect(result.errors).toMatchObject([
      { path: ['case'], extensions: { code: 'NOT_CUSTODIAN', node: VILLAGE, ...options } },
    ]);
    expect(reported).toEqual([]);
  });

  test('with one answer leaves the others', async () => {
    const context = contextOf(
      { [VILLAGE]: { filing: { getMany: () => Promise.resolve([problem('FORBIDDEN', 'No.')]) } } },
      VILLAGE,
    );
    const two = `{ case(id: "${VILLAGE}-1") { id } __typename }`;
    const ran = await run('filing', two, context);
    expect(ran.result.data).toEqual({ case: null, __typename: 'Query' });
    expect(errorsOf(ran)).toEqual([{ path: 'case', code: 'FORBIDDEN' }]);
  });

  test('in a value that breaks the contract is INTERNAL at its place', async () => {
    const view = { ...handlingView(atVillage, VILLAGE), state: 'LOST' as never };
    const context = contextOf({ [VILLAGE]: { handling: { getMany: () => Promise.resolve([view]) } } });
    const ran = await run('handling', `{ _handling(keys: [{id: "1", at: "${VILLAGE}"}]) { id state } }`, context);
    expect(errorsOf(ran)).toEqual([{ path: '_handling.0.state', code: 'INTERNAL' }]);
    expect(ran.reported).toHaveLength(1);
  });

  test('because no node was named is MISROUTED', async () => {
    const ran = await run('filing', query, contextOf({ [VILLAGE]: {} }));
    expect(errorsOf(ran)).toEqual([{ path: 'case', code: 'MISROUTED' }]);
  });

  test('because the host does not serve the node is MISROUTED', async () => {
    const ran = await run('filing', query, contextOf({ [TOWNSHIP]: {} }, VILLAGE));
    expect(errorsOf(ran)).toEqual([{ path: 'case', code: 'MISROUTED' }]);
  });
});

describe('keyed lookups', () => {
  const query = 'query($keys: [HandlingKey!]!) { _handling(keys: $keys) { id state custodian { code } } }';

  /** A host of village and township that tells what each was asked. */
  function host(asked: Record<string, HandlingKey[]> = {}): RoleContext {
    return contextOf({
      [VILLAGE]: {
        handling: {
          getMany: (_, keys) => {
            asked[VILLAGE] = [...keys];
            return Promise.resolve(
              keys.map(() => problem('NOT_CUSTODIAN', 'No.', { custodian: TOWNSHIP, node: VILLAGE })),
            );
          },
        },
      },
      [TOWNSHIP]: {
        handling: {
          getMany: (_, keys) => {
            asked[TOWNSHIP] = [...keys];
            return Promise.resolve(keys.map(({ id }) => ({ ...handlingView(atTownship, TOWNSHIP), id })));
          },
        },
      },
    });
  }

  test('answer each key at its place, whichever node answers it', async () => {
    const keys = [
      { id: 'a', at: TOWNSHIP },
      { id: 'b', at: VILLAGE },
      { id: 'c', at: TOWNSHIP, copy: true },
    ];
    const asked: Record<string, HandlingKey[]> = {};
    const ran = await run('handling', query, host(asked), { keys });
    expect(ran.result.data).toMatchObject({
      _handling: [{ id: 'a', state: 'FILED', custodian: { code: TOWNSHIP } }, null, { id: 'c' }],
    });
    expect(ran.result.errors).toMatchObject([
      { path: ['_handling', 1], extensions: { code: 'NOT_CUSTODIAN', custodian: TOWNSHIP, node: VILLAGE } },
    ]);
    expect(asked).toEqual({
      [TOWNSHIP]: [
        { id: 'a', copy: false },
        { id: 'c', copy: true },
      ],
      [VILLAGE]: [{ id: 'b', copy: false }],
    });
  });

  test('of a node that is not served fail at their own places only', async () => {
    const keys = [
      { id: 'a', at: COUNTY },
      { id: 'b', at: TOWNSHIP },
      { id: 'c', at: COUNTY },
    ];
    const ran = await run('handling', query, host(), { keys });
    expect(ran.result.data).toMatchObject({ _handling: [null, { id: 'b' }, null] });
    expect(errorsOf(ran).sort((a, b) => String(a.path).localeCompare(String(b.path)))).toEqual([
      { path: '_handling.0', code: 'MISROUTED' },
      { path: '_handling.2', code: 'MISROUTED' },
    ]);
  });

  test('of a node that breaks are INTERNAL at their own places only', async () => {
    const context = contextOf({
      [TOWNSHIP]: { handling: { getMany: () => Promise.reject(new Error(SECRET)) } },
      [VILLAGE]: { handling: { getMany: () => Promise.resolve([handlingView(atVillage, VILLAGE)]) } },
    });
    const keys = [
      { id: 'a', at: TOWNSHIP },
      { id: 'b', at: VILLAGE },
    ];
    const ran = await run('handling', query, context, { keys });
    expect(ran.result.data).toMatchObject({ _handling: [null, { state: 'FILED' }] });
    expect(errorsOf(ran)).toEqual([{ path: '_handling.0', code: 'INTERNAL' }]);
    expect(JSON.stringify(ran.result)).not.toContain(SECRET);
  });

  test('a node does not answer are NOT_FOUND', async () => {
    const context = contextOf({ [VILLAGE]: { handling: { getMany: () => Promise.resolve([]) } } });
    const ran = await run('handling', query, context, { keys: [{ id: 'a', at: VILLAGE }] });
    expect(errorsOf(ran)).toEqual([{ path: '_handling.0', code: 'NOT_FOUND' }]);
  });

  test('of no key are answered with nothing', async () => {
    expect((await run('handling', query, host(), { keys: [] })).result).toEqual({ data: { _handling: [] } });
  });

  test('of items and implementations work alike', async () => {
    const item = itemOf('3310-JS-002');
    const context = contextOf({
      [VILLAGE]: {
        catalogue: {
          getMany: (codes) =>
            Promise.resolve(
              codes.map((code) =>
                code === item.code
                  ? { item, answeredBy: VILLAGE, staleSince: null }
                  : problem('ITEM_UNKNOWN', 'No.', { node: VILLAGE }),
              ),
            ),
        },
        implementation: {
          getMany: (keys) =>
            Promise.resolve(
              keys.map(({ node }) => ({
                implementation: implementationOf(item, node),
                answeredBy: VILLAGE,
                staleSince: null,
              })),
            ),
        },
      },
    });
    const items = await run(
      'catalogue',
      `{ _items(keys: [{code: "no", at: "${VILLAGE}"}, {code: "${item.code}", at: "${VILLAGE}"}]) {
           code _via kind statutoryDays feeSchedule { baseFen rates { percent } } effectiveFrom effectiveTo } }`,
      context,
    );
    expect(items.result.data).toEqual({
      _items: [
        null,
        {
          code: item.code,
          _via: VILLAGE,
          kind: 'CONFIRM',
          statutoryDays: 30,
          feeSchedule: { baseFen: 55_000, rates: [{ percent: 100 }, { percent: 0 }] },
          effectiveFrom: '2024-01-01',
          effectiveTo: null,
        },
      ],
    });
    expect(errorsOf(items)).toEqual([{ path: '_items.0', code: 'ITEM_UNKNOWN' }]);
    const implementations = await run(
      'implementation',
      `{ _implementations(keys: [{item: "${item.code}", node: "${COUNTY}", at: "${VILLAGE}"}]) {
           itemCode node { code } _via promisedDays promisedUnit materials { name required } } }`,
      context,
    );
    expect(implementations.result).toMatchObject({
      data: {
        _implementations: [
          { itemCode: item.code, node: { code: COUNTY }, _via: VILLAGE, promisedDays: 5, promisedUnit: 'WORKDAY' },
        ],
      },
    });
  });
});

describe('mutations', () => {
  const query = `mutation($input: CaseStepInput!) {
    acceptCase(input: $input) { case { id state } errors { code article field node { code } custodian { code } } } }`;
  const refusing = (thrown: unknown) =>
    contextOf({ [VILLAGE]: { handling: { accept: () => Promise.reject(thrown) } } }, VILLAGE);

  test('that are done give the case and no error', async () => {
    const seen: unknown[] = [];
    const viewer = person(VILLAGE, 'CLERK');
    const accept = (by: unknown, input: unknown) => {
      seen.push([by, input]);
      return Promise.resolve(handlingView(atVillage, VILLAGE));
    };
    const context = contextOf({ [VILLAGE]: { handling: { accept } } }, VILLAGE, viewer);
    const { result } = await run('handling', query, context, { input: { id: atVillage.id, note: ' ' } });
    expect(result).toEqual({ data: { acceptCase: { case: { id: atVillage.id, state: 'FILED' }, errors: [] } } });
    expect(seen).toEqual([[viewer, { id: atVillage.id, note: null, idempotencyKey: null }]]);
  });

  test('that a rule refuses answer with its code, article and node as data', async () => {
    const options = { article: ARTICLES.oneTimeNotice, field: 'materials' };
    const context = refusing(problem('MATERIALS_MISSING', 'No.', options));
    const { result, reported } = await run('handling', query, context, { input: { id: 'x' } });
    expect(result).toEqual({
      data: {
        acceptCase: {
          case: null,
          errors: [{ code: 'MATERIALS_MISSING', ...options, node: { code: VILLAGE }, custodian: null }],
        },
      },
    });
    expect(reported).toEqual([]);
  });

  test('that are refused for several faults name them all', async () => {
    const faults = new ProblemError([
      problem('CONSENT_MISSING', 'a', { field: 'consent' }).problem,
      problem('NOT_CUSTODIAN', 'b', { custodian: TOWNSHIP, node: OTHER_TOWNSHIP }).problem,
    ]);
    const { result } = await run('handling', query, refusing(faults), { input: { id: 'x' } });
    expect(result.data).toMatchObject({
      acceptCase: {
        errors: [
          { code: 'CONSENT_MISSING', node: { code: VILLAGE } },
          { code: 'NOT_CUSTODIAN', node: { code: OTHER_TOWNSHIP }, custodian: { code: TOWNSHIP } },
        ],
      },
    });
  });

  test('with faulty input name every fault and never reach the node', async () => {
    const context = refusing(new Error('It was reached.'));
    const input = { id: ' ', note: 'x'.repeat(1001), idempotencyKey: 'x' };
    const { result, reported } = await run('handling', query, context, { input });
    expect(result.data).toMatchObject({
      acceptCase: {
        case: null,
        errors: [
          { code: 'BAD_INPUT', field: 'id' },
          { code: 'BAD_INPUT', field: 'note' },
          { code: 'BAD_INPUT', field: 'idempotencyKey' },
        ],
      },
    });
    expect(reported).toEqual([]);
  });

  test('that break answer INTERNAL as an error and not as data', async () => {
    const ran = await run('handling', query, refusing(new Error(SECRET)), { input: { id: 'x' } });
    expect(errorsOf(ran)).toEqual([{ path: 'acceptCase', code: 'INTERNAL' }]);
    expect(JSON.stringify(ran.result)).not.toContain(SECRET);
    expect(ran.reported).toHaveLength(1);
  });

  test('that name no node are MISROUTED', async () => {
    const ran = await run('handling', query, contextOf({}), { input: { id: 'x' } });
    expect(errorsOf(ran)).toEqual([{ path: 'acceptCase', code: 'MISROUTED' }]);
  });

  test.each([
    ['acceptCase', 'accept', ''],
    ['forwardCase', 'forward', ''],
    ['refuseCase', 'refuse', ', reason: "r"'],
    ['returnCase', 'return', ', reason: "r"'],
    ['withdrawCase', 'withdraw', ', reason: "r"'],
    ['reviewCase', 'review', ', opinion: APPROVE'],
    ['decideCase', 'decide', ', outcome: GRANTED'],
    ['requestSupplement', 'requestSupplement', ', missing: [{material: "m", reason: "r"}]'],
  ] as const)('%s reaches its own service and no other', async (field, service, input) => {
    const done = () => Promise.resolve(handlingView(atVillage, VILLAGE));
    const context = contextOf({ [VILLAGE]: { handling: { [service]: done } } }, VILLAGE);
    const { result } = await run(
      'handling',
      `mutation { ${field}(input: {id: "x"${input}}) { errors { code } } }`,
      context,
    );
    expect(result).toEqual({ data: { [field]: { errors: [] } } });
  });
});

describe('filing', () => {
  const view: FilingView = {
    id: atVillage.id,
    number: atVillage.number,
    item: atVillage.item,
    filedAt: atVillage.filedAt,
    filedBy: '代办员',
    filingNode: VILLAGE,
    place: VILLAGE,
    acceptor: TOWNSHIP,
    decider: COUNTY,
    power: COUNTY,
    custodian: VILLAGE,
    applicant: { name: '张三', idType: 'RESIDENT_ID', idNumber: '110105********002X', phone: '138****0001' },
    consent: { givenBy: '张三', way: 'SIGNATURE', scope: '代办低保', givenAt: new Date('2026-03-02T01:00:00.000Z') },
    materials: atVillage.materials,
    answeredBy: VILLAGE,
    staleSince: null,
  };
  const input = (givenAt: string, phone = '13858600001') => `{
    item: "3310-MZ-001", materials: [],
    applicant: { name: "张三", idType: RESIDENT_ID, idNumber: "${SECRET}", phone: "${phone}" },
    consent: { givenBy: "张三", way: SIGNATURE, scope: "代办低保", givenAt: "${givenAt}" } }`;
  const fileCase = (text: string) =>
    `mutation { fileCase(input: ${text}) { trackingCode errors { code field article }
       case { number filedAt applicant { idNumber } consent { way givenAt } _custodian item { code _via } } } }`;

  function desk(filed: FileCaseInput[] = []): RoleContext {
    const file = (_: unknown, given: FileCaseInput) => {
      filed.push(given);
      return Promise.resolve({ filing: view, trackingCode: '4711' });
    };
    const supplement = () => Promise.resolve(view);
    return contextOf({ [VILLAGE]: { filing: { file, supplement } } }, VILLAGE);
  }

  test('answers with the case and the code on the slip', async () => {
    const filed: FileCaseInput[] = [];
    const { result } = await run('filing', fileCase(input('2026-03-02T09:00:00+08:00')), desk(filed));
    expect(result).toEqual({
      data: {
        fileCase: {
          trackingCode: '4711',
          errors: [],
          case: {
            number: view.number,
            filedAt: view.filedAt.toISOString(),
            applicant: { idNumber: '110105********002X' },
            consent: { way: 'SIGNATURE', givenAt: '2026-03-02T01:00:00.000Z' },
            _custodian: VILLAGE,
            item: { code: '3310-MZ-001', _via: VILLAGE },
          },
        },
      },
    });
    expect(filed).toMatchObject([
      { item: '3310-MZ-001', place: null, consent: { givenAt: '2026-03-02T01:00:00.000Z' } },
    ]);
  });

  test('with a faulty phone is refused as data and files nothing', async () => {
    const filed: FileCaseInput[] = [];
    const { result } = await run('filing', fileCase(input('2026-03-02T01:00:00Z', '12')), desk(filed));
    expect(result.data).toMatchObject({
      fileCase: { case: null, trackingCode: null, errors: [{ code: 'BAD_INPUT', field: 'applicant.phone' }] },
    });
    expect(filed).toEqual([]);
  });

  test.each(['yesterday', '2026-13-01T00:00:00Z', ''])('with a consent given at %j is BAD_INPUT', async (givenAt) => {
    const filed: FileCaseInput[] = [];
    const ran = await run('filing', fileCase(input(givenAt)), desk(filed));
    expect(errorsOf(ran)).toEqual([{ path: undefined, code: 'BAD_INPUT' }]);
    expect(filed).toEqual([]);
  });

  test('of a supplement without a material is refused as data', async () => {
    const text = 'mutation { supplementCase(input: {id: "x", materials: []}) { case { id } errors { code field } } }';
    expect((await run('filing', text, desk())).result.data).toEqual({
      supplementCase: { case: null, errors: [{ code: 'BAD_INPUT', field: 'materials' }] },
    });
  });

  test('of a supplement answers with the case', async () => {
    const material = '{name: "户口簿", fileName: "a.pdf", mediaType: "application/pdf", content: "JVBERi0="}';
    const text = `mutation { supplementCase(input: {id: "x", materials: [${material}]}) { case { id } errors { code } } }`;
    expect((await run('filing', text, desk())).result.data).toEqual({
      supplementCase: { case: { id: view.id }, errors: [] },
    });
  });
});

describe('lists', () => {
  /** The pages a node was asked for. */
  async function ask(args: string): Promise<{ ran: Ran; asked: PageRequest[] }> {
    const asked: PageRequest[] = [];
    const list = (_: unknown, __: unknown, page: PageRequest) => {
      asked.push(page);
      const nodes = [handlingView(atVillage, VILLAGE), handlingView(atTownship, VILLAGE)];
      return Promise.resolve({ nodes, cursors: ['c1', 'c2'], hasNextPage: true, hasPreviousPage: false });
    };
    const context = contextOf({ [VILLAGE]: { handling: { list } } }, VILLAGE);
    const text = `{ cases${args} { nodes { id } edges { cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    return { ran: await run('handling', text, context), asked };
  }

  test.each([
    ['', { first: 20, after: null }],
    ['(first: 1)', { first: 1, after: null }],
    ['(first: 200, after: "c")', { first: 200, after: 'c' }],
  ])('%s come page by page', async (args, page) => {
    const { ran, asked } = await ask(args);
    expect(asked).toEqual([page]);
    expect(ran.result.data).toMatchObject({
      cases: {
        nodes: [{ id: atVillage.id }, { id: atTownship.id }],
        edges: [{ cursor: 'c1' }, { cursor: 'c2' }],
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c2' },
      },
    });
  });

  test.each(['(first: 0)', '(first: -1)', '(first: 201)'])('%s are refused', async (args) => {
    const { ran, asked } = await ask(args);
    expect(ran.result.errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'first' } }]);
    expect(asked).toEqual([]);
  });

  test('without anything have no cursor', async () => {
    const list = () => Promise.resolve({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false });
    const context = contextOf({ [VILLAGE]: { catalogue: { list } } }, VILLAGE);
    const { result } = await run(
      'catalogue',
      `{ catalog(division: "${VILLAGE}") { nodes { takenInHere } pageInfo { startCursor endCursor } } }`,
      context,
    );
    expect(result).toEqual({ data: { catalog: { nodes: [], pageInfo: { startCursor: null, endCursor: null } } } });
  });
});

describe('the coverage of figures', () => {
  const none: Figures = {
    FILED: 0,
    SUPPLEMENT_REQUESTED: 0,
    ACCEPTED: 0,
    NOT_ACCEPTED: 0,
    GRANTED: 0,
    REFUSED: 0,
    DELIVERED: 0,
    WITHDRAWN: 0,
    TERMINATED: 0,
    VOIDED: 0,
    CLOSED: 0,
    CLOSED_IN_TIME: 0,
  };
  const mark = (node: string, behind: number, asOf: string | null): Watermark => ({
    node,
    seq: 7,
    behind,
    asOf: asOf === null ? null : new Date(asOf),
  });

  async function coverage(watermarks: Watermark[]): Promise<unknown> {
    const view: RollupView = {
      division: TOWNSHIP,
      from: '2026-03-01',
      to: '2026-03-02',
      figures: { ...none, FILED: 3 },
      items: [{ item: '3310-MZ-001', figures: none }],
      nodes: [],
      watermarks,
      answeredBy: TOWNSHIP,
    };
    const context = contextOf({ [TOWNSHIP]: { figures: { rollup: () => Promise.resolve(view) } } }, TOWNSHIP);
    const { result } = await run(
      'figures',
      `{ rollup(division: "${TOWNSHIP}", from: "2026-03-01", to: "2026-03-02") {
           figures { filed } coverage { expected covered complete asOf } } }`,
      context,
    );
    expect(result.data).toMatchObject({ rollup: { figures: { filed: 3 } } });
    return (result.data?.rollup as { coverage: unknown } | undefined)?.coverage;
  }

  test('is complete when every node was heard of without a gap, up to the oldest word', async () => {
    const marks = [mark(TOWNSHIP, 0, '2026-03-02T02:00:00.000Z'), mark(VILLAGE, 0, '2026-03-02T01:00:00.000Z')];
    expect(await coverage(marks)).toEqual({
      expected: 2,
      covered: 2,
      complete: true,
      asOf: '2026-03-02T01:00:00.000Z',
    });
  });

  test('is not complete while a node is behind', async () => {
    const marks = [mark(TOWNSHIP, 0, '2026-03-02T02:00:00.000Z'), mark(VILLAGE, 1, '2026-03-02T03:00:00.000Z')];
    expect(await coverage(marks)).toMatchObject({ expected: 2, covered: 1, complete: false });
  });

  test('is not complete, and as of no moment, while a node was never heard of', async () => {
    const marks = [
      mark(TOWNSHIP, 0, '2026-03-02T02:00:00.000Z'),
      mark(VILLAGE, 0, null),
      mark(NEIGHBOUR_VILLAGE, 0, '2026-03-02T02:00:00.000Z'),
    ];
    expect(await coverage(marks)).toEqual({ expected: 3, covered: 2, complete: false, asOf: null });
  });
});

test('a problem’s extensions leave the custodian out where there is none', () => {
  expect(extensionsOf(problem('NOT_FOUND', 'No.', { field: 'id', node: VILLAGE }).problem)).toEqual({
    code: 'NOT_FOUND',
    article: null,
    field: 'id',
    node: VILLAGE,
  });
  expect(extensionsOf(problem('NOT_CUSTODIAN', 'No.', { custodian: TOWNSHIP }).problem).custodian).toBe(TOWNSHIP);
});
