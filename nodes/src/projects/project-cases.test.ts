import { expedited } from '@liandong/schema/domains/expedited';
import { handling } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import { implementation } from '@liandong/schema/domains/implementation';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  LOW_INCOME,
  agent,
  application,
  chief,
  clerk,
  countyChief,
  countyClerk,
  homestead,
} from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';
import { codeOf, head, keeper, once, projectsOf } from '../testing/projects.ts';

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  await federation.desk(COUNTY, implementation).reviseImplementation(personAt(COUNTY, 'CATALOGUER'), {
    idempotencyKey: null,
    item: LOW_INCOME,
    reason: '为重点项目和急难群众加快办理',
    greenChannel: { days: 3, unit: 'WORKDAY' },
    urgent: { days: 0.5, unit: 'WORKDAY' },
  });
  await eventually(async () => {
    const [known] = await federation.services(VILLAGE).implementation.getMany([{ item: LOW_INCOME, node: COUNTY }]);
    return known !== undefined && !(known instanceof Error) && known.implementation.greenChannel !== null;
  });
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const { projects, registered, key, dispatch, told, knows } = projectsOf(() => federation);

describe('a case of a project', () => {
  test('is known where the project is kept from its filing on, wherever it is held, with state and days left', async () => {
    const id = await registered();
    await dispatch(id);
    await knows(VILLAGE, id);
    // decided by the township: the county never holds it
    const caseId = await steps.file(agent, homestead({ project: id }));
    await steps.toReviewedAtTownship(caseId);
    await eventually(async () => {
      const [known] = (await (await told(COUNTY, id))?.cases()) ?? [];
      return known?.state === 'REVIEWED';
    });
    const [known] = (await (await told(COUNTY, id))?.cases()) ?? [];
    expect(known).toMatchObject({ id: caseId, custodian: TOWNSHIP, acceptor: TOWNSHIP, decider: TOWNSHIP });
    expect(known?.clock?.remainingDays).toBeGreaterThan(0);
    expect(known?.staleSince).not.toBeNull();
    // the township answers as the custodian, the village from its echoes
    await knows(TOWNSHIP, id, ({ file }) => file.cases.length === 1);
    const [own] = (await (await told(TOWNSHIP, id))?.cases()) ?? [];
    expect(own).toMatchObject({ state: 'REVIEWED', staleSince: null });
    await steps.decide(caseId, chief);
    await eventually(async () => (await (await told(COUNTY, id))?.cases())?.[0]?.state === 'GRANTED');
  });

  test('filed without it is linked later, and its whole log comes to where the project is kept', async () => {
    const id = await registered();
    await knows(TOWNSHIP, id);
    const caseId = await steps.file(agent, homestead());
    await steps.forward(caseId, agent);
    await steps.arrives(caseId, clerk);
    const town = federation.desk(TOWNSHIP, expedited);
    const link = { id: caseId, project: id, idempotencyKey: null };
    expect(await codeOf(town.linkToProject(clerk, { ...link, project: `${COUNTY}-nothing` }))).toBe('NOT_FOUND');
    expect(await codeOf(town.linkToProject(chief, link))).toBe('FORBIDDEN');
    expect(await town.linkToProject(clerk, link)).toMatchObject({ project: id });
    expect(await codeOf(town.linkToProject(clerk, link))).toBe('PROJECT_CONFLICT');
    await eventually(async () => (await (await told(COUNTY, id))?.cases())?.[0]?.state === 'FILED');
    const lines = await federation.rows<{ seq: number }>(
      COUNTY,
      `SELECT seq FROM case_log WHERE case_id = $1 ORDER BY seq`,
      [caseId],
    );
    expect(lines.map((l) => l.seq)).toEqual([1, 2, 3, 4]);
    // the county's copy says what happened, not who applied
    const [row] = await federation.rows<{ application: string | null }>(
      COUNTY,
      `SELECT application FROM cases WHERE id = $1`,
      [caseId],
    );
    expect(row?.application).toBeNull();
  });

  test('is taken out for a reason: the project and all who were told follow, and another may take it', async () => {
    const id = await registered();
    const other = await registered();
    for (const project of [id, other]) await knows(TOWNSHIP, project);
    const caseId = await steps.file(agent, homestead());
    await steps.forward(caseId, agent);
    await steps.arrives(caseId, clerk);
    const town = federation.desk(TOWNSHIP, expedited);
    await town.linkToProject(clerk, { id: caseId, project: id, idempotencyKey: null });
    for (const node of [COUNTY, VILLAGE]) await knows(node, id, ({ file }) => file.cases.length === 1);
    const leave = { id: caseId, reason: '误纳入项目', idempotencyKey: null };
    expect(await codeOf(town.leaveProject(chief, leave))).toBe('FORBIDDEN');
    expect(await codeOf(town.leaveProject(clerk, { ...leave, reason: '' }))).toBe('REASON_MISSING');
    expect(await town.leaveProject(clerk, leave)).toMatchObject({ project: null });
    expect(await codeOf(town.leaveProject(clerk, leave))).toBe('PROJECT_CONFLICT');
    for (const node of [COUNTY, TOWNSHIP, VILLAGE]) await knows(node, id, ({ file }) => file.cases.length === 0);
    await town.linkToProject(clerk, { id: caseId, project: other, idempotencyKey: null });
    await knows(COUNTY, other, ({ file }) => file.cases.length === 1);
    expect((await told(COUNTY, id))?.file.cases).toEqual([]);
    await steps.accept(caseId, clerk);
    await eventually(async () => (await (await told(COUNTY, other))?.cases())?.[0]?.state === 'ACCEPTED');
  });

  test('is refused at a desk that was not told of the project, and of one that has ended', async () => {
    const id = await registered();
    const other = personAt(OTHER_TOWNSHIP, 'CLERK');
    const filed = (viewer: Viewer, project: string) =>
      codeOf(steps.file(viewer, homestead({ project, consent: null, place: viewer.division })));
    expect(await filed(other, id)).toBe('NOT_FOUND');
    await knows(VILLAGE, id);
    await projects(COUNTY).endProject(keeper, { id, reason: '投资方撤回', ...once });
    await knows(VILLAGE, id, (view) => view.file.ended !== null);
    expect(await codeOf(steps.file(agent, homestead({ project: id })))).toBe('PROJECT_ENDED');
  });
});

