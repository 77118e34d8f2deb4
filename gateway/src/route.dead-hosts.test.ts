import type { ExecutionResult } from 'graphql';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, places, sorted } from './testing/faults.ts';
import type { Filed } from './testing/memory-federation.ts';
import {
  CITY,
  COUNTY,
  ITEM,
  JOURNEY,
  MemoryFederation,
  OTHER_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  asked,
} from './testing/memory-federation.ts';
import { COPIED_AT } from './testing/memory-views.ts';
import { personAt } from './testing/people.ts';

const clerk = personAt(COUNTY, 'CLERK');
/** A person whose desk knows none of these cases. */
const stranger = personAt(TOWNSHIP, 'CLERK');
const STALE = COPIED_AT.toISOString();
const HANDLING_FIELDS = ['clock', 'custodian', 'log', 'staleSince', 'state'];

let federation: MemoryFederation;

beforeAll(async () => {
  federation = await MemoryFederation.open({ hostTimeoutMs: 50 });
});
afterEach(() => federation.reset());

const journey = (id: string, viewer = clerk) => federation.ask(JOURNEY, { id }, viewer);

const pick = (data: ExecutionResult['data'], fields: readonly string[]) => {
  const found = (data?.['case'] ?? {}) as Record<string, unknown>;
  return Object.fromEntries(fields.map((field) => [field, found[field]]));
};

