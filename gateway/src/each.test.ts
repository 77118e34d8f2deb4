import { parse } from 'graphql';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from './roles.ts';
import { routedExecutor } from './route.ts';
import { faultsOf } from './testing/faults.ts';
import {
  CALLER_OPTIONS,
  COUNTY,
  MemoryFederation,
  NOWHERE,
  OTHER_VILLAGE,
  THIRD_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  asked,
} from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';
import { HostCaller } from './transport/index.ts';

const clerk = personAt(COUNTY, 'CLERK');
const ACCEPT = `mutation($input: AcceptCasesInput!) {
  acceptCases(input: $input) { done: outcomes { id case { state number } errors { code node { code name } } } errors { code field } }
}`;
const PRINT = `query($each: [ResultDocumentsEachInput!]!) {
  papers: resultDocuments(each: $each) { id text errors { code node { code } } }
}`;
const keyed = (ids: readonly string[]) => ids.map((id, n) => ({ id, idempotencyKey: `key-of-${n}` }));

interface Outcome {
  id: string;
  case?: { state: string; number: string } | null;
  text?: string | null;
  errors: { code: string; node: { code: string } | null }[];
}
const codes = (outcomes: unknown) =>
  (outcomes as Outcome[]).map(({ errors: [first] }) => first && `${first.code} at ${first.node?.code}`);

let federation: MemoryFederation;
beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

const accept = async (ids: readonly string[], viewer: typeof clerk | null = clerk) =>
  federation.ask(ACCEPT, { input: { each: keyed(ids) } }, viewer);

describe('many cases at the caller’s desk', () => {
  test('are asked for in one question, wherever they were filed, and their parts come from the nodes that own them', async () => {
    const ids = [VILLAGE, OTHER_VILLAGE].map((filingNode) => federation.file({ filingNode }));
    const elsewhere = federation.file({ custodian: TOWNSHIP, holders: [COUNTY] });
    const { data, errors } = await accept([ids[0] ?? '', elsewhere, ids[1] ?? '']);
    expect(errors).toBeUndefined();
    expect(data?.['acceptCases']).toMatchObject({
      done: [
        { id: ids[0], case: { state: 'ACCEPTED', number: expect.any(String) }, errors: [] },
        { id: elsewhere, case: null, errors: [{ code: 'NOT_CUSTODIAN', node: { code: COUNTY, name: '三门县' } }] },
        { id: ids[1], case: { state: 'ACCEPTED', number: expect.any(String) }, errors: [] },
      ],
      errors: [],
    });
    expect(asked(federation.hosts)).toEqual(['county acceptCases', 'villages _filing[2]']);
  });

  test('are each refused with the reason when the desk can’t be reached, under the names they were asked for', async () => {
    const ids = [federation.file(), federation.file()];
    federation.hosts.faults.set('county', 'dead');
    const result = await accept(ids);
    expect(result.errors).toBeUndefined();
    const dead = { code: 'NODE_UNREACHABLE', node: { code: COUNTY, name: '三门县' } };
    expect(result.data?.['acceptCases']).toEqual({
      done: ids.map((id) => ({ id, case: null, errors: [dead] })),
      errors: [],
    });
  });

  test('are refused as a whole where they are too many, one comes twice, or nobody is signed in', async () => {
    const id = federation.file();
    const many = Array.from({ length: 201 }, (_, n) => `${VILLAGE}-${n}`);
    expect((await accept(many)).data?.['acceptCases']).toMatchObject({
      done: null,
      errors: [{ code: 'BAD_INPUT', field: 'each' }],
    });
    expect((await accept([id, id])).data?.['acceptCases']).toMatchObject({
      done: null,
      errors: [{ code: 'BAD_INPUT', field: 'each.1' }],
    });
    expect(faultsOf(await accept([id], null))).toMatchObject([{ place: 'acceptCases', code: 'UNAUTHENTICATED' }]);
  });
});