describe('the green channel', () => {
  test("gives a key project's case a shorter limit that the hand-off does not lose", async () => {
    const id = await registered();
    await dispatch(id);
    await knows(VILLAGE, id);
    const caseId = await steps.file(agent, application({ project: id }));
    await steps.forward(caseId, agent);
    await steps.arrives(caseId, clerk);
    await steps.accept(caseId, clerk);
    const ordinary = (await steps.seen(caseId, clerk))?.clock?.dueAt;
    const town = federation.desk(TOWNSHIP, expedited);
    const open = (viewer: Viewer, ground = '县重点项目征迁对象') =>
      town.openGreenChannel(viewer, { id: caseId, ground, idempotencyKey: null });
    expect(await codeOf(open(chief))).toBe('NOT_KEY_PROJECT');
    await key(id);
    await knows(TOWNSHIP, id, (view) => view.file.key !== null);
    expect(await codeOf(open(clerk))).toBe('FORBIDDEN');
    expect(await codeOf(open(chief, ' '))).toBe('REASON_MISSING');
    expect(await codeOf(open(chief, '联系电话13800138000'))).toBe('BAD_INPUT');
    const opened = await open(chief);
    expect(opened.clock?.expedited).toMatchObject({ way: 'GREEN_CHANNEL', limit: { days: 3, unit: 'WORKDAY' } });
    expect(opened.clock?.dueAt.getTime()).toBeLessThan(ordinary?.getTime() ?? 0);
    expect(await codeOf(open(chief))).toBe('EXPEDITED_ALREADY');
    // a project that is no key project any more does not take it away again
    await projects(COUNTY).flagKeyProject(head, { id, key: false, ground: '名单调整', ...once });
    await steps.review(caseId, clerk);
    await steps.forward(caseId, clerk);
    await steps.arrives(caseId, countyClerk);
    const held = await steps.seen(caseId, countyClerk);
    expect(held?.greenChannel).toMatchObject({ project: id, node: TOWNSHIP });
    expect(held?.clock?.dueAt).toEqual(opened.clock?.dueAt);
    const [known] = (await (await told(COUNTY, id))?.cases()) ?? [];
    expect(known?.clock?.expedited?.way).toBe('GREEN_CHANNEL');
  });

  test('is refused where the implementation names no days', async () => {
    const id = await registered();
    await dispatch(id);
    await key(id);
    await knows(TOWNSHIP, id, (view) => view.file.key !== null);
    const caseId = await steps.file(agent, homestead({ project: id }));
    await steps.toReviewedAtTownship(caseId);
    const town = federation.desk(TOWNSHIP, expedited);
    const ask = { id: caseId, ground: '县重点项目', idempotencyKey: null };
    expect(await codeOf(town.openGreenChannel(chief, ask))).toBe('NO_SHORTER_LIMIT');
  });
});

