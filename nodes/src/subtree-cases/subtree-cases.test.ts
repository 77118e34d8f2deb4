import type { CasesAsked, CasesPart } from '@liandong/schema/domains/subtree-cases';
import { subtreeCases } from '@liandong/schema/domains/subtree-cases';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, codesOf } from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  personAt,
} from '../testing/test-federation.ts';

const supervisor = personAt(COUNTY, 'SUPERVISOR');
const BEGIN: CasesAsked = {
  filter: null,
  first: 3,
  from: { at: { urgent: null, running: null, paused: null }, behind: [] },
};

let federation: TestFederation;
/** Cases by the node that holds them, in the order they were filed. */
const filed: Record<DivisionCode, string[]> = { [TOWNSHIP]: [], [VILLAGE]: [], [OTHER_VILLAGE]: [] };

beforeAll(async () => {
  const together = [TOWNSHIP, VILLAGE, OTHER_VILLAGE];
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, ...together], together });
  const steps = new CaseSteps(federation);
  for (const node of [VILLAGE, OTHER_VILLAGE, TOWNSHIP, VILLAGE]) {
    const id = await steps.file(personAt(node, 'AGENT'), application({ place: null }));
    filed[node]?.push(id);
  }
});
afterAll(() => federation.stop());

const alone = (node: DivisionCode, viewer: Viewer, given: { after?: string | null; first?: number } = {}) =>
  federation
    .desk(node, subtreeCases)
    .casesWithin(viewer, { division: node }, { first: given.first ?? 20, after: given.after ?? null });

/** Asks the host of the township and its villages as the gateway does. */
async function together(nodes: readonly DivisionCode[], asked: unknown, viewer: Viewer | null = supervisor) {
  const { data, errors = [] } = await federation.ask(TOWNSHIP, {
    role: 'supervision',
    query: 'query ($keys: [CasesWithinKey!]!, $asked: String!) { _casesWithin(keys: $keys, asked: $asked) }',
    variables: { keys: nodes.map((at) => ({ at })), asked: JSON.stringify(asked) },
    token: viewer && (await federation.token(viewer)),
  });
  const parts = (data?.['_casesWithin'] ?? []) as (string | null)[];
  return {
    parts: parts.map((part) => (part === null ? null : (JSON.parse(part) as CasesPart))),
    codes: errors.map(({ path, extensions }) => `${path?.[1] ?? 'all'} ${extensions?.code}`),
  };
}

describe('the nodes of a host that are asked together', () => {
  test('give each what they have among the first of all of them, and one more', async () => {
    const { parts, codes } = await together([TOWNSHIP, VILLAGE, OTHER_VILLAGE], { ...BEGIN, first: 2 });
    expect(codes).toEqual([]);
    expect(parts.flatMap((part) => part?.rows ?? [])).toHaveLength(3);
    const known = new Set(Object.values(filed).flat());
    expect(parts.flatMap((part) => part?.rows.map(({ id }) => known.has(id)) ?? [])).toEqual([true, true, true]);
  });

  test('each go on from their own place', async () => {
    const { parts } = await together([VILLAGE], BEGIN);
    const [first, second] = parts[0]?.rows ?? [];
    expect(new Set([first?.id, second?.id])).toEqual(new Set(filed[VILLAGE]));
    const place = first && [first.key, VILLAGE, first.id];
    const after = { at: { ...BEGIN.from.at, running: place }, behind: [{ at: BEGIN.from.at, nodes: [OTHER_VILLAGE] }] };
    const rest = await together([VILLAGE, OTHER_VILLAGE], { ...BEGIN, from: after });
    expect(rest.parts.map((part) => part?.rows.map(({ id }) => id))).toEqual([[second?.id], filed[OTHER_VILLAGE]]);
  });

  test('refuse each for itself: a node that is not there is MISROUTED at its own place', async () => {
    const { parts, codes } = await together([COUNTY, VILLAGE], BEGIN);
    expect(codes).toEqual(['0 MISROUTED']);
    expect([parts[0], parts[1]?.rows.length]).toEqual([null, 2]);
  });

  test('refuse a page that is none', async () => {
    expect((await together([VILLAGE], { ...BEGIN, first: 201 })).codes).toEqual(['all BAD_INPUT']);
    expect((await together([VILLAGE], 'none')).codes).toEqual(['all BAD_INPUT']);
    expect((await together([VILLAGE], { ...BEGIN, filter: { handler: 'ME' } })).codes).toEqual(['all BAD_INPUT']);
  });

  test.each([
    ['a caller without a login', null, ['all UNAUTHENTICATED']],
    ['those who handle the cases', agent, ['0 FORBIDDEN', '1 FORBIDDEN']],
    ['a supervisor of another county', personAt('331023', 'SUPERVISOR'), ['0 FORBIDDEN', '1 FORBIDDEN']],
  ] as const)('refuse %s, each', async (_, viewer, codes) => {
    expect((await together([TOWNSHIP, VILLAGE], BEGIN, viewer)).codes).toEqual(codes);
  });

  test('give a supervisor of the township what its villages have, and not what the county has', async () => {
    const own = personAt(TOWNSHIP, 'SUPERVISOR');
    expect((await together([TOWNSHIP, VILLAGE], BEGIN, own)).codes).toEqual([]);
    await expect(codesOf(alone(COUNTY, own))).resolves.toEqual(['FORBIDDEN']);
  });
});

describe('a node that is asked alone', () => {
  test('answers for itself, page by page', async () => {
    const first = await alone(VILLAGE, supervisor, { first: 1 });
    expect(first).toMatchObject({ hasNextPage: true, coverage: { answered: [{ node: VILLAGE }], silent: [] } });
    const second = await alone(VILLAGE, supervisor, { after: first.cursors[0] ?? null });
    const ids = [...first.nodes, ...second.nodes].map(({ id }) => id);
    expect(ids.sort()).toEqual([...(filed[VILLAGE] ?? [])].sort());
  });

  test('does not show a case that waits for its receiver, or is closed', async () => {
    const steps = new CaseSteps(federation);
    const id = await steps.file();
    const shown = async () => (await alone(VILLAGE, supervisor)).nodes.some((one) => one.id === id);
    expect(await shown()).toBe(true);
    await federation.rows(VILLAGE, `UPDATE cases SET custody = 'IN_TRANSIT' WHERE node = $1 AND id = $2`, [
      VILLAGE,
      id,
    ]);
    expect(await shown()).toBe(false);
  });

  test('refuses a token for one case', async () => {
    await expect(codesOf(alone(VILLAGE, { ...supervisor, onlyCase: 'any' }))).resolves.toEqual(['FORBIDDEN']);
  });
});