describe('a host that does not answer', () => {
  test.each(['dead', 'slow', 'misrouted', 'broken'] as const)(
    "leaves the decider's part to the copies of the filing node when the county is %s",
    async (fault) => {
      const id = federation.file();
      const whole = await journey(id);
      federation.hosts.faults.set('county', fault);
      const { data, errors } = await journey(id);
      expect(errors).toBeUndefined();
      const told = `told by ${VILLAGE}`;
      expect(data).toMatchObject({
        case: {
          staleSince: STALE,
          state: 'REVIEWED',
          log: [{ note: told }, { note: told }],
          implementation: { promisedDays: 18, materials: [{ name: told }, {}], staleSince: STALE },
        },
      });
      const mine = ['number', 'filedBy', 'applicationStaleSince', 'item', 'applicant'];
      expect(pick(data, mine)).toEqual(pick(whole.data, mine));
    },
  );

  test.each(['dead', 'slow', 'misrouted', 'broken'] as const)(
    'leaves the item to the copy of the filing node when the city is %s',
    async (fault) => {
      const id = federation.file();
      const whole = await journey(id);
      federation.hosts.faults.set('city', fault);
      const { data, errors } = await journey(id);
      expect(errors).toBeUndefined();
      const { case: wholeCase } = whole.data ?? {};
      expect(data).toEqual({
        case: {
          ...(wholeCase as Record<string, unknown>),
          item: {
            code: ITEM,
            name: '最低生活保障审核确认',
            legalBasis: '社会救助暂行办法',
            statutoryDays: 30,
            note: `told by ${VILLAGE}`,
            staleSince: STALE,
          },
        },
      });
    },
  );

  test.each(['dead', 'slow', 'broken'] as const)(
    "leaves the application to the viewer's desk when the filing node is %s",
    async (fault) => {
      const id = federation.file();
      const whole = await journey(id);
      federation.hosts.faults.set('villages', fault);
      const { data, errors } = await journey(id);
      expect(errors).toBeUndefined();
      const { case: wholeCase } = whole.data ?? {};
      expect(data).toEqual({
        case: {
          ...(wholeCase as Record<string, unknown>),
          filedBy: `told by ${COUNTY}`,
          applicationStaleSince: STALE,
        },
      });
    },
  );

  test('changes nothing for a case it does not hold', async () => {
    const id = federation.file({ holders: [TOWNSHIP] });
    const whole = await journey(id);
    federation.hosts.faults.set('township', 'dead');
    expect(await journey(id)).toEqual(whole);
  });

  test.each([
    ['dead', 'NODE_UNREACHABLE'],
    ['slow', 'DEADLINE_EXCEEDED'],
    ['misrouted', 'MISROUTED'],
    ['broken', 'NODE_UNREACHABLE'],
    ['refusing', 'DATABASE_UNAVAILABLE'],
  ] as const)('costs its own fields only where nobody has a copy: %s gives %s', async (fault, code) => {
    const id = federation.file();
    federation.hosts.node(VILLAGE).unheard.add(id);
    federation.hosts.faults.set('county', fault);
    const query = `query($id: ID!) { case(id: $id) {
      id number state log { seq } staleSince clock { dueAt } item { name } applicant { name } custodian { name }
    } }`;
    const result = await federation.ask(query, { id }, stranger);
    expect(result.data).toEqual({
      case: {
        id,
        number: expect.any(String),
        state: null,
        log: null,
        staleSince: null,
        clock: null,
        item: { name: '最低生活保障审核确认' },
        applicant: { name: '张三' },
        custodian: null,
      },
    });
    expect(sorted(faultsOf(result))).toEqual(places('case', HANDLING_FIELDS, code, COUNTY));
  });

  test('and whose implementations nobody else holds leaves those null, with its name', async () => {
    const id = federation.file();
    federation.hosts.node(VILLAGE).withoutCopies = true;
    federation.hosts.node(TOWNSHIP).withoutCopies = true;
    federation.hosts.faults.set('county', 'dead');
    const query =
      'query($id: ID!) { case(id: $id) { number implementation { promisedDays maxVisits node { name } } } }';
    const result = await federation.ask(query, { id }, stranger);
    expect(result.data).toEqual({
      case: {
        number: expect.any(String),
        implementation: { promisedDays: null, maxVisits: null, node: { name: '三门县' } },
      },
    });
    expect(faultsOf(result)).toEqual(
      places('case.implementation', ['promisedDays', 'maxVisits'], 'NODE_UNREACHABLE', COUNTY),
    );
  });

  test('and that took the case in leaves the whole case null when the viewer has no copy', async () => {
    const id = federation.file();
    federation.hosts.faults.set('villages', 'dead');
    const result = await journey(id, stranger);
    expect(result.data).toEqual({ case: null });
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'NODE_UNREACHABLE', node: VILLAGE }]);
    expect(asked(federation.hosts)).toEqual(['villages case', 'township case']);
  });

  test("and that is the viewer's own is asked once", async () => {
    const id = federation.file();
    federation.hosts.faults.set('villages', 'dead');
    const result = await journey(id, personAt(VILLAGE, 'AGENT'));
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'NODE_UNREACHABLE', node: VILLAGE }]);
    expect(asked(federation.hosts)).toEqual(['villages case']);
  });

  test('costs one of two questions of an operation, not both', async () => {
    const [here, there] = [federation.file(), federation.file({ filingNode: TOWNSHIP })];
    federation.hosts.faults.set('villages', 'dead');
    const query = 'query($here: ID!, $there: ID!) { here: case(id: $here) { id } there: case(id: $there) { id } }';
    const result = await federation.ask(query, { here, there }, stranger);
    expect(result.data).toEqual({ here: null, there: { id: there } });
    expect(faultsOf(result)).toEqual([{ place: 'here', code: 'NODE_UNREACHABLE', node: VILLAGE }]);
  });

  test('gets a step of a desk once only, and the desk learns that it may not have been done', async () => {
    const id = federation.file({ state: 'FILED' });
    federation.hosts.faults.set('county', 'slow');
    const query = 'mutation($id: ID!) { acceptCase(input: { id: $id }) { case { id } errors { code } } }';
    const result = await federation.ask(query, { id }, clerk);
    expect(faultsOf(result)).toEqual([{ place: 'acceptCase', code: 'DEADLINE_EXCEEDED', node: COUNTY }]);
    expect(asked(federation.hosts)).toEqual(['county acceptCase']);
  });

  test('is not replaced for the public, who track by the number alone', async () => {
    const id = federation.file();
    const number = federation.hosts.node(VILLAGE).cases.get(id)?.number;
    federation.hosts.faults.set('villages', 'dead');
    const query = 'query($number: String!) { track(number: $number, code: "CODE") { state } }';
    const result = await federation.ask(query, { number }, clerk);
    expect(result.data).toEqual({ track: null });
    expect(faultsOf(result)).toEqual([{ place: 'track', code: 'NODE_UNREACHABLE', node: VILLAGE }]);
    expect(asked(federation.hosts)).toEqual(['villages track']);
  });

  test('gets no question when no time is left', async () => {
    const id = federation.file();
    const result = await federation.ask(JOURNEY, { id }, clerk, -1);
    expect(faultsOf(result)).toEqual([{ place: 'case', code: 'DEADLINE_EXCEEDED', node: VILLAGE }]);
    expect(asked(federation.hosts)).toEqual([]);
  });
});

