import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_HOSTS } from '../../src/federation/demo-plan.ts';
import * as documents from '../../src/federation/documents.ts';
import { Journey, fileLowIncome, lowIncomeJourney } from '../../src/federation/journeys.ts';
import type { Asking } from '../asking.ts';
import { COUNTY, TOWNSHIP, VILLAGE, today } from '../asking.ts';
import { settled, standing } from '../federation.ts';
import type { Drifts } from './catalogue.ts';
import { DRIFT } from './catalogue.ts';
import { AMOUNT, DISPATCH, FLAG, REGISTER } from './projects.ts';

interface Project {
  project: { amountFen: number; key: boolean; staleSince: string | null } | null;
}
interface AgentCases {
  agentCases: { nodes: { id: string; waits: { kind: string }[] }[] };
}

interface CasesWithin {
  casesWithin: { nodes: { id: string }[]; coverage: object };
}
const WITHIN = `{
  casesWithin(division: "331000", first: 200) {
    nodes { id }
    coverage { expected answered silent { node { name } code } }
  }
}`;

/** Tests of the answers while hosts are down, and of what they say of these hosts. */
export function outages(asking: Asking): void {
  const { asked, until, done } = asking;
  /** A case closed at 包家村. */
  let closed: string;
  /** A case sent back to 包家村 for a paper. */
  let waiting: string;
  let project: string;
  const VIEW = () => `{ project(id: "${project}") { amountFen key staleSince } }`;
  const drift = async () => (await asked<Drifts>('city-supervisor', DRIFT)).catalogDrift;
  const waits = ({ agentCases }: AgentCases) =>
    agentCases.nodes.find(({ id }) => id === waiting)?.waits.some(({ kind }) => kind === 'BRING_SUPPLEMENT') ?? false;

  beforeAll(async () => {
    ({ id: closed } = await lowIncomeJourney(asking.federation, () => undefined));

    const journey = new Journey(asking.federation, () => undefined);
    await fileLowIncome(journey);
    waiting = journey.id;
    await journey.step('baojia-agent', '', documents.FORWARD_CASE);
    await journey.arrives('tingpang-clerk', TOWNSHIP, '');
    const missing = [{ material: '户口簿', reason: '缺页' }];
    await journey.step('tingpang-clerk', '', documents.REQUEST_SUPPLEMENT, { missing });
    await until<AgentCases>('baojia-agent', documents.AGENT_CASES, waits);

    const input = { name: '三门县沿海公路', amountFen: AMOUNT, place: VILLAGE, on: today() };
    ({ id: project } = (await done<{ project: { id: string } }>('county-civil-clerk', REGISTER, input)).project);
    await done('county-civil-head', FLAG, { id: project, key: true, ground: '列入2026年县重点项目名单' });
    await done('county-civil-chief', DISPATCH, {
      id: project,
      lead: { node: COUNTY, department: '交通运输' },
      orders: [{ node: TOWNSHIP, text: '落实用地预审材料', dueOn: today() }],
    });
    await until<Project>('tingpang-clerk', VIEW(), (answer) => answer.project?.key === true);
    await settled(asking.federation);
  });

  describe('with the county killed', () => {
    const before: { drift?: Drifts['catalogDrift'] } = {};
    beforeAll(async () => {
      before.drift = await drift();
      expect((await asked<Project>('tingpang-clerk', VIEW())).project?.staleSince).toBeNull();
      await asking.federation.host('county').kill();
    });

    test('figures that nobody has a copy of name the dead node', async () => {
      const { data, errors } = await (
        await asking.federation.as('city-supervisor')
      ).ask(
        `query ($d: Date!) { rollup(division: "${COUNTY}", from: $d, to: $d) { figures { filed } } division(code: "${COUNTY}") { name } }`,
        { d: '2026-01-01' },
      );
      expect(data).toEqual({ rollup: null, division: { name: '三门县' } });
      expect(errors).toMatchObject([{ path: ['rollup'], extensions: { code: 'NODE_UNREACHABLE', node: COUNTY } }]);
    });

    test('catalogues are compared without it, and it is named', async () => {
      expect(before.drift).toMatchObject({ basis: { name: '台州市' }, coverage: { answered: 8 } });
      expect(await drift()).toMatchObject({
        basisStale: false,
        drift: before.drift?.drift,
        coverage: { expected: 8, answered: 7, silent: [{ node: { name: '三门县' }, code: 'NODE_UNREACHABLE' }] },
      });
    });

    test('one list of cases over all nodes names it as silent, and shows what the others hold', async () => {
      const { casesWithin } = await asked<CasesWithin>('city-supervisor', WITHIN);
      expect(casesWithin.coverage).toEqual({
        expected: 8,
        answered: 7,
        silent: [{ node: { name: '三门县' }, code: 'NODE_UNREACHABLE' }],
      });
      expect(casesWithin.nodes.map(({ id }) => id)).toContain(waiting);
    });

    test('its project is told by the township from the township’s own copy', async () => {
      const { project: copy } = await asked<Project>('tingpang-clerk', VIEW());
      expect(copy).toMatchObject({ amountFen: AMOUNT, key: true });
      expect(copy?.staleSince).not.toBeNull();
    });
  });

  describe('with city, county and village stopped', () => {
    const silent = ['city', 'county', 'baojia'];
    beforeAll(() =>
      standing(
        asking.federation,
        DEMO_HOSTS.map(({ id }) => id).filter((id) => !silent.includes(id)),
      ),
    );

    test('the township still gives the others’ fields, and says since when a copy may be out of date', async () => {
      const client = await asking.federation.as('tingpang-clerk');
      const { data, errors } = await client.ask(
        `query ($id: ID!) { case(id: $id) { number state staleSince item { name staleSince } implementation { promisedDays staleSince } applicant { name } } }`,
        { id: closed },
      );
      expect(errors).toEqual([]);
      expect(data).toMatchObject({
        case: {
          state: 'CLOSED',
          staleSince: expect.any(String),
          item: { name: '最低生活保障对象认定', staleSince: expect.any(String) },
          implementation: { promisedDays: 18, staleSince: expect.any(String) },
          applicant: { name: '王秀英' },
        },
      });
    });
  });

  describe('with everybody stopped but a village', () => {
    beforeAll(() => standing(asking.federation, ['baojia']));

    test('the village answers one question over four nodes alone', async () => {
      const agent = await asking.federation.as('baojia-agent');
      const { data, errors } = await agent.ask(documents.JOURNEY, { id: closed });
      expect(errors).toEqual([]);
      expect(data).toMatchObject({
        case: {
          state: 'CLOSED',
          item: { name: '最低生活保障对象认定' },
          implementation: { promisedDays: 18 },
          applicant: { name: '王秀英' },
          custodian: { name: '包家村委会' },
        },
      });
    });

    test('the public searches its catalogue', async () => {
      const nobody = await asking.federation.as(null);
      const { errors } = await nobody.ask(documents.CATALOG, { division: VILLAGE, search: '低保', first: 5 });
      expect(errors).toEqual([]);
    });

    test('its agent’s cases are shown with what waits', async () => {
      const { data } = await (await asking.federation.as('baojia-agent')).ask(documents.AGENT_CASES);
      expect(waits(data as unknown as AgentCases)).toBe(true);
    });
  });
}
