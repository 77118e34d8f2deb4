import type { Item } from '@liandong/schema/domains/catalogue';
import type { Viewer } from '@liandong/schema/operation';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CITY,
  COUNTY,
  ITEM,
  MemoryFederation,
  NOWHERE,
  OTHER_VILLAGE,
  THIRD_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  WITHOUT_NODE,
  asked,
} from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';

const QUERY = `query Drift($division: ID!) {
  catalogDrift(division: $division) {
    division { code name }
    basis { code }
    basisStale
    found: drift { node { code tier } itemCode item { code name legalBasis version } element own basic kind }
    coverage { ...Covered }
  }
}
fragment Covered on SubtreeCoverage { expected answered silent { node { code } code } }`;

interface Found {
  division: { code: string; name: string };
  basis: { code: string } | null;
  basisStale: boolean;
  found: {
    node: { code: string; tier: string };
    itemCode: string;
    item: { code: string; name: string; version: number } | null;
    element: string;
    kind: string;
  }[];
  coverage: { expected: number; answered: number; silent: { node: { code: string }; code: string }[] };
}

let federation: MemoryFederation;
const originals = new Map<string, Item>();

beforeAll(async () => {
  federation = await MemoryFederation.open();
  for (const node of federation.hosts.nodes()) {
    const item = node.items.get(ITEM);
    if (item)
      originals.set(node.code, {
        ...item,
        standard: {
          ...item.standard,
          materials: [{ name: '申请表', required: true, providedBy: 'APPLICANT', held: false }],
        },
      });
    node.items.clear();
  }
  restore();
});
afterEach(() => {
  federation.reset();
  restore();
});

function restore(): void {
  for (const node of federation.hosts.nodes()) {
    const item = originals.get(node.code);
    node.items.clear();
    if (item) node.items.set(ITEM, item);
    node.seq = 1;
  }
}

const change = (code: string, changed: Partial<Item>) => {
  const node = federation.hosts.node(code);
  const item = originals.get(code);
  if (item) node.items.set(ITEM, { ...item, ...changed });
};
/** Asked by a person, because the public gets the last answer for a while. */
const drift = async (division: string, viewer: Viewer | null = personAt(COUNTY, 'CLERK')): Promise<Found> => {
  const { data, errors } = await federation.ask(QUERY, { division }, viewer);
  expect(errors).toBeUndefined();
  return data?.['catalogDrift'] as Found;
};
const lines = ({ found }: Found) => found.map((d) => `${d.node.code} ${d.element} ${d.kind}`);

