import { plusDays } from '@liandong/schema/kernel';
import { describe, expect, test } from 'vitest';
import * as documents from '../../src/federation/documents.ts';
import { Journey, fileHomestead } from '../../src/federation/journeys.ts';
import type { Asking } from '../asking.ts';
import { CITY, COUNTY, TOWNSHIP, VILLAGE, mutation, today } from '../asking.ts';

/** 5 billion yuan, in fen. */
export const AMOUNT = 500_000_000_000;
export const REGISTER = mutation('registerProject', 'RegisterProjectInput', 'project { id amountFen phase totalDays }');
const REACH = mutation('reachProjectPhase', 'ReachPhaseInput', 'project { phase phases { phase on by } }');
export const FLAG = mutation('flagKeyProject', 'FlagKeyProjectInput', 'project { key keyGround }');
export const DISPATCH = mutation(
  'dispatchProject',
  'DispatchProjectInput',
  'project { lead { department } orders { number } }',
);
const ANSWER = mutation('answerProjectOrder', 'AnswerProjectOrderInput', 'project { id }');
const LINK = mutation('linkToProject', 'LinkToProjectInput', 'case { id projectId }');
const LEAVE = mutation('leaveProject', 'LeaveProjectInput', 'case { id projectId }');
const GREEN = mutation('openGreenChannel', 'GroundedStepInput', 'case { clock { dueAt expedited { way } } }');
interface View {
  project: {
    amountFen: number;
    key: boolean;
    staleSince: string | null;
    orders: { number: number; answer: string | null }[];
    cases: { state: string; case: { id: string; clock: { remainingDays: number } | null } | null }[];
  } | null;
}

/** Tests of a project with cases at several desks. */
export function projects(asking: Asking): void {
  const { asked, until, done, refused } = asking;
  let id: string;
  const VIEW = () => `{ project(id: "${id}") {
  name amountFen key staleSince totalDays node { name }
  orders { number node { name } answer answeredBy overdue }
  cases { number state remainingDays staleSince item { name } case { id number custodian { name } clock { remainingDays } } }
} }`;

  describe('a project of the county', () => {
    test('is registered, made a key project, dispatched and answered by the township, through one graph', async () => {
      const began = plusDays(today(), -30);
      const input = { name: '三门县滨海新城产业园', amountFen: AMOUNT, place: VILLAGE, on: began };
      const made = await done<{ project: { id: string } }>('county-civil-clerk', REGISTER, input);
      expect(made.project).toMatchObject({ amountFen: AMOUNT, phase: 'INITIATION' });
      ({ id } = made.project);
      expect(id.startsWith(`${COUNTY}-`)).toBe(true);
      await done('county-civil-clerk', REACH, { id, phase: 'DECISION', on: plusDays(began, 5) });
      expect(await refused('county-civil-clerk', REACH, { id, phase: 'CONSTRUCTION', on: today() })).toEqual([
        expect.objectContaining({ code: 'PHASE_OUT_OF_ORDER', field: 'phase', article: expect.anything() as string }),
      ]);
      const flag = { id, key: true, ground: '列入2026年县重点项目名单' };
      expect(await refused('county-civil-chief', FLAG, flag)).toEqual([expect.objectContaining({ code: 'FORBIDDEN' })]);
      expect(await done('county-civil-head', FLAG, flag)).toMatchObject({ project: { key: true } });
      const order = { node: TOWNSHIP, text: '落实用地预审材料', dueOn: today() };
      await done('county-civil-chief', DISPATCH, {
        id,
        lead: { node: COUNTY, department: '发展改革' },
        agent: { node: VILLAGE, sub: 'baojia-agent', name: '包小芳' },
        orders: [order],
      });
      const listed = await until<{ projects: { nodes: { id: string; orders: { number: number }[] }[] } }>(
        'tingpang-clerk',
        '{ projects(filter: { key: true }) { nodes { id orders { number } } } }',
        ({ projects }) => projects.nodes[0]?.orders.length === 1,
      );
      expect(listed.projects.nodes.map((p) => p.id)).toEqual([id]);
      await done('tingpang-clerk', ANSWER, { id, order: 1, answer: '材料已备齐' });
      const { project } = await until<View>(
        'county-civil-clerk',
        VIEW(),
        (answer) => answer.project?.orders[0]?.answer === '材料已备齐',
      );
      expect(project?.orders).toEqual([
        { number: 1, node: { name: '亭旁镇' }, answer: '材料已备齐', answeredBy: '章亭兰', overdue: false },
      ]);
    });

    test('shows its case wherever it is held, and each case its custodian', async () => {
      const journey = new Journey(asking.federation, () => undefined);
      await fileHomestead(journey);
      // 任家村 is a neighbour, and got no notice of the project
      expect(await refused('renjia-agent', LINK, { id: journey.id, project: id })).toEqual([
        expect.objectContaining({ code: 'NOT_FOUND', field: 'project' }),
      ]);
      await journey.step('renjia-agent', '上报', documents.FORWARD_CASE);
      await journey.arrives('tingpang-clerk', TOWNSHIP, '亭旁镇 收到');
      expect(await done('tingpang-clerk', LINK, { id: journey.id, project: id })).toMatchObject({
        case: { id: journey.id, projectId: id },
      });
      const { project } = await until<View>(
        'county-civil-clerk',
        VIEW(),
        (answer) => answer.project?.cases.length === 1,
      );
      const [shown] = project?.cases ?? [];
      expect(shown).toMatchObject({
        number: journey.number,
        item: { name: expect.stringContaining('宅基地') as string },
        case: { number: journey.number, custodian: { name: '亭旁镇' } },
      });
      // the village that took it in learns of the project from its keeper
      await until<View>('renjia-agent', VIEW(), (answer) => answer.project !== null);
      await journey.step('tingpang-clerk', '受理', documents.ACCEPT_CASE);
      const green = { id: journey.id, ground: '县重点项目' };
      expect(await refused('tingpang-chief', GREEN, green)).toEqual([
        expect.objectContaining({ code: 'NO_SHORTER_LIMIT', article: '重点项目绿色通道制度' }),
      ]);
    });

    test('is rid of a case that was put into it by mistake', async () => {
      const [shown] = (await asked<View>('county-civil-clerk', VIEW())).project?.cases ?? [];
      const left = { id: shown?.case?.id, reason: '误纳入项目' };
      expect(await refused('tingpang-chief', LEAVE, left)).toEqual([expect.objectContaining({ code: 'FORBIDDEN' })]);
      expect(await done('tingpang-clerk', LEAVE, left)).toMatchObject({ case: { projectId: null } });
      await until<View>('county-civil-clerk', VIEW(), (answer) => answer.project?.cases.length === 0);
    });

    test('is counted by the city with amount and days, and who is covered', async () => {
      const { projectRollup } = await until<{ projectRollup: { coverage: { complete: boolean } } }>(
        'city-supervisor',
        `{ projectRollup(division: "${CITY}", from: "${plusDays(today(), -60)}", to: "${today()}") {
        figures { all { projects amountFen started runningDays phases { phase projects } } key { projects amountFen } }
        nodes { node { name } figures { all { projects } } }
        coverage { expected covered complete }
      } }`,
        (answer) => answer.projectRollup.coverage.complete,
      );
      expect(projectRollup).toMatchObject({
        figures: { all: { projects: 1, amountFen: AMOUNT, started: 0 }, key: { projects: 1, amountFen: AMOUNT } },
        nodes: [{ node: { name: '三门县' }, figures: { all: { projects: 1 } } }],
        coverage: { expected: 8, covered: 8 },
      });
    });
  });
}