describe('many papers', () => {
  const print = async (ids: readonly string[], viewer: typeof clerk | null = clerk) =>
    federation.ask(PRINT, { each: ids.map((id) => ({ case: id })) }, viewer);

  test('are asked of the nodes that have them, one question a node, and keep their places', async () => {
    const drawn = [VILLAGE, TOWNSHIP, OTHER_VILLAGE, VILLAGE, TOWNSHIP];
    const ids = drawn.map((filingNode) => federation.file({ filingNode }));
    const { data, errors } = await print(ids);
    expect(errors).toBeUndefined();
    expect(data?.['papers']).toEqual(ids.map((id, n) => ({ id, text: `told by ${drawn[n]}`, errors: [] })));
    expect(asked(federation.hosts).sort()).toEqual([
      'township resultDocuments[2]',
      'villages resultDocuments[2] + resultDocuments[1]',
    ]);
  });

  test('of a dead node cost its own cases only, unless the caller’s desk has a copy', async () => {
    const here = federation.file({ filingNode: COUNTY });
    const copied = federation.file();
    const ids = [here, copied, `${NOWHERE}-case-1`, federation.file({ filingNode: TOWNSHIP, custodian: TOWNSHIP })];
    federation.hosts.faults.set('villages', 'dead');
    federation.hosts.faults.set('township', 'dead');
    const { data, errors } = await print(ids);
    expect(errors).toBeUndefined();
    const papers = data?.['papers'] as Outcome[];
    expect(papers.map(({ id }) => id)).toEqual(ids);
    expect(papers.map(({ text }) => text)).toEqual([`told by ${COUNTY}`, `told by ${COUNTY}`, null, null]);
    expect(codes(papers)).toEqual([
      undefined,
      undefined,
      `UNKNOWN_DIVISION at ${NOWHERE}`,
      `NODE_UNREACHABLE at ${TOWNSHIP}`,
    ]);
  });

  test('of a node with a fault of the program leave their places empty, with an error at each', async () => {
    const ids = [
      federation.file({ filingNode: TOWNSHIP }),
      federation.file(),
      federation.file({ filingNode: TOWNSHIP }),
    ];
    federation.hosts.node(TOWNSHIP).fault = new Error('out of memory');
    const result = await print(ids);
    expect(result.data?.['papers']).toEqual([null, { id: ids[1], text: `told by ${VILLAGE}`, errors: [] }, null]);
    expect(faultsOf(result)).toEqual([
      { place: 'papers.0', code: 'INTERNAL', node: TOWNSHIP },
      { place: 'papers.2', code: 'INTERNAL', node: TOWNSHIP },
    ]);
  });

  test('are refused as a whole where one comes twice, at whichever nodes they are', async () => {
    const [one, other] = [federation.file(), federation.file({ filingNode: TOWNSHIP })];
    const result = await print([one, other, one]);
    expect(result.data).toEqual({ papers: null });
    expect(faultsOf(result)).toEqual([{ place: 'papers', code: 'BAD_INPUT', node: VILLAGE }]);
  });
});

describe('a mutation for many whose cases name their nodes', () => {
  const route = { by: 'each', path: ['input', 'each'], one: { by: 'prefix', argument: 'id', copyAt: null } } as const;

  test('is divided by node; the outcomes come back to their places, and a dead node costs its own', async () => {
    const role = { ...ROLES.handling, routes: { ...ROLES.handling.routes, acceptCases: route } };
    const caller = new HostCaller(() => federation.hosts, CALLER_OPTIONS);
    const execute = routedExecutor(role, federation.registry, caller);
    const drawn = [VILLAGE, TOWNSHIP, OTHER_VILLAGE, COUNTY, TOWNSHIP];
    const ids = drawn.map((node) => federation.file({ filingNode: node, custodian: node }));
    federation.hosts.faults.set('county', 'dead');
    const document = parse(`mutation($each: [BulkCaseInput!]!) {
      all: acceptCases(input: { each: $each, note: "齐全" }) {
        a: outcomes { id case { state } } b: outcomes { errors { code } } __typename errors { code }
      }
    }`);
    const context = await federation.contextOf(clerk);
    const result = await execute({ document, variables: { each: keyed(ids) }, context });
    const fails = drawn.map((node) => node === COUNTY);
    expect(result).toEqual({
      data: {
        all: {
          a: ids.map((id, n) => ({ id, case: fails[n] ? null : { state: 'ACCEPTED' } })),
          b: ids.map((_, n) => ({ errors: fails[n] ? [{ code: 'NODE_UNREACHABLE' }] : [] })),
          __typename: 'CaseOutcomesPayload',
          errors: [],
        },
      },
    });
    expect(asked(federation.hosts).sort()).toEqual([
      'county acceptCases',
      'township acceptCases',
      'villages acceptCases + acceptCases',
    ]);
  });
});

