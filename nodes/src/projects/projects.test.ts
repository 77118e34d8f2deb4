import { figures } from '@liandong/schema/domains/figures';
import { handling } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import { plusDays } from '@liandong/schema/kernel';
import { roster } from '@liandong/schema/domains/roster';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk, homestead } from '../testing/cases.ts';
import { runAt } from '../testing/commands.ts';
import { putOutbox } from '../testing/outbox.ts';
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
import { AMOUNT, codeOf, director, head, keeper, once, projectsOf } from '../testing/projects.ts';

const DAY_MS = 86_400_000;

let federation: TestFederation;

/** Stores a line at the township whose `prev` names no line of the project's log. */
async function leaveForeignLine(project: string, seq: number): Promise<void> {
  const line = { project, seq, at: new Date(), node: COUNTY, prev: 'made up' };
  const jws = `x.${Buffer.from(JSON.stringify(line)).toString('base64url')}.y`;
  await federation.rows(
    TOWNSHIP,
    `INSERT INTO project_log (node, project, seq, jws, hash) VALUES ($1, $2, $3, $4, 'h')`,
    [TOWNSHIP, project, seq, jws],
  );
}

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const { projects, today, at, registered, key, orders, dispatch, told, knows } = projectsOf(() => federation);

describe('a project kept by the county', () => {
  test('is told to the levels above and to those over its place, and to nobody else', async () => {
    const id = await registered();
    for (const node of [CITY, TOWNSHIP, VILLAGE]) await knows(node, id);
    expect((await told(CITY, id))?.file).toMatchObject({ name: '三门县滨海新城产业园', amountFen: AMOUNT, key: null });
    expect((await told(CITY, id))?.staleSince).not.toBeNull();
    expect((await told(COUNTY, id))?.staleSince).toBeNull();
    expect(await federation.rows(OTHER_TOWNSHIP, `SELECT * FROM project_log WHERE project = $1`, [id])).toEqual([]);
    expect(await codeOf(projects(COUNTY).project(at(OTHER_TOWNSHIP), { id }))).toBe('FORBIDDEN');
  });

  test('moves through its phases one at a time, and counts its working days to 开工', async () => {
    const began = plusDays(today(), -30);
    const id = await registered(began);
    const reach = (phase: 'DECISION' | 'APPROVAL' | 'CONSTRUCTION', on: string) =>
      projects(COUNTY).reachProjectPhase(keeper, { id, phase, on, ...once });
    expect(await codeOf(reach('APPROVAL', today()))).toBe('PHASE_OUT_OF_ORDER');
    expect(await codeOf(reach('DECISION', plusDays(began, -1)))).toBe('BAD_INPUT');
    expect(await codeOf(reach('DECISION', plusDays(today(), 1)))).toBe('BAD_INPUT');
    await reach('DECISION', plusDays(began, 3));
    await reach('APPROVAL', plusDays(began, 7));
    const running = (await told(COUNTY, id))?.total.days ?? 0;
    const started = await reach('CONSTRUCTION', plusDays(began, 14));
    expect(started.file.phases.map((p) => [p.phase, p.actor.name])).toEqual(
      ['INITIATION', 'DECISION', 'APPROVAL', 'CONSTRUCTION'].map((phase) => [phase, keeper.name]),
    );
    expect(started.total.days).toBeGreaterThan(0);
    expect(started.total.days).toBeLessThanOrEqual(running);
    federation.shiftMs = 60 * DAY_MS;
    expect((await told(COUNTY, id))?.total.days).toBe(started.total.days);
  });

  test('goes on at a desk where a line that never follows lies behind its log', async () => {
    const id = await registered();
    await knows(TOWNSHIP, id);
    await leaveForeignLine(id, 3);
    const began = (await told(TOWNSHIP, id))?.file.phases[0]?.on ?? today();
    await projects(COUNTY).reachProjectPhase(keeper, { id, phase: 'DECISION', on: began, ...once });
    await projects(COUNTY).reachProjectPhase(keeper, { id, phase: 'APPROVAL', on: began, ...once });
    await knows(TOWNSHIP, id, ({ file }) => file.phases.length > 2);
    const { file: now } = (await told(TOWNSHIP, id)) ?? {};
    expect(now?.phases.map(({ phase }) => phase)).toContain('APPROVAL');
  });

  test('whose log cannot be followed costs itself alone in the list', async () => {
    const [sound, broken] = [await registered(), await registered()];
    await knows(TOWNSHIP, sound);
    await knows(TOWNSHIP, broken);
    await federation.rows(TOWNSHIP, `UPDATE project_log SET jws = 'x.e30.y' WHERE node = $1 AND project = $2`, [
      TOWNSHIP,
      broken,
    ]);
    const supervisor = personAt(TOWNSHIP, 'SUPERVISOR');
    const filter = { key: null, phase: null, ended: null };
    const page = await projects(TOWNSHIP).projects(supervisor, { filter }, { first: 200, after: null });
    const ids = page.nodes.map(({ file }) => file.id);
    expect(ids).toContain(sound);
    expect(ids).not.toContain(broken);
    expect(await codeOf(projects(TOWNSHIP).project(supervisor, { id: broken }))).toBe('CHAIN_BROKEN');
  });

  test('is dispatched once however often it is sent: each order is answered by its node, and all know', async () => {
    const id = await registered();
    expect(await codeOf(dispatch(id, keeper))).toBe('FORBIDDEN');
    const input = {
      id,
      lead: { node: COUNTY, department: '发展改革' },
      agent: { node: VILLAGE, sub: agent.sub, name: agent.name },
      orders: orders(),
      idempotencyKey: 'dispatch-0001',
    };
    await Promise.all([1, 2].map(() => projects(COUNTY).dispatchProject(director, input)));
    await knows(TOWNSHIP, id, (view) => view.file.orders.length === 2);
    const answer = (viewer: Viewer, order: number) =>
      projects(viewer.division).answerProjectOrder(viewer, { id, order, answer: '材料已备齐', ...once });
    expect(await codeOf(answer(clerk, 2))).toBe('NOT_COMPETENT');
    expect(await codeOf(answer(clerk, 9))).toBe('NOT_FOUND');
    expect(await codeOf(answer(personAt(COUNTY, 'CHIEF', '民政'), 2))).toBe('WRONG_DEPARTMENT');
    await answer(clerk, 1);
    await answer(personAt(COUNTY, 'CHIEF', '发展改革'), 2);
    for (const node of [COUNTY, TOWNSHIP, VILLAGE, CITY]) {
      await knows(node, id, ({ file }) => file.orders.every((o) => o.answer?.text === '材料已备齐'));
    }
    const { file } = (await told(VILLAGE, id)) ?? {};
    expect(file?.orders.map((o) => [o.node, o.answer?.actor.sub])).toEqual([
      [TOWNSHIP, clerk.sub],
      [COUNTY, `${COUNTY}-CHIEF`],
    ]);
    expect(file?.agent).toEqual({ node: VILLAGE, sub: agent.sub, name: agent.name });
    expect(await codeOf(answer(clerk, 1))).toBe('ORDER_ANSWERED');
  });

  test('is dispatched by whoever stands in for the chief, within the dates, and the log says for whom', async () => {
    const id = await registered();
    const deputy = personAt(COUNTY, 'CLERK', null, 'deputy');
    expect(await codeOf(dispatch(id, deputy))).toBe('FORBIDDEN');
    const named = await federation.desk(COUNTY, roster).nameStandIn(head, {
      role: 'CHIEF',
      department: null,
      absent: { sub: director.sub, name: director.name },
      standIn: { sub: deputy.sub, name: deputy.name },
      from: today(),
      until: plusDays(today(), 5),
      ...once,
    });
    const { file } = await dispatch(id, deputy);
    expect(file.orders[0]?.orderedBy).toMatchObject({ sub: deputy.sub, role: 'CHIEF', for: { sub: director.sub } });
    await knows(TOWNSHIP, id, (view) => view.file.orders.length === 2);
    await federation.desk(COUNTY, roster).endStandIn(head, { id: named.id, on: today(), reason: '返岗', ...once });
    expect(await codeOf(dispatch(id, deputy))).toBe('FORBIDDEN');
  });

  test('is dispatched to nobody outside the county, to no village as lead, and not after its end', async () => {
    const id = await registered();
    const lead = { node: COUNTY, department: '发展改革' };
    const to = (change: object) =>
      codeOf(projects(COUNTY).dispatchProject(director, { id, lead, agent: null, orders: [], ...once, ...change }));
    expect(await to({ lead: { node: '331002', department: '发展改革' } })).toBe('NOT_COMPETENT');
    expect(await to({ lead: { node: VILLAGE, department: '村委会' } })).toBe('NOT_COMPETENT');
    expect(await to({ lead: { node: '339999', department: '发展改革' } })).toBe('UNKNOWN_DIVISION');
    expect(await to({ agent: { node: CITY, sub: 'x', name: 'x' } })).toBe('NOT_COMPETENT');
    expect(await to({ orders: orders(plusDays(today(), -1)) })).toBe('BAD_INPUT');
    expect(await to({ orders: [{ node: COUNTY, department: null, text: '办理', dueOn: today() }] })).toBe('BAD_INPUT');
    expect((await told(COUNTY, id))?.file).toMatchObject({ lead: null, orders: [], seq: 1 });
    await projects(COUNTY).endProject(keeper, { id, reason: '投资方撤回', ...once });
    expect(await to({})).toBe('PROJECT_ENDED');
    // its copies take no step: another node keeps them
    await knows(CITY, id, (view) => view.file.ended !== null);
    const amend = { id, name: '新名称', amountFen: null, reason: '更名', ...once };
    expect(await codeOf(projects(CITY).amendProject(personAt(CITY, 'CLERK'), amend))).toBe('NOT_COMPETENT');
  });

  test('is taken where a line of another hand stands in the place of the next one', async () => {
    const id = await registered();
    await knows(TOWNSHIP, id);
    await leaveForeignLine(id, 2);
    await dispatch(id);
    await knows(TOWNSHIP, id, ({ file }) => file.orders.length === 2);
    await knows(VILLAGE, id, ({ file }) => file.orders.length === 2);
    expect((await told(COUNTY, id))?.file.refusals).toEqual([]);
  });

  test('shows whoever dispatched it which node did not take it, and why', async () => {
    const id = await registered();
    await knows(TOWNSHIP, id);
    // the township has another first line, which the next one does not name
    await federation.rows(TOWNSHIP, `UPDATE project_log SET hash = 'another' WHERE project = $1 AND seq = 1`, [id]);
    await dispatch(id);
    await knows(COUNTY, id, ({ file }) => file.refusals.length > 0);
    await knows(VILLAGE, id, ({ file }) => file.refusals.length > 0 && file.orders.length === 2);
    const { file } = (await told(COUNTY, id)) ?? {};
    expect(file?.refusals.map((r) => [r.by, r.code])).toEqual([[TOWNSHIP, 'CHAIN_BROKEN']]);
    expect((await told(TOWNSHIP, id))?.file.orders).toEqual([]);
  });

  test('reaches a node that was away when it was dispatched', async () => {
    const id = await registered();
    await federation.stopHost(TOWNSHIP);
    await dispatch(id);
    await federation.wipeBroker();
    await federation.startHost(TOWNSHIP);
    await knows(TOWNSHIP, id, (view) => view.file.orders.length === 2);
    expect((await told(COUNTY, id))?.file.refusals).toEqual([]);
  });
});