describe('a list over a host that does not answer', () => {
  const LIST = `{ cases(filter: { division: "${TOWNSHIP}" }) {
    edges { node { id state filedBy applicationStaleSince item { name } } }
  } }`;
  const held: Filed = { custodian: CITY, holders: [TOWNSHIP] };

  test('takes the applications from the custodian first', async () => {
    const ids = [federation.file(held), federation.file({ ...held, filingNode: TOWNSHIP })];
    federation.hosts.faults.set('villages', 'dead');
    const { data, errors } = await federation.ask(LIST, {}, clerk);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      cases: {
        edges: [
          { node: { id: ids[0], filedBy: `told by ${CITY}`, applicationStaleSince: STALE } },
          { node: { id: ids[1], filedBy: `told by ${TOWNSHIP}`, applicationStaleSince: null } },
        ],
      },
    });
  });

  test("takes them from the viewer's desk when the custodian is dead too", async () => {
    const id = federation.file({ ...held, holders: [TOWNSHIP, COUNTY] });
    federation.hosts.faults.set('villages', 'dead');
    federation.hosts.faults.set('city', 'dead');
    const { data, errors } = await federation.ask(LIST, {}, clerk);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      cases: { edges: [{ node: { id, filedBy: `told by ${COUNTY}`, applicationStaleSince: STALE } }] },
    });
    expect(asked(federation.hosts).slice(0, 4)).toEqual([
      'township cases',
      'villages _filing[1]',
      'city _filing[1]',
      'county _filing[1]',
    ]);
  });

  test('keeps code, node and place of each case that nobody else has', async () => {
    const ids = [VILLAGE, TOWNSHIP, OTHER_VILLAGE, TOWNSHIP].map((filingNode) =>
      federation.file({ ...held, filingNode }),
    );
    federation.hosts.faults.set('villages', 'dead');
    federation.hosts.faults.set('city', 'dead');
    const result = await federation.ask(LIST, {}, clerk);
    const known = { state: 'REVIEWED', filedBy: `told by ${TOWNSHIP}`, item: { name: '最低生活保障审核确认' } };
    const unknown = { state: 'REVIEWED', filedBy: null, applicationStaleSince: null, item: null };
    expect(result.data).toEqual({
      cases: {
        edges: [
          { node: { id: ids[0], ...unknown } },
          { node: { id: ids[1], ...known, applicationStaleSince: null } },
          { node: { id: ids[2], ...unknown } },
          { node: { id: ids[3], ...known, applicationStaleSince: null } },
        ],
      },
    });
    const fields = ['filedBy', 'applicationStaleSince', 'item'];
    expect(faultsOf(result)).toEqual([
      ...places('cases.edges.0.node', fields, 'NODE_UNREACHABLE', VILLAGE),
      ...places('cases.edges.2.node', fields, 'NODE_UNREACHABLE', OTHER_VILLAGE),
    ]);
  });

  test('is an error at its own place when the desk that keeps it is dead', async () => {
    federation.hosts.faults.set('township', 'dead');
    const result = await federation.ask(LIST, {}, clerk);
    expect(faultsOf(result)).toEqual([{ place: 'cases', code: 'NODE_UNREACHABLE', node: TOWNSHIP }]);
    expect(asked(federation.hosts)).toEqual(['township cases']);
  });

  test('keeps code, node and place of parts two roles away', async () => {
    federation.hosts.node(VILLAGE).withoutCopies = true;
    federation.hosts.faults.set('county', 'dead');
    const query = `{ catalog(division: "${VILLAGE}") { nodes { item { name } implementation { promisedDays } } } }`;
    const result = await federation.ask(query, {}, null);
    expect(result.data).toEqual({
      catalog: { nodes: [{ item: { name: '最低生活保障审核确认' }, implementation: { promisedDays: null } }] },
    });
    expect(faultsOf(result)).toEqual([
      { place: 'catalog.nodes.0.implementation.promisedDays', code: 'NODE_UNREACHABLE', node: COUNTY },
    ]);
  });

  test('of figures keeps code, node and place of the items', async () => {
    federation.hosts.node(VILLAGE).withoutCopies = true;
    federation.hosts.faults.set('city', 'dead');
    const query = `{ rollup(division: "${VILLAGE}", from: "2026-01-01", to: "2026-12-31") {
      items { item { name } figures { filed } } nodes { node { name } }
    } }`;
    const result = await federation.ask(query, {}, personAt(VILLAGE, 'AGENT'));
    expect(result.data).toEqual({
      rollup: { items: [{ item: { name: null }, figures: { filed: 0 } }], nodes: [{ node: { name: '包家村委会' } }] },
    });
    expect(faultsOf(result)).toEqual([{ place: 'rollup.items.0.item.name', code: 'NODE_UNREACHABLE', node: CITY }]);
  });
});
