import type { Viewer } from '@liandong/schema/operation';
import type { ExecutionResult } from 'graphql';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from './testing/faults.ts';
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
  topologyOf,
} from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';

const QUERY = `query Cases($division: ID!, $filter: CasesWithinFilter, $first: Int, $after: String) {
  list: casesWithin(division: $division, filter: $filter, first: $first, after: $after) {
    edges { cursor node { id number state applicant { name } custodian { code name } } }
    pageInfo { hasNextPage endCursor }
    coverage { expected answered asOf nodes { node { code } asOf } silent { node { code name } code } }
  }
}`;

interface Listed {
  edges: { cursor: string; node: { id: string; number: string | null; custodian: { code: string } | null } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  coverage: { expected: number; answered: number; silent: { node: { code: string }; code: string }[] };
}

const supervisor = personAt(COUNTY, 'SUPERVISOR');
let federation: MemoryFederation;
beforeAll(async () => {
  federation = await MemoryFederation.open({ hostTimeoutMs: 300 });
});
afterEach(() => federation.reset());

const ask = (given: object = {}, viewer: Viewer | null = supervisor): Promise<ExecutionResult> =>
  federation.ask(QUERY, { division: COUNTY, first: 3, ...given }, viewer);
const list = async (given: object = {}, viewer: Viewer | null = supervisor): Promise<Listed> => {
  const { data, errors } = await ask(given, viewer);
  expect(errors).toBeUndefined();
  return data?.['list'] as Listed;
};
const idsOf = ({ edges }: Listed) => edges.map(({ node }) => node.id);
const silentOf = ({ coverage }: Listed) => coverage.silent.map(({ node, code }) => `${node.code} ${code}`);
/** Cases at desks in turn, in the order of their limits. */
const fileAt = (...desks: string[]) => desks.map((custodian) => federation.file({ filingNode: VILLAGE, custodian }));

describe('one list over the nodes of a division', () => {
  test('merges their work queues, asked with one request a host, and shows each part of a case from its owner', async () => {
    const ids = fileAt(TOWNSHIP, OTHER_VILLAGE, COUNTY, VILLAGE);
    const page = await list();
    expect(idsOf(page)).toEqual(ids.slice(0, 3));
    expect(page.edges[0]?.node).toEqual({
      id: ids[0],
      number: expect.any(String),
      state: 'REVIEWED',
      applicant: { name: '张三' },
      custodian: { code: TOWNSHIP, name: '亭旁镇' },
    });
    expect(page.pageInfo.hasNextPage).toBe(true);
    expect(page.coverage).toMatchObject({ expected: 5, answered: 5, silent: [], asOf: '2026-03-03T02:00:00.000Z' });
    expect(asked(federation.hosts).slice(0, 3)).toEqual([
      'county _casesWithin[1]',
      'township _casesWithin[1]',
      'villages _casesWithin[3]',
    ]);
    expect(asked(federation.hosts).slice(3).sort()).toEqual([
      'county _handling[1]',
      'township _handling[1]',
      'villages _filing[3] + _handling[1]',
    ]);
  });

  test('goes on where it was when a node moves to another host, and shows each case once', async () => {
    const own = await MemoryFederation.open();
    const ids = [TOWNSHIP, VILLAGE, TOWNSHIP, VILLAGE].map((custodian) => own.file({ filingNode: VILLAGE, custodian }));
    const read = async (after: string | null) => {
      const { data } = await own.ask(QUERY, { division: COUNTY, first: 2, after }, supervisor);
      return data?.['list'] as Listed;
    };
    const first = await read(null);
    own.hosts.move(VILLAGE, 'township');
    own.registry.replace(
      topologyOf(
        { city: [CITY], county: [COUNTY], township: [TOWNSHIP, VILLAGE], villages: [OTHER_VILLAGE, THIRD_VILLAGE] },
        2,
      ),
    );
    const second = await read(first.pageInfo.endCursor);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  test('names silent nodes and why, leaves their cases out, and tells them on a later page', async () => {
    const ids = fileAt(TOWNSHIP, VILLAGE, COUNTY, TOWNSHIP, COUNTY);
    federation.hosts.faults.set('township', 'dead');
    const first = await list({ first: 2 });
    expect(idsOf(first)).toEqual([ids[1], ids[2]]);
    expect(silentOf(first)).toEqual([`${TOWNSHIP} NODE_UNREACHABLE`]);
    expect(first.coverage).toMatchObject({ expected: 5, answered: 4 });
    federation.hosts.faults.clear();
    const second = await list({ after: first.pageInfo.endCursor });
    expect(idsOf(second)).toEqual([ids[0], ids[3], ids[4]]);
    expect(silentOf(second)).toEqual([]);
  });

  test('does not wait for a slow host, and shows no case from a copy', async () => {
    federation.file({ custodian: VILLAGE, holders: [COUNTY] });
    federation.hosts.faults.set('villages', 'slow');
    const page = await list();
    expect(idsOf(page)).toEqual([]);
    expect(silentOf(page)).toEqual([VILLAGE, THIRD_VILLAGE, OTHER_VILLAGE].map((node) => `${node} DEADLINE_EXCEEDED`));
  });

  test('of a place without a node is empty and expects none', async () => {
    const page = await list({ division: WITHOUT_NODE }, personAt(CITY, 'SUPERVISOR'));
    expect(page).toMatchObject({ edges: [], coverage: { expected: 0, answered: 0, silent: [] } });
    expect(federation.hosts.requests).toEqual([]);
  });

  test('is what all nodes show while all are silent: nothing, and each is named', async () => {
    for (const host of ['county', 'township', 'villages']) federation.hosts.faults.set(host, 'dead');
    const page = await list();
    expect([page.edges, page.coverage.answered, page.coverage.silent.length]).toEqual([[], 0, 5]);
  });
});

describe('one list over the nodes of a division is refused', () => {
  const codes = async (given: object, viewer: Viewer | null = supervisor) =>
    faultsOf(await ask(given, viewer)).map(({ place, code }) => `${place} ${String(code)}`);

  test.each([
    ['to a caller without a login', null, 'UNAUTHENTICATED'],
    ['to a supervisor of a division below', personAt(TOWNSHIP, 'SUPERVISOR'), 'FORBIDDEN'],
    ['to those who handle cases', personAt(COUNTY, 'CLERK'), 'FORBIDDEN'],
  ] as const)('%s', async (_, viewer, code) => {
    expect(await codes({}, viewer)).toEqual([`list ${code}`]);
  });

  test('for a division that is none', async () => {
    expect(await codes({ division: NOWHERE })).toEqual(['list UNKNOWN_DIVISION']);
  });

  test.each([
    ['no case', { first: 0 }],
    ['more cases than a page holds', { first: 201 }],
    ['a cursor that is none', { after: 'none' }],
    ['the viewer’s own cases', { filter: { handler: 'ME' } }],
  ])('for %s, before any host is asked', async (_, given) => {
    expect(await codes(given)).toEqual(['list BAD_INPUT']);
    expect(federation.hosts.requests).toEqual([]);
  });

  test('for a cursor of another filter or another division', async () => {
    fileAt(COUNTY, COUNTY);
    const { pageInfo } = await list({ filter: { overdue: true }, first: 1 });
    const after = pageInfo.endCursor;
    expect(await codes({ filter: { overdue: false }, after })).toEqual(['list BAD_INPUT']);
    expect(await codes({ division: TOWNSHIP, filter: { overdue: true }, after })).toEqual(['list BAD_INPUT']);
    expect(idsOf(await list({ filter: { overdue: true }, after }))).toHaveLength(1);
  });
});