describe('figures of projects', () => {
  const sumsAt = (node: string) =>
    federation.desk(node, figures).projectRollup(personAt(node, 'SUPERVISOR'), {
      division: node,
      from: plusDays(today(), -400),
      to: plusDays(today(), 1),
    });

  test('of the city are the sum of what the nodes keep, key projects apart, and say what they cover', async () => {
    const id = await registered(plusDays(today(), -20), 123);
    await key(id);
    await projects(CITY).registerProject(personAt(CITY, 'CLERK'), {
      name: '市级综合交通枢纽',
      amountFen: 7,
      place: null,
      on: plusDays(today(), -10),
      ...once,
    });
    await eventually(async () => {
      const [own, above] = await Promise.all([sumsAt(COUNTY), sumsAt(CITY)]);
      const county = above.nodes.find((n) => n.node === COUNTY);
      const same = JSON.stringify(county?.figures) === JSON.stringify(own.figures);
      // each node's facts come by a feed of their own
      return same && own.figures.key.amountFen > 0 && above.nodes.length === 2;
    });
    const { figures: whole, nodes, watermarks } = await sumsAt(CITY);
    expect(nodes.map((n) => n.node)).toEqual([CITY, COUNTY]);
    for (const sum of ['projects', 'amountFen', 'started', 'startedDays', 'runningDays', 'ended'] as const) {
      expect(whole.all[sum]).toBe(nodes.reduce((total, n) => total + n.figures.all[sum], 0));
      expect(whole.key[sum]).toBeLessThanOrEqual(whole.all[sum]);
    }
    expect(whole.all.amountFen).toBeGreaterThan(AMOUNT);
    expect(whole.all.started).toBe(1);
    expect(whole.all.startedDays).toBeGreaterThan(0);
    expect(whole.all.ended).toBe(1);
    await eventually(async () => (await sumsAt(CITY)).watermarks.every((w) => w.asOf !== null && w.behind === 0));
    expect(watermarks.map((w) => w.node)).toEqual([CITY, COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE]);
    // facts that go up name no person
    const facts = await federation.rows<{ entry: string }>(
      COUNTY,
      `SELECT entry FROM feed_entries WHERE feed = 'FACTS' AND entry LIKE '%PROJECT%'`,
    );
    expect(facts.length).toBeGreaterThan(0);
    expect(facts.filter(({ entry }) => /产业园|CLERK|HEAD|包家/.test(entry))).toEqual([]);
  });

  test('are not for the public, nor for the county beside', async () => {
    const asked = (viewer: Viewer | null, to: string) =>
      codeOf(federation.desk(COUNTY, figures).projectRollup(viewer, { division: COUNTY, from: today(), to }));
    expect(await asked(null, today())).toBe('UNAUTHENTICATED');
    expect(await asked(personAt('331002', 'SUPERVISOR'), today())).toBe('FORBIDDEN');
    expect(await asked(director, plusDays(today(), -1))).toBe('BAD_INPUT');
  });
});

