import type { RoleResult } from '@liandong/schema/wire';
import fc from 'fast-check';
import type { ExecutionResult } from 'graphql';
import { parse } from 'graphql';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { GatewayContext } from './context.ts';
import { Registry } from './registry.ts';
import { ROLES } from './roles.ts';
import { routedExecutor } from './route.ts';
import { faultsOf } from './testing/faults.ts';
import type { HostName } from './testing/memory-federation.ts';
import {
  CALLER_OPTIONS,
  CITY,
  COUNTY,
  HOSTS,
  MemoryFederation,
  NOWHERE,
  OTHER_VILLAGE,
  THIRD_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  WITHOUT_NODE,
  asked,
  realDivisions,
  topologyOf,
} from './testing/memory-federation.ts';
import { COPIED_AT } from './testing/memory-views.ts';
import { personAt } from './testing/people.ts';
import { HostCaller } from './transport/index.ts';

/** A person whose desk knows none of these cases. */
const stranger = personAt(TOWNSHIP, 'CLERK');
const STALE = COPIED_AT.toISOString();

let federation: MemoryFederation;

beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

describe('the executor of a role', () => {
  const registry = () => new Registry(realDivisions(), topologyOf(HOSTS));
  const context = async (): Promise<GatewayContext> => ({
    viewer: stranger,
    token: await federation.tokens.token(stranger),
    deadline: performance.now() + 60_000,
    signal: null,
  });
  const executor = (role: 'handling' | 'filing') =>
    routedExecutor(ROLES[role], registry(), new HostCaller(() => federation.hosts, CALLER_OPTIONS));
  const execute = async (role: 'handling' | 'filing', document: string, variables: Record<string, unknown>) =>
    (await executor(role)({ document: parse(document), variables, context: await context() })) as ExecutionResult<
      Record<string, unknown>
    >;

  const nodes: { node: string; host: HostName }[] = [
    { node: CITY, host: 'city' },
    { node: COUNTY, host: 'county' },
    { node: TOWNSHIP, host: 'township' },
    { node: VILLAGE, host: 'villages' },
    { node: OTHER_VILLAGE, host: 'villages' },
  ];

  test('puts the answers of any keys over any hosts back in order, with the faults of the dead ones at their places', async () => {
    const key = fc.record({
      at: fc.constantFrom(...nodes, { node: NOWHERE, host: null }, { node: WITHOUT_NODE, host: null }),
      known: fc.boolean(),
    });
    const dead = fc.subarray<HostName>(['city', 'county', 'villages']);
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 30 }), dead, async (drawn, down) => {
        federation.reset();
        for (const host of down) federation.hosts.faults.set(host, 'dead');
        const keys = drawn.map(({ at, known }) => {
          const id =
            known && at.host !== null ? federation.file({ filingNode: at.node, custodian: at.node }) : '1-unknown';
          return { at, known, key: { id, at: at.node, via: null } };
        });
        const result = await execute('filing', 'query($k: [FilingKey!]!) { some: _filing(keys: $k) { id filedBy } }', {
          k: keys.map((k) => k.key),
        });
        const expected = keys.map(({ at, known, key: { id } }, i) => {
          const place = `some.${i}`;
          if (at.node === NOWHERE) return { value: null, fault: { place, code: 'UNKNOWN_DIVISION', node: NOWHERE } };
          if (at.host === null || down.includes(at.host)) {
            return { value: null, fault: { place, code: 'NODE_UNREACHABLE', node: at.node } };
          }
          if (!known) return { value: null, fault: { place, code: 'NOT_FOUND', node: at.node } };
          return { value: { id, filedBy: `told by ${at.node}` }, fault: null };
        });
        expect(result.data).toEqual({ some: expected.map((e) => e.value) });
        expect(faultsOf(result)).toEqual(expected.flatMap((e) => e.fault ?? []));
        // keys without a copy are asked once a host; only the caller's own desk is asked in place of others
        const sent = asked(federation.hosts).map((line) => line.split(' ', 1).join());
        for (const host of ['city', 'county', 'villages']) {
          expect(sent.filter((name) => name === host).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('answers several root fields of one request, each under its own name', async () => {
    const [a, b] = [federation.file(), federation.file({ filingNode: TOWNSHIP })];
    const result = await execute(
      'filing',
      `query($a: ID!, $keys: [FilingKey!]!) { one: case(id: $a) { ...F } many: _filing(keys: $keys) { ...F } }
       fragment F on Case { filedBy }`,
      {
        a,
        keys: [
          { id: b, at: TOWNSHIP },
          { id: a, at: VILLAGE },
          { id: b, at: TOWNSHIP },
        ],
      },
    );
    const [village, township] = [{ filedBy: `told by ${VILLAGE}` }, { filedBy: `told by ${TOWNSHIP}` }];
    expect(result).toEqual({ data: { one: village, many: [township, village, township] } });
    expect(asked(federation.hosts).sort()).toEqual(['township _filing[2]', 'villages case + _filing[1]']);
  });

  test('answers an empty list of keys without asking anybody', async () => {
    expect(await execute('handling', '{ _handling(keys: []) { id } }', {})).toEqual({ data: { _handling: [] } });
    expect(asked(federation.hosts)).toEqual([]);
  });

  test('asks a copy for as much as the owner: the flag that allows it goes with the key', async () => {
    const id = federation.file();
    federation.hosts.faults.set('county', 'dead');
    const keys = [{ id, at: COUNTY, via: VILLAGE }];
    const result = await execute('handling', 'query($k: [HandlingKey!]!) { _handling(keys: $k) { staleSince } }', {
      k: keys,
    });
    expect(result).toEqual({ data: { _handling: [{ staleSince: STALE }] } });
    expect(federation.hosts.requests.map(({ request }) => request.operations[0]?.variables)).toEqual([
      { _keys: [{ id, at: COUNTY, via: VILLAGE }] },
      { _keys: [{ id, at: VILLAGE, via: VILLAGE, copy: true }] },
    ]);
  });

  /** One host whose answer the test writes. */
  const over = (role: 'handling' | 'filing', result: RoleResult) =>
    routedExecutor(
      ROLES[role],
      registry(),
      new HostCaller(() => ({ send: async () => ({ results: [result] }), close: async () => {} }), CALLER_OPTIONS),
    );

  test('leaves faults further down at their places, with the node that the host names for them', async () => {
    const single = over('filing', {
      data: { case: { applicant: null, materials: [{ name: 'a' }, null] } },
      errors: [
        { message: 'a', path: ['case', 'applicant'], extensions: { code: 'FORBIDDEN', node: COUNTY } },
        { message: 'b', path: ['case', 'materials', 1], extensions: { code: 'INTERNAL', node: null } },
        { message: 'c', path: ['case', 'materials', 1, 'name'] },
      ],
    });
    const document = parse(`{ case(id: "${VILLAGE}-case-1") { applicant { name } materials { name } } }`);
    const result = (await single({ document, context: await context() })) as ExecutionResult;
    expect(result.data).toEqual({ case: { applicant: null, materials: [{ name: 'a' }, null] } });
    expect(faultsOf(result)).toEqual([
      { place: 'case.applicant', code: 'FORBIDDEN', node: COUNTY },
      { place: 'case.materials.1', code: 'INTERNAL', node: VILLAGE },
      { place: 'case.materials.1.name', code: 'INTERNAL', node: VILLAGE },
    ]);
  });

  test('moves them from the place in a host’s answer to the place in the whole', async () => {
    const keyed = over('filing', {
      data: { _filing: [{ applicant: null }] },
      errors: [{ message: 'a', path: ['_filing', 0, 'applicant'], extensions: { code: 'FORBIDDEN' } }],
    });
    const document = parse('query($k: [FilingKey!]!) { _filing(keys: $k) { applicant { name } } }');
    const k = [CITY, COUNTY, VILLAGE].map((at) => ({ id: '1', at }));
    const result = (await keyed({ document, variables: { k }, context: await context() })) as ExecutionResult;
    expect(result.data).toEqual({ _filing: [{ applicant: null }, { applicant: null }, { applicant: null }] });
    expect(faultsOf(result)).toEqual([
      { place: '_filing.0.applicant', code: 'FORBIDDEN', node: CITY },
      { place: '_filing.1.applicant', code: 'FORBIDDEN', node: COUNTY },
      { place: '_filing.2.applicant', code: 'FORBIDDEN', node: VILLAGE },
    ]);
  });

  test('names the custodian where the way to it was too long, and leaves the other keys their answers', async () => {
    const right = federation.file();
    const circle = federation.file({ holders: [TOWNSHIP], beliefs: { [TOWNSHIP]: COUNTY, [COUNTY]: TOWNSHIP } });
    const long = federation.file({
      holders: [CITY, TOWNSHIP, OTHER_VILLAGE, THIRD_VILLAGE],
      beliefs: {
        [COUNTY]: CITY,
        [CITY]: TOWNSHIP,
        [TOWNSHIP]: OTHER_VILLAGE,
        [OTHER_VILLAGE]: THIRD_VILLAGE,
        [THIRD_VILLAGE]: VILLAGE,
      },
    });
    const k = [right, circle, long, right].map((id) => ({ id, at: COUNTY, via: VILLAGE }));
    const result = await execute('handling', 'query($k: [HandlingKey!]!) { _handling(keys: $k) { id } }', { k });
    expect(result.data).toEqual({ _handling: [{ id: right }, null, null, { id: right }] });
    expect(result.errors?.map(({ path, extensions }) => ({ path, extensions }))).toEqual([
      { path: ['_handling', 1], extensions: { code: 'CASE_IN_TRANSIT', node: TOWNSHIP, custodian: COUNTY } },
      { path: ['_handling', 2], extensions: { code: 'CASE_IN_TRANSIT', node: VILLAGE, custodian: COUNTY } },
    ]);
  });

  test('refuses a root field it has no route for as INTERNAL', async () => {
    const result = await execute('handling', '{ case(id: "1") { id } }', {});
    expect(result.data).toEqual({ case: null });
    expect(faultsOf(result)).toMatchObject([{ place: 'case', code: 'INTERNAL' }]);
  });

  test('takes a host that does not understand the question at its word', async () => {
    const id = federation.file();
    const result = await execute('filing', 'query($id: ID!) { case(id: $id) { nonsense } }', { id });
    expect(result.data).toEqual({ case: null });
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'BAD_INPUT', node: VILLAGE }]);
    const keyed = await execute('filing', 'query($k: [FilingKey!]!) { _filing(keys: $k) { nonsense } }', {
      k: [
        { id, at: VILLAGE },
        { id, at: COUNTY },
      ],
    });
    expect(keyed.data).toEqual({ _filing: [null, null] });
    expect(faultsOf(keyed)).toEqual([
      { place: '_filing.0', code: 'BAD_INPUT', node: VILLAGE },
      { place: '_filing.1', code: 'BAD_INPUT', node: COUNTY },
    ]);
  });
});
