import type { ErrorCode } from '@liandong/schema/kernel';
import { CLIENT_LIMITS, limitFaults } from '@liandong/schema/graph';
import { problem } from '@liandong/schema/kernel';
import { parse } from 'graphql';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Gathered } from './gather.ts';
import { GatherRuns } from './gather-runs.ts';
import { heavyRoots } from './gather-weights.ts';
import { Registry } from './registry.ts';
import {
  CITY,
  COUNTY,
  MemoryFederation,
  NOWHERE,
  TOWNSHIP,
  VILLAGE,
  asked,
  realDivisions,
  topologyOf,
} from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';
import { TestGateway, codesOf } from './testing/test-gateway.ts';

const clerk = personAt(COUNTY, 'CLERK');
const DRIFT = `catalogDrift(division: "${COUNTY}") { drift { element } coverage { answered } }`;
const ONE_RUN = [
  'city _catalogueBases[1]',
  'county _catalogueDrifts[1]',
  'township _catalogueDrifts[1]',
  'villages _catalogueDrifts[3]',
];

describe('a question to all nodes of a division', () => {
  let federation: MemoryFederation;
  beforeEach(async () => {
    federation = await MemoryFederation.open();
  });

  test('that one operation asks twenty times is asked of each host once', async () => {
    const query = `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: ${DRIFT}`).join(' ')} }`;
    const { data, errors } = await federation.ask(query, {}, clerk);
    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {})).toEqual(Array.from({ length: 20 }, () => data?.['a0']));
    expect(asked(federation.hosts)).toEqual(ONE_RUN);
  });

  test('that many ask at once is asked once, whoever they are', async () => {
    const askers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => federation.contextOf(i % 2 === 0 ? null : clerk)),
    );
    const answers = await Promise.all(askers.map((asker) => federation.askIn(asker, `{ ${DRIFT} }`)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(asked(federation.hosts)).toEqual(ONE_RUN);
  });

  test('is answered to the public as a moment ago, and to a person anew', async () => {
    await federation.ask(`{ ${DRIFT} }`, {}, null);
    await federation.ask(`{ ${DRIFT} }`, {}, null);
    expect(asked(federation.hosts)).toEqual(ONE_RUN);
    await federation.ask(`{ ${DRIFT} }`, {}, clerk);
    expect(asked(federation.hosts)).toEqual([...ONE_RUN, ...ONE_RUN]);
  });

  test('of another kind or another division is another question', async () => {
    const query = `{
      ${DRIFT}
      other: catalogDrift(division: "${VILLAGE}") { coverage { answered } }
      rosterCoverage(division: "${VILLAGE}") { covered }
    }`;
    const { errors } = await federation.ask(query, {}, null);
    expect(errors).toBeUndefined();
    const questions = federation.hosts.requests.flatMap(({ request }) => request.operations);
    expect(questions.filter(({ query: text }) => text.includes('_catalogueDrifts'))).toHaveLength(4);
    expect(questions.filter(({ query: text }) => text.includes('_placeRosters'))).toHaveLength(1);
  });
});

describe('the runs of such questions', () => {
  let now: number;
  let runs: GatherRuns;
  let count: number;
  beforeEach(() => {
    now = 0;
    count = 0;
    runs = new GatherRuns(() => now);
  });
  const gathered = (silent: ErrorCode[] = []): Gathered => ({
    roster: {
      division: COUNTY,
      places: 1,
      covered: 1,
      gaps: [],
      withoutNode: [],
      coverage: { expected: 1, answered: 1 - silent.length, silent: silent.map((code) => ({ node: VILLAGE, code })) },
    },
  });
  const ask = (answer: Gathered, key = 'a', isPublic = true) =>
    runs.of(key, isPublic, async () => {
      count++;
      return answer;
    });

  test.each<[string, ErrorCode[], number]>([
    ['a minute', [], 60_000],
    ['ten seconds when a node is silent', ['NODE_UNREACHABLE'], 10_000],
  ])('serve the public for %s', async (_, silent, ms) => {
    const first = await ask(gathered(silent));
    now = ms - 1;
    expect(await ask(gathered(silent))).toBe(first);
    now = ms;
    expect(await ask(gathered(silent))).not.toBe(first);
    expect(count).toBe(2);
  });

  test('that fail are not remembered', async () => {
    const fail = () => runs.of('a', true, () => Promise.reject(problem('INTERNAL', 'no')));
    await expect(fail()).rejects.toThrow('no');
    expect(await ask(gathered())).toEqual(gathered());
  });

  test('are not remembered without end', async () => {
    const gaps = Array.from({ length: 10_000 }, () => ({ place: VILLAGE, agents: 0, gaps: [] }));
    const { roster } = gathered();
    if (!roster) throw new Error('no roster');
    for (let i = 0; i < 20; i++) await ask({ roster: { ...roster, gaps } }, String(i));
    count = 0;
    for (let i = 0; i < 20; i++) await ask({ roster: { ...roster, gaps } }, String(i));
    expect(count).toBeGreaterThan(10);
  });
});

describe('a question weighs', () => {
  let registry: Registry;
  beforeAll(() => {
    const divisions = realDivisions();
    registry = new Registry(divisions, topologyOf({ all: divisions.subtree(CITY).map(({ code }) => code) }));
  });
  const faults = (query: string, variables: Record<string, unknown> = {}, viewer: typeof clerk | null = clerk) =>
    limitFaults(parse(query), CLIENT_LIMITS, heavyRoots(registry, viewer, variables)).map(({ message }) => message);
  const drifts = (count: number, division: string) =>
    Array.from({ length: count }, (_, i) => `a${i}: catalogDrift(division: ${division}) { basisStale }`).join(' ');
  const TOO_MUCH = ['The question asks for too much at once; 30000 is the most.'];

  test('what all the nodes it is put to weigh', () => {
    expect(faults(`{ ${drifts(2, `"${CITY}"`)} }`)).toEqual([]);
    expect(faults(`{ ${drifts(3, `"${CITY}"`)} }`)).toEqual(TOO_MUCH);
    expect(faults(`{ ${drifts(20, `"${TOWNSHIP}"`)} }`)).toEqual([]);
    expect(faults(`{ ${drifts(20, `"${NOWHERE}"`)} }`)).toEqual([]);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['a number', `{ ${drifts(3, CITY)} }`, {}],
    ['a variable', `query ($d: ID!) { ${drifts(3, '$d')} }`, { d: CITY }],
    ['a variable that is a number', `query ($d: ID!) { ${drifts(3, '$d')} }`, { d: Number(CITY) }],
    ['the default of a variable', `query ($d: ID! = "${CITY}") { ${drifts(3, '$d')} }`, {}],
  ])('the same when its division is given by %s', (_, query, variables) => {
    expect(faults(query, variables)).toEqual(TOO_MUCH);
  });

  test('the same in fragments', () => {
    const fragment = `fragment F on Query { ${drifts(3, `"${CITY}"`)} }`;
    expect(faults(`{ ...F } ${fragment}`)).toEqual(TOO_MUCH);
    expect(faults(`{ ... { ...F } } ${fragment}`)).toEqual(TOO_MUCH);
  });

  test('for somebody without a login at most two questions to many nodes', () => {
    const two = `rosterCoverage(division: "${TOWNSHIP}") { covered } ${drifts(1, `"${TOWNSHIP}"`)}`;
    expect(faults(`{ ${two} }`, {}, null)).toEqual([]);
    const three = `{ ${two} b: catalogDrift(division: "${VILLAGE}") { basisStale } }`;
    expect(faults(three, {}, null)).toEqual(['The question asks too many nodes too often at once; 2 is the most.']);
    expect(faults(three)).toEqual([]);
  });
});

describe('the gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.open();
  });
  afterEach(() => gateway.close());

  test('refuses a stranger twenty questions to all nodes in one, and asks nobody', async () => {
    const query = `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: ${DRIFT}`).join(' ')} }`;
    // also if a caller with that right sent the same text before, so that it is in the cache of sound documents
    expect((await gateway.askAs(clerk, query)).errors).toEqual([]);
    gateway.hosts.requests.length = 0;
    expect(codesOf(await gateway.ask(query))).toEqual(['QUERY_TOO_LARGE']);
    expect(gateway.hosts.requests).toEqual([]);
    expect((await gateway.ask(`{ ${DRIFT} }`)).errors).toEqual([]);
  });
});
