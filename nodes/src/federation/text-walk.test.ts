import type { Role } from '@liandong/schema/kernel';
import type { RoleName } from '@liandong/schema/wire';
import type { Viewer } from '@liandong/schema/operation';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { roleSchema } from '@liandong/schema/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { application, material } from '../testing/cases.ts';
import type { Call, Samples } from '../testing/inputs.ts';
import { textPlaces } from '../testing/inputs.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

const DESKS = [CITY, COUNTY, TOWNSHIP, VILLAGE];
const ROOT_FIELDS = ROLE_SCHEMAS.flatMap((role) =>
  (['query', 'mutation'] as const).flatMap((kind) => {
    const schema = roleSchema(role);
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
    return Object.keys(root?.getFields() ?? {}).map((field) => ({ role, kind, field }));
  }),
);
const SAMPLES: Samples = {
  keys: [{ id: `${VILLAGE}-00000000-0000-4000-8000-000000000000`, at: VILLAGE }],
  applicant: application().applicant,
  consent: application().consent,
  materials: [material('身份证明')],
  item: '3310-MZ-001',
  place: VILLAGE,
  division: VILLAGE,
};
const placesOf = ({ role, kind, field }: (typeof ROOT_FIELDS)[number]) => {
  // inputs that are whole objects elsewhere have fields of their own here
  const { applicant: _a, consent: _c, materials: _m, keys: _k, ...samples } = SAMPLES;
  return textPlaces(roleSchema(role), kind, field, samples);
};

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: DESKS });
});
afterAll(() => federation.stop());

/** A node's answers to calls, one after the other: codes of refusals and the fields they name. */
async function faultsOf(node: string, role: RoleName, calls: readonly Call[], viewer: Viewer | null) {
  const token = viewer && (await federation.token(viewer));
  const operations = calls.map((call) => ({ role, at: node, token, ...call }));
  const reply = await federation.host(node).answer({ operations, budgetMs: 60_000 });
  if (!('results' in reply)) throw new Error(reply.problem.message);
  return reply.results.map(({ data, errors = [] }) => {
    const [value] = Object.values(data ?? {}) as ({ errors?: { code: string; field: string | null }[] } | null)[];
    return [
      ...errors.map(({ extensions }) => [extensions?.code ?? 'none', extensions?.['field'] ?? null]),
      ...(value?.errors ?? []).map(({ code, field }) => [code, field]),
    ];
  });
}

const WITH_TEXTS = ROOT_FIELDS.filter((root) => placesOf(root).length > 0);

describe('a text that no database and no document can hold', () => {
  test.each(WITH_TEXTS)(
    'is refused with its place at $kind $field, before anybody is asked who they are',
    async (root) => {
      const places = placesOf(root);
      for (const sign of ['\u0000', '\ud83d']) {
        const calls = places.map(({ call }) => call(`文${sign}字`));
        const found = await faultsOf(VILLAGE, root.role, calls, null);
        expect([sign, found]).toEqual([sign, places.map(({ field }) => [['BAD_INPUT', field]])]);
      }
    },
  );
});

describe('a text of any other kind', () => {
  const POSTS: [string, Role, string | null][] = [
    [VILLAGE, 'AGENT', null],
    [TOWNSHIP, 'CLERK', null],
    [TOWNSHIP, 'CHIEF', null],
    [COUNTY, 'SUPERVISOR', null],
    [CITY, 'CATALOGUER', null],
    [TOWNSHIP, 'OPERATOR', null],
  ];

  test.each(WITH_TEXTS)('is never an internal error at $kind $field', async (root) => {
    const calls = placesOf(root).map(({ call }) => call('x😀\r\n\t%_\\'));
    for (const [node, post, department] of POSTS) {
      const found = await faultsOf(node, root.role, calls, personAt(node, post, department));
      const codes = found.flat().map(([code]) => code);
      expect([node, post, codes.filter((code) => code === 'none' || code === 'INTERNAL')]).toEqual([node, post, []]);
    }
  });
});

describe('a cursor that no list made', () => {
  const instant = '2026-06-16T10:00:00.000Z';
  const json = (...place: unknown[]) => JSON.stringify(place);
  test.each<[RoleName, string, Viewer | null, string]>([
    ['catalogue', `catalog(division: "${VILLAGE}", after: $after)`, null, json('e3b0c442', 0, 0, 'x\u0000')],
    ['handling', 'cases(after: $after)', personAt(VILLAGE, 'AGENT'), json([instant, 'x\u0000'], null, null, null)],
    ['handling', 'cases(after: $after)', personAt(VILLAGE, 'AGENT'), json([instant, 'x\ud83d'], null, null, null)],
    ['handling', 'cases(after: $after)', personAt(VILLAGE, 'AGENT'), json(['0000-06-16', 'x'], null, null, null)],
    [
      'handling',
      'cases(orderBy: REMAINING_DAYS, after: $after)',
      personAt(VILLAGE, 'AGENT'),
      json(null, null, null, [Number.MAX_SAFE_INTEGER, 'x']),
    ],
    ['enquiries', 'enquiries(after: $after)', personAt(VILLAGE, 'AGENT'), `0 ${instant} x\u0000`],
    ['enquiries', 'enquiries(after: $after)', personAt(VILLAGE, 'AGENT'), '0 0000-06-16T10:00:00.000Z x'],
    ['operators', 'parkedMessages(after: $after)', personAt(TOWNSHIP, 'OPERATOR'), json(instant, 'x\u0000')],
    [
      'operators',
      'parkedMessages(after: $after)',
      personAt(TOWNSHIP, 'OPERATOR'),
      json('0000-06-16', '00000000-0000-4000-8000-000000000000'),
    ],
    ['projects', 'projects(after: $after)', personAt(COUNTY, 'CLERK'), '2026-06-16 x\u0000'],
    ['projects', 'projects(after: $after)', personAt(COUNTY, 'CLERK'), '0000-06-16 x'],
    ['joint', 'opinionRequests(after: $after)', personAt(COUNTY, 'CLERK', '民政'), json(instant, 'x\u0000', 1)],
    ['joint', 'opinionRequests(after: $after)', personAt(COUNTY, 'CLERK', '民政'), json(instant, 'x', 2 ** 40)],
    ['joint', 'opinionRequests(after: $after)', personAt(COUNTY, 'CLERK', '民政'), json('0000-06-16', 'x', 1)],
  ])('is refused in the role %s by %s', async (role, field, viewer, place) => {
    const query = `query($after: String) { ${field} { __typename } }`;
    const variables = { after: Buffer.from(place).toString('base64url') };
    const found = await faultsOf(viewer?.division ?? VILLAGE, role, [{ query, variables }], viewer);
    expect(found).toEqual([[['BAD_INPUT', 'after']]]);
  });
});