describe('an urgent case', () => {
  test('is approved by another, stands first in the queue at every desk, and has its own limit', async () => {
    const ordinary = await steps.file(agent, application());
    const urgent = await steps.file(agent, application());
    const ask = { id: urgent, ground: '急需住院治疗', idempotencyKey: null };
    await federation.desk(VILLAGE, expedited).askUrgency(agent, ask);
    expect(await codeOf(federation.desk(VILLAGE, expedited).askUrgency(agent, ask))).toBe('EXPEDITED_ALREADY');
    for (const id of [ordinary, urgent]) {
      await steps.forward(id, agent);
      await steps.arrives(id, clerk);
    }
    const town = federation.desk(TOWNSHIP, expedited);
    const decide = (viewer: Viewer, approved = true, reason: string | null = null) =>
      town.decideUrgency(viewer, { id: urgent, approved, reason, idempotencyKey: null });
    expect(await codeOf(decide(clerk))).toBe('FORBIDDEN');
    expect(await codeOf(decide(chief, false))).toBe('REASON_MISSING');
    expect((await steps.seen(urgent, clerk))?.urgency).toMatchObject({ approved: null, dueAt: null });
    const approved = await decide(chief);
    expect(approved.urgency).toMatchObject({ approved: true, limit: { days: 0.5, unit: 'WORKDAY' } });
    expect(approved.urgency?.dueAt).not.toBeNull();
    expect(await codeOf(decide(chief))).toBe('URGENCY_NOT_ASKED');
    const first = async (node: string, viewer: Viewer) => {
      const page = await federation
        .desk(node, handling)
        .cases(viewer, { orderBy: 'REMAINING_DAYS' }, { first: 1, after: null });
      return page.nodes[0]?.id;
    };
    expect(await first(TOWNSHIP, clerk)).toBe(urgent);
    const accepted = await steps.accept(urgent, clerk);
    expect(accepted.clock?.expedited).toMatchObject({ way: 'URGENT' });
    await steps.accept(ordinary, clerk);
    const promise = (await steps.seen(ordinary, clerk))?.clock?.dueAt.getTime() ?? 0;
    expect(accepted.clock?.dueAt.getTime()).toBeLessThan(promise);
    for (const id of [ordinary, urgent]) {
      await steps.review(id, clerk);
      await steps.forward(id, clerk);
      await steps.arrives(id, countyClerk);
    }
    expect(await first(COUNTY, countyClerk)).toBe(urgent);
    expect((await steps.seen(urgent, countyClerk))?.clock?.dueAt).toEqual(accepted.clock?.dueAt);
    await steps.review(urgent, countyClerk);
    expect(await steps.decide(urgent, countyChief)).toMatchObject({ state: 'GRANTED' });
  });
});
