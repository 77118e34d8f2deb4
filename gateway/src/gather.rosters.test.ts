import type { PlaceRoster } from '@liandong/schema/domains/roster';
import type { Viewer } from '@liandong/schema/operation';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
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
} from './testing/memory-federation.ts';
import { ISSUER, personAt } from './testing/people.ts';

const QUERY = `query Rosters($division: ID!) {
  rosterCoverage(division: $division) {
    division { code } places covered
    gaps { place { code name } agents gaps }
    withoutNode { code }
    coverage { expected answered silent { node { code } code } }
  }
}`;

interface Found {
  division: { code: string };
  places: number;
  covered: number;
  gaps: { place: { code: string; name: string }; agents: number; gaps: string[] }[];
  withoutNode: { code: string }[];
  coverage: { expected: number; answered: number; silent: { node: { code: string }; code: string }[] };
}

const AGENCIES = [COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE, THIRD_VILLAGE];
const FULL: PlaceRoster = { agents: 1, gaps: [] };
let federation: MemoryFederation;
const say = (code: string, roster: PlaceRoster) => {
  federation.hosts.node(code).placeRoster = roster;
};
/** Asked by a person, because the public gets the last answer for a while. */
const coverage = async (division: string, viewer: Viewer | null = personAt(COUNTY, 'CLERK')): Promise<Found> => {
  const { data, errors } = await federation.ask(QUERY, { division }, viewer);
  expect(errors).toBeUndefined();
  return data?.['rosterCoverage'] as Found;
};

beforeAll(async () => {
  federation = await MemoryFederation.open();
  for (const code of AGENCIES) say(code, FULL);
});
afterEach(() => {
  federation.reset();
  for (const code of AGENCIES) say(code, FULL);
});

describe('the rosters of a division', () => {
  test('are asked of its townships and villages, one request a host, without a login', async () => {
    const found = await coverage(TOWNSHIP, null);
    expect(found).toMatchObject({ covered: 4, gaps: [], coverage: { expected: 4, answered: 4, silent: [] } });
    expect(asked(federation.hosts)).toEqual(['township _placeRosters[1]', 'villages _placeRosters[3]']);
  });

  test('name each place that lacks an agent, a stand-in or training, parents before children', async () => {
    say(VILLAGE, { agents: 0, gaps: ['NO_AGENT'] });
    say(TOWNSHIP, { agents: 2, gaps: ['NO_STAND_IN', 'TRAINING_LAPSED'] });
    const found = await coverage(COUNTY);
    expect(found.covered).toBe(4);
    expect(found.gaps).toEqual([
      { place: { code: TOWNSHIP, name: '亭旁镇' }, agents: 2, gaps: ['NO_STAND_IN', 'TRAINING_LAPSED'] },
      { place: { code: VILLAGE, name: '包家村委会' }, agents: 0, gaps: ['NO_AGENT'] },
    ]);
  });

  test('name the places without a node, and count every place of the register once', async () => {
    const found = await coverage(CITY);
    expect(found.places).toBe(9 + 136 + 3429);
    expect(found.withoutNode.length + found.coverage.expected).toBe(found.places);
    expect((await coverage(WITHOUT_NODE)).coverage).toEqual({ expected: 0, answered: 0, silent: [] });
  });

  test('of a silent host are named as silent, and counted neither as covered nor as lacking', async () => {
    const hasty = await MemoryFederation.open({ hostTimeoutMs: 200 });
    hasty.hosts.faults.set('villages', 'dead');
    const { data } = await hasty.ask(QUERY, { division: COUNTY }, null);
    const found = (data as { rosterCoverage: Found }).rosterCoverage;
    expect([found.coverage.expected, found.coverage.answered, found.covered]).toEqual([5, 2, 0]);
    expect(found.coverage.silent.map(({ node }) => node.code)).toEqual([VILLAGE, THIRD_VILLAGE, OTHER_VILLAGE]);
    expect(found.gaps.map(({ place }) => place.code)).toEqual([COUNTY, TOWNSHIP]);
  });

  test('are refused for a code that is no place', async () => {
    const { errors } = await federation.ask(QUERY, { division: NOWHERE }, null);
    expect(errors?.[0]).toMatchObject({ path: ['rosterCoverage'], extensions: { code: 'UNKNOWN_DIVISION' } });
  });
});

test("a township's chief keeps its village's roster at the village's own node", async () => {
  const keep = `mutation ($input: KeepRosterAgentInput!) { keepRosterAgent(input: $input) { errors { node { code } } } }`;
  const input = { division: VILLAGE, sub: 'a', name: '甲', employment: 'STAFF', from: '2026-03-02' };
  const chief = {
    issuer: ISSUER,
    sub: 'c',
    name: '首席',
    division: TOWNSHIP,
    roles: ['CHIEF'] as const,
    department: null,
  };
  const { data } = await federation.ask(keep, { input }, chief);
  // the node in memory refuses, and names itself
  expect(data).toEqual({ keepRosterAgent: { errors: [{ node: { code: VILLAGE } }] } });
});