test('a list is read by the node and the levels above, the latest begun first', async () => {
  const page = { first: 2, after: null };
  const all = { key: null, phase: null, ended: null };
  const first = await projects(COUNTY).projects(personAt(CITY, 'SUPERVISOR'), { filter: all }, page);
  expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const second = await projects(COUNTY).projects(
    keeper,
    { filter: all },
    { first: 200, after: first.cursors.at(-1) ?? null },
  );
  const ids = [...first.nodes, ...second.nodes].map((view) => view.file.id);
  expect(new Set(ids).size).toBe(ids.length);
  const keys = await projects(COUNTY).projects(keeper, { filter: { ...all, key: true } }, { first: 200, after: null });
  expect(keys.nodes.every((view) => view.file.key !== null)).toBe(true);
  expect(keys.nodes.length).toBeLessThan(ids.length);
  expect(await codeOf(projects(COUNTY).projects(clerk, { filter: all }, page))).toBe('FORBIDDEN');
  expect(await codeOf(projects(COUNTY).projects(keeper, { filter: all }, { first: 2, after: 'nonsense' }))).toBe(
    'BAD_INPUT',
  );
});

test('a county whose database was put back gets what others hold of its projects, and goes on', async () => {
  const id = await registered();
  await knows(TOWNSHIP, id);
  const backup = await federation.backup(COUNTY);
  await key(id);
  await dispatch(id);
  await knows(TOWNSHIP, id, (view) => view.file.orders.length === 2);
  await federation.restore(COUNTY, backup);
  await federation.startHost(COUNTY);
  await knows(COUNTY, id, (view) => view.file.orders.length === 2 && view.file.key !== null);
  await projects(TOWNSHIP).answerProjectOrder(clerk, { id, order: 1, answer: '已完成', ...once });
  await knows(COUNTY, id, (view) => view.file.orders[0]?.answer !== null);
  expect((await told(COUNTY, id))?.file.orders).toHaveLength(2);
});

