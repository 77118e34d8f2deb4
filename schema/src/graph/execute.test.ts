import { describe, expect, test } from 'vitest';
import { problem } from '../kernel/errors.ts';
import { ARTICLES } from '../kernel/articles.ts';
import { COUNTY, implementationOf, itemOf, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { atTownship, atVillage, errorsOf, run, SECRET } from '../testing/run-role.ts';
import { contextOf, doing, handlingView } from '../testing/services.ts';
import { filing } from '../domains/filing/operations.ts';
import { extensionsOf } from './execute.ts';
import type { HandlingKey } from '../domains/handling/views.ts';
import type { RoleContext } from './services.ts';

describe('an operation that cannot be executed', () => {
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

  test.each(['2026-06-16 10:00', '1', 'June 2026', '2026-02-30T00:00:00Z'])(
    'for a variable that is no instant of one meaning is BAD_INPUT: %s',
    async (dueBefore) => {
      const query = 'query($filter: CaseFilter) { cases(filter: $filter) { nodes { id } } }';
      const { result, reported } = await run('handling', query, nobody, { filter: { dueBefore } });
      expect(result.errors).toMatchObject([
        { message: expect.stringContaining('2026-03-02T01:30:00.000Z'), extensions: { code: 'BAD_INPUT' } },
      ]);
      expect(reported).toEqual([]);
    },
  );

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
    contextOf({ [VILLAGE]: doing(filing, { case: () => Promise.reject(thrown as Error) }) }, VILLAGE);

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
    const refused = () => Promise.reject(problem('FORBIDDEN', 'No.'));
    const context = contextOf({ [VILLAGE]: doing(filing, { case: refused }) }, VILLAGE);
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

  /** A host of village and township that records the questions to each. */
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

test('a problem’s extensions leave the custodian out where there is none', () => {
  expect(extensionsOf(problem('NOT_FOUND', 'No.', { field: 'id', node: VILLAGE }).problem)).toEqual({
    code: 'NOT_FOUND',
    article: null,
    field: 'id',
    node: VILLAGE,
  });
  expect(extensionsOf(problem('NOT_CUSTODIAN', 'No.', { custodian: TOWNSHIP }).problem).custodian).toBe(TOWNSHIP);
});