describe('the drift of a division', () => {
  test('is none where every node holds what the city has, without a login', async () => {
    expect(await drift(CITY, null)).toEqual({
      division: { code: CITY, name: '台州市' },
      basis: { code: CITY },
      basisStale: false,
      found: [],
      coverage: { expected: 6, answered: 6, silent: [] },
    });
  });

  test('is asked of every node within the division, one request a host', async () => {
    await drift(COUNTY);
    expect(asked(federation.hosts)).toEqual([
      'city _catalogueBases[1]',
      'county _catalogueDrifts[1]',
      'township _catalogueDrifts[1]',
      'villages _catalogueDrifts[3]',
    ]);
  });

  test('names each place with its node, parents before children', async () => {
    change(VILLAGE, { version: 1, name: '低保' });
    change(CITY, { version: 2 });
    const county = federation.hosts.node(COUNTY);
    const own = county.implementations.get(`${ITEM} ${COUNTY}`);
    if (!own) throw new Error('no implementation');
    county.implementations.set(`${ITEM} ${COUNTY}`, { ...own, promised: { days: 25, unit: 'WORKDAY' } });
    federation.hosts.node(THIRD_VILLAGE).items.clear();
    const found = await drift(COUNTY);
    county.implementations.set(`${ITEM} ${COUNTY}`, own);
    expect(found.found.every(({ item }) => item?.code === ITEM && item.version === 2)).toBe(true);
    expect(lines(found)).toEqual([
      `${COUNTY} version OUTDATED_VERSION`,
      `${COUNTY} implementation.itemVersion OUTDATED_VERSION`,
      `${COUNTY} implementation.promised WORSE`,
      `${TOWNSHIP} version OUTDATED_VERSION`,
      `${VILLAGE} version OUTDATED_VERSION`,
      `${VILLAGE} name DIFFERENT`,
      `${THIRD_VILLAGE} item MISSING`,
      `${OTHER_VILLAGE} version OUTDATED_VERSION`,
    ]);
    expect(found.found.find((d) => d.element === 'name')).toMatchObject({
      node: { code: VILLAGE, tier: 'VILLAGE' },
      own: '低保',
      basic: '最低生活保障审核确认',
    });
  });

  test.each(['dead', 'slow', 'refusing', 'misrouted', 'broken'] as const)(
    'loses a %s host’s part alone, and names its nodes',
    async (fault) => {
      const hasty = await MemoryFederation.open({ hostTimeoutMs: 200 });
      hasty.hosts.faults.set('villages', fault);
      const { data } = await hasty.ask(QUERY, { division: COUNTY }, null);
      const { coverage, basisStale } = (data as { catalogDrift: Found }).catalogDrift;
      expect([coverage.expected, coverage.answered, basisStale]).toEqual([5, 2, false]);
      expect(coverage.silent.map(({ node }) => node.code)).toEqual([VILLAGE, THIRD_VILLAGE, OTHER_VILLAGE]);
      expect(new Set(coverage.silent.map(({ code }) => code)).size).toBe(1);
    },
  );

  test('names a single node that can not answer, and keeps its neighbours on the same host', async () => {
    federation.hosts.node(VILLAGE).fault = new Error('no table');
    const { coverage } = await drift(TOWNSHIP);
    expect(coverage).toEqual({
      expected: 4,
      answered: 3,
      silent: [{ node: { code: VILLAGE }, code: 'INTERNAL' }],
    });
  });

  test('is measured by the copy that is furthest on while the city is silent, and says so', async () => {
    federation.hosts.faults.set('city', 'dead');
    change(TOWNSHIP, { version: 2 });
    federation.hosts.node(TOWNSHIP).seq = 9;
    const found = await drift(COUNTY);
    expect([found.basis, found.basisStale]).toEqual([{ code: TOWNSHIP }, true]);
    expect(lines(found)).toContain(`${VILLAGE} version OUTDATED_VERSION`);
    expect(lines(found)).not.toContain(`${TOWNSHIP} version OUTDATED_VERSION`);
  });

  test('has no basis and says so when nobody answers', async () => {
    for (const host of ['city', 'county', 'township', 'villages']) federation.hosts.faults.set(host, 'dead');
    const found = await drift(TOWNSHIP);
    expect([found.basis, found.basisStale, found.found, found.coverage.answered]).toEqual([null, true, [], 0]);
    expect(found.coverage.silent).toHaveLength(4);
  });

  test('expects nobody where no node is, and refuses a code that is no place', async () => {
    expect((await drift(WITHOUT_NODE)).coverage).toEqual({ expected: 0, answered: 0, silent: [] });
    const { errors } = await federation.ask(QUERY, { division: NOWHERE }, null);
    expect(errors?.[0]).toMatchObject({ path: ['catalogDrift'], extensions: { code: 'UNKNOWN_DIVISION' } });
  });

  test('is refused by a node that is asked for it alone', async () => {
    const host = federation.registry.hostOf(COUNTY);
    const query = 'query Drift($division: ID!) { catalogDrift(division: $division) { basisStale } }';
    const operation = { role: 'catalogue', at: COUNTY, query, variables: { division: COUNTY }, token: null } as const;
    const reply = await federation.hosts.send(host, { operations: [operation], budgetMs: 1_000 }, 1_000);
    expect(reply).toMatchObject({ results: [{ errors: [{ extensions: { code: 'MISROUTED' } }] }] });
  });
});

describe('a guide and the figures of standardization', () => {
  const query = `{
    guide(item: "${ITEM}", division: "${VILLAGE}") { markdown item { code } }
    standardization(division: "${COUNTY}") { division { name } present { items withinOneVisitShare } days { day } }
  }`;

  test('are answered by the division’s own node, without a login', async () => {
    const { data, errors } = await federation.ask(query, {}, null);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      guide: { markdown: `# told by ${VILLAGE}`, item: { code: ITEM } },
      standardization: { division: { name: '三门县' }, present: { items: 1, withinOneVisitShare: 1 }, days: [] },
    });
  });

  test('do not need the levels above, and are missing alone when their own node is dead', async () => {
    federation.hosts.faults.set('city', 'dead');
    federation.hosts.faults.set('county', 'dead');
    const { data, errors } = await federation.ask(query, {}, null);
    expect(data).toMatchObject({ guide: { markdown: `# told by ${VILLAGE}` }, standardization: null });
    expect(errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['standardization'], 'NODE_UNREACHABLE'],
    ]);
  });
});