describe('projects of a county that is closed', () => {
  const cityClerk = personAt(CITY, 'CLERK');
  const sums = async () => {
    const from = plusDays(today(), -400);
    const { figures: all, nodes } = await federation
      .desk(CITY, figures)
      .projectRollup(personAt(CITY, 'SUPERVISOR'), { division: CITY, from, to: plusDays(today(), 1) });
    return { all: all.all.projects, keepers: nodes.map(({ node }) => node) };
  };
  const linesAt = async (node: string, id: string) =>
    federation.rows<{ hash: string }>(
      node,
      `SELECT hash FROM project_log WHERE node = $1 AND project = $2 ORDER BY seq`,
      [node, id],
    );
  /** Closes a node as soon as the nodes below it are known to be closed. */
  const close = (node: string, parent: string, successor: string) =>
    eventually(async () => {
      const words = ['node', 'close', node, '--node', parent, '--successor', successor, '--why', '撤县设区'];
      const code = await codeOf(runAt(federation, parent, ...words));
      if (code !== null && code !== 'NODE_HAS_CHILDREN') throw new Error(code);
      return code === null;
    });
  let steps: CaseSteps;
  let id: string;
  let running: string;
  let done: string;
  let before: Awaited<ReturnType<typeof sums>>;
  let held: { hash: string }[];

  beforeAll(async () => {
    steps = new CaseSteps(federation);
    id = await registered();
    await key(id);
    await dispatch(id);
    await knows(VILLAGE, id);
    running = await steps.file(agent, homestead({ project: id }));
    done = await steps.file(agent, homestead({ project: id }));
    await federation.desk(VILLAGE, handling).withdrawCase(agent, { id: done, reason: '不办了', idempotencyKey: null });
    await steps.forward(running, agent);
    await steps.arrives(running, clerk);
    await eventually(async () => {
      const cases = (await (await told(COUNTY, id))?.cases()) ?? [];
      return cases.length === 2 && cases.some(({ state }) => state === 'WITHDRAWN');
    });
    before = await sums();
    held = await linesAt(COUNTY, id);
    await close(VILLAGE, TOWNSHIP, TOWNSHIP);
    await close(TOWNSHIP, COUNTY, COUNTY);
    await close(OTHER_TOWNSHIP, COUNTY, COUNTY);
    await close(COUNTY, CITY, CITY);
  });

  test('are kept by its successor with every line, and nobody else’s', async () => {
    await knows(CITY, id, ({ file }) => file.node === CITY);
    const view = await told(CITY, id);
    expect(view?.file).toMatchObject({ former: [COUNTY], key: { ground: '列入2026年县重点项目名单' }, ended: null });
    expect(view?.staleSince).toBeNull();
    expect((await linesAt(CITY, id)).slice(0, held.length)).toEqual(held);
    await eventually(async () => {
      const kept = `SELECT 1 FROM projects WHERE node = $1 AND keeper = $1`;
      return (await federation.rows(COUNTY, kept, [COUNTY])).length === 0;
    });
    expect((await runAt(federation, COUNTY, 'node', 'closing', '--node', COUNTY)).out).toContain('0 projects');
  });

  test('take steps there and no more where they were, and the closed county follows', async () => {
    const amend = (viewer: Viewer) =>
      projects(viewer.division).amendProject(viewer, {
        id,
        name: '滨海新城产业园二期',
        amountFen: null,
        reason: '更名',
        ...once,
      });
    await knows(COUNTY, id, ({ file }) => file.node === CITY);
    expect(await codeOf(amend(keeper))).toBe('NOT_COMPETENT');
    await amend(cityClerk);
    await knows(COUNTY, id, ({ file }) => file.name === '滨海新城产业园二期');
    expect(await codeOf(registered())).toBe('NODE_CLOSED');
  });

  test('bring their cases along, those that are open and those that are over', async () => {
    await eventually(async () => {
      const cases = (await (await told(CITY, id))?.cases()) ?? [];
      const find = (caseId: string) => cases.find((linked) => linked.id === caseId);
      return find(running)?.custodian === CITY && find(done)?.state === 'WITHDRAWN';
    });
    expect((await steps.seen(running, cityClerk))?.project).toBe(id);
  });

  test('take an answer that was on its way to the closed county', async () => {
    const actor = { sub: clerk.sub, name: clerk.name, role: 'CLERK' };
    const body = JSON.stringify({ project: id, order: 1, answer: '已落实', actor });
    await putOutbox(federation, TOWNSHIP, { receiver: COUNTY, kind: 'PROJECT_ANSWER', body });
    await knows(CITY, id, ({ file }) => file.orders[0]?.answer?.text === '已落实');
    expect((await told(CITY, id))?.file.orders[0]?.answer?.actor.sub).toBe(clerk.sub);
  });

  test('are counted once, by the successor', async () => {
    await eventually(async () => (await sums()).keepers.join() === CITY);
    expect((await sums()).all).toBe(before.all);
  });
});