describe('a question to every node of a division', () => {
  const operator = personAt(TOWNSHIP, 'OPERATOR');
  const FEEDS = `query($division: ID!) {
    nodeFeedsWithin(division: $division) {
      id node { code name } feeds { subscribers { subscriber { code } } } errors { code node { code } }
    }
  }`;
  const ask = (division: string, viewer: typeof clerk | null = operator) => federation.ask(FEEDS, { division }, viewer);

  test('is asked of each with the caller’s token, one request a host, parents before children', async () => {
    const { data, errors } = await ask(TOWNSHIP);
    expect(errors).toBeUndefined();
    const nodes = [TOWNSHIP, VILLAGE, THIRD_VILLAGE, OTHER_VILLAGE];
    const answers = data?.['nodeFeedsWithin'] as { id: string }[];
    expect(answers.map(({ id }) => id)).toEqual(nodes);
    expect(answers).toMatchObject(
      nodes.map((code) => ({ node: { code }, feeds: { subscribers: [{ subscriber: { code } }] }, errors: [] })),
    );
    expect(federation.hosts.requests.map(({ host }) => host).sort()).toEqual(['township', 'villages']);
  });

  test('about cases has their other parts from the nodes that own them', async () => {
    const filed = federation.file({ filingNode: VILLAGE, custodian: TOWNSHIP, holders: [VILLAGE] });
    const FIND = `query($division: ID!) {
      findCasesWithin(division: $division, by: NAME, value: "王秀英", purpose: "协查") {
        id cases { id state number item { name } } errors { code }
      }
    }`;
    const { data, errors } = await federation.ask(FIND, { division: TOWNSHIP }, personAt(COUNTY, 'SUPERVISOR'));
    expect(errors).toBeUndefined();
    const answers = data?.['findCasesWithin'] as { id: string; cases: object[] }[];
    const found = answers.filter(({ cases }) => cases.length > 0);
    const whole = { id: filed, number: expect.any(String), state: 'REVIEWED', item: { name: expect.any(String) } };
    expect(found).toMatchObject([
      { id: TOWNSHIP, cases: [whole] },
      { id: VILLAGE, cases: [whole] },
    ]);
  });

  test('has the reason at the place of each node that gave no answer', async () => {
    federation.hosts.faults.set('villages', 'dead');
    const { data, errors } = await ask(TOWNSHIP);
    expect(errors).toBeUndefined();
    expect(data?.['nodeFeedsWithin']).toMatchObject([
      { id: TOWNSHIP, feeds: { subscribers: [{}] }, errors: [] },
      ...[VILLAGE, THIRD_VILLAGE, OTHER_VILLAGE].map((code) => ({
        id: code,
        node: { code },
        feeds: null,
        errors: [{ code: 'NODE_UNREACHABLE', node: { code } }],
      })),
    ]);
  });

  test('of one node is that node’s answer, and its refusal if the node refuses', async () => {
    expect((await ask(VILLAGE)).data?.['nodeFeedsWithin']).toMatchObject([{ id: VILLAGE, errors: [] }]);
    const refused = await ask(VILLAGE, personAt(TOWNSHIP, 'CLERK'));
    expect(refused.data?.['nodeFeedsWithin']).toMatchObject([
      { id: VILLAGE, feeds: null, errors: [{ code: 'FORBIDDEN' }] },
    ]);
  });

  test('is refused outside the caller’s division and to the public, before any node is asked', async () => {
    expect(faultsOf(await ask(COUNTY))).toMatchObject([{ place: 'nodeFeedsWithin', code: 'FORBIDDEN' }]);
    expect(faultsOf(await ask(COUNTY, null))).toMatchObject([{ place: 'nodeFeedsWithin', code: 'UNAUTHENTICATED' }]);
    expect(faultsOf(await ask(NOWHERE))).toMatchObject([{ place: 'nodeFeedsWithin', code: 'UNKNOWN_DIVISION' }]);
    expect(asked(federation.hosts)).toEqual([]);
  });
});
