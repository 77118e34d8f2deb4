import { filing } from '@liandong/schema/domains/filing';
import type { FileCaseInput } from '@liandong/schema/domains/filing';
import { handling } from '@liandong/schema/domains/handling';
import { projects } from '@liandong/schema/domains/projects';
import { roster } from '@liandong/schema/domains/roster';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, codesOf, material } from '../testing/cases.ts';
import { director, projectsOf } from '../testing/projects.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

/** 建设工程规划许可证核发; its result leads to 建筑工程施工许可, as 规划许可证. */
const PLANNING = '3310-ZJ-003';
const BUILDING = '3310-JS-001';
const agent = personAt(COUNTY, 'AGENT');
const planner = personAt(COUNTY, 'CLERK', '自然资源和规划');
const plannerChief = personAt(COUNTY, 'CHIEF', '自然资源和规划');
const housing = personAt(COUNTY, 'CLERK', '住房城乡建设');
const key = { idempotencyKey: null };
const FORM = [
  { field: 'projectName', value: '滨海新城产业园' },
  { field: 'developer', value: '三门滨海开发有限公司' },
  { field: 'floorArea', value: '12000' },
];

let federation: TestFederation;
let steps: CaseSteps;
let project: string;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  project = await registered();
  await dispatched(project, agent);
});
afterAll(() => federation.stop());

const { registered } = projectsOf(() => federation);
const desk = () => federation.desk(COUNTY, filing);
const dispatched = (id: string, { division: node, sub, name }: Viewer) =>
  federation.desk(COUNTY, projects).dispatchProject(director, {
    id,
    lead: { node: COUNTY, department: '发展改革' },
    agent: { node, sub, name },
    orders: [],
    ...key,
  });
const mine = async (viewer: Viewer) =>
  (await federation.desk(viewer.division, projects).myProjects(viewer, {}, { first: 10, after: null })).nodes;
const planned = (change: Partial<FileCaseInput> = {}) =>
  application({
    item: PLANNING,
    form: FORM,
    materials: ['建设工程规划许可申请表', '建设工程设计方案', '用地证明'].map((name) => material(name)),
    project,
    ...change,
  });
async function issued(change: Partial<FileCaseInput> = {}): Promise<string> {
  const id = await steps.file(agent, planned(change));
  await steps.accept(id, planner);
  await steps.review(id, planner);
  await steps.decide(id, plannerChief);
  await federation.desk(COUNTY, handling).issueDocument(planner, { id, note: null, ...key });
  return id;
}
const next = (id: string, change: object = {}) => ({
  case: id,
  item: BUILDING,
  consent: application().consent,
  amountFen: null,
  form: [{ field: 'startDay', value: '2027-03-01' }],
  materials: ['施工许可申请表', '用地批准手续', '施工企业确定材料'].map((name) => material(name)),
  ...key,
  ...change,
});

describe('the agent of a project', () => {
  test('finds their own running projects with every approval, what each waits for, and what can be next', async () => {
    const open = await steps.file(agent, planned());
    const [own, ...others] = await mine(agent);
    expect(own?.file.id).toBe(project);
    expect(others).toEqual([]);
    expect(await own?.nextItems()).toEqual([]);
    const waiting = (await own?.cases())?.find(({ id }) => id === open)?.waits;
    expect(waiting).toMatchObject({ kind: 'ACCEPTANCE', node: COUNTY });
    const done = await issued();
    const [after] = await mine(agent);
    const cases = await after?.cases();
    expect(cases?.find(({ id }) => id === done)?.waits).toMatchObject({ kind: 'DELIVERY', node: COUNTY });
    const proposed = (await after?.nextItems())?.find(({ item }) => item === BUILDING);
    expect(proposed?.after.map(({ id }) => id)).toEqual([done]);
    expect(proposed?.given).toEqual([{ material: '规划许可证', case: done }]);
  });

  test('is found by who stands in for them, and by no other person', async () => {
    const b = personAt(COUNTY, 'AGENT', null, 'agent-b');
    expect(await mine(b)).toEqual([]);
    const today = dayOf(federation.now());
    await federation.desk(COUNTY, roster).nameStandIn(personAt(COUNTY, 'CHIEF'), {
      division: COUNTY,
      role: 'AGENT',
      absent: { sub: agent.sub, name: agent.name },
      department: null,
      standIn: { sub: b.sub, name: b.name },
      from: today,
      until: plusDays(today, 3),
      ...key,
    });
    expect((await mine(b)).map(({ file }) => file.id)).toEqual([project]);
  });

  test('no longer has a project that was given to another, or has ended', async () => {
    const id = await registered();
    await dispatched(id, agent);
    expect((await mine(agent)).map(({ file }) => file.id)).toContain(id);
    await dispatched(id, personAt(VILLAGE, 'AGENT'));
    expect((await mine(agent)).map(({ file }) => file.id)).not.toContain(id);
    await dispatched(id, agent);
    await federation.desk(COUNTY, projects).endProject(personAt(COUNTY, 'CLERK'), { id, reason: '不建了', ...key });
    expect((await mine(agent)).map(({ file }) => file.id)).not.toContain(id);
  });
});

describe('the next application', () => {
  test('is proposed with what is known, and filed with it; nothing is typed again', async () => {
    const id = await issued({ project: null });
    const [proposed] = await desk().nextApplications(agent, { case: id });
    expect(proposed).toMatchObject({
      item: BUILDING,
      after: [id],
      applicant: { name: '王秀英', phone: '138****0001' },
      form: FORM.slice(0, 2),
      ready: ['规划许可证'],
      missing: ['施工许可申请表', '用地批准手续', '施工企业确定材料'],
    });
    const { filing: made } = await desk().fileNextApplication(agent, next(id));
    expect(made).toMatchObject({
      item: BUILDING,
      form: [...FORM.slice(0, 2), { field: 'startDay', value: '2027-03-01' }],
    });
    expect(made.materials.map(({ name }) => name)).toEqual([
      '规划许可证',
      '施工许可申请表',
      '用地批准手续',
      '施工企业确定材料',
    ]);
    await steps.accept(made.id, housing);
  });

  test('is filed once under its key', async () => {
    const id = await issued({ project: null });
    const input = next(id, { idempotencyKey: 'next-application-1' });
    const [one, two] = [await desk().fileNextApplication(agent, input), await desk().fileNextApplication(agent, input)];
    expect(two.filing.id).toBe(one.filing.id);
  });

  test('follows only from what was granted and issued, for people who may read the case', async () => {
    const open = await steps.file(agent, planned({ project: null }));
    expect(await desk().nextApplications(agent, { case: open })).toEqual([]);
    expect(await codesOf(desk().fileNextApplication(agent, next(open)))).toEqual(['ILLEGAL_STEP']);
    const id = await issued({ project: null });
    expect(await codesOf(desk().fileNextApplication(agent, next(id, { item: '3310-SJ-003' })))).toEqual([
      'ILLEGAL_STEP',
    ]);
    expect(await codesOf(desk().fileNextApplication(agent, next(id, { consent: null })))).toEqual(['CONSENT_MISSING']);
    expect(await codesOf(desk().nextApplications(personAt(TOWNSHIP, 'CLERK'), { case: id }))).toEqual(['FORBIDDEN']);
  });
});
