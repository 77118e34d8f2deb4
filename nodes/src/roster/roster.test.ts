import { handling } from '@liandong/schema/domains/handling';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { ARTICLES, dayOf, ROSTER_GAPS } from '@liandong/schema/kernel';
import { proxy } from '@liandong/schema/domains/proxy';
import { roster } from '@liandong/schema/domains/roster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, chief, clerk, countyChief, countyClerk } from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const registers = (node: string) => federation.desk(node, roster);
const proxyDesk = (node: string) => federation.desk(node, proxy);
const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.problem,
  );
const day = (ahead = 0) => dayOf(new Date(federation.now().getTime() + ahead * 86_400_000));
const key = { idempotencyKey: null };
const ref = ({ sub, name }: Viewer) => ({ sub, name });
/** The B of the village's agent: a clerk of the same desk. */
const clerkB = personAt(VILLAGE, 'CLERK', null, 'village-clerk-b');
const entry = (who: Viewer, change: object = {}) => ({
  ...ref(who),
  employment: 'STAFF' as const,
  withheld: [],
  from: day(-30),
  until: null,
  standIn: null,
  ...key,
  ...change,
});
const agentOf = async (id: string, viewer: Viewer = agent) =>
  (await proxyDesk(viewer.division).proxyHandling(viewer, { case: id })).agent;
const logged = async (id: string, viewer: Viewer) => (await steps.seen(id, viewer))?.log ?? [];

describe('stand-ins (AB角)', () => {
  const term = () => ({ from: day(), until: day(5) });
  const post = (change: object = {}) => ({
    role: 'CHIEF' as const,
    absent: ref(countyChief),
    standIn: { sub: 'b', name: '副职乙' },
    department: null,
    ...term(),
    ...key,
    ...change,
  });
  const head = personAt(COUNTY, 'HEAD', '民政');
  const deputy = personAt(COUNTY, 'CLERK', '民政', 'b');

  test('are named by the head of the desk, decide in the post, and never what the same person reviewed', async () => {
    const named = await registers(COUNTY).nameStandIn(head, post());
    expect(named).toMatchObject({ role: 'CHIEF', department: '民政', standIn: 'b', endedOn: null });
    const own = await steps.file(clerk, application({ consent: null }));
    const other = await steps.file(clerk, application({ consent: null }));
    for (const id of [own, other]) {
      await steps.accept(id, clerk);
      await steps.review(id, clerk);
      await steps.forward(id, clerk);
      await steps.arrives(id, countyClerk);
    }
    await steps.review(own, deputy);
    expect(await refusal(steps.decide(own, deputy))).toMatchObject({
      code: 'SAME_PERSON',
      article: ARTICLES.twoPersons,
    });
    await steps.review(other, countyClerk);
    await steps.decide(other, deputy);
    const decided = (await logged(other, countyClerk)).find((line) => line.action === 'DECIDED');
    expect(decided).toMatchObject({ actor: deputy.name, actorRole: 'CHIEF' });
    await registers(COUNTY).endStandIn(head, { id: named.id, on: day(), reason: '返岗', ...key });
    expect(await refusal(steps.decide(own, deputy))).toMatchObject({ code: 'FORBIDDEN' });
  });

  test.each<[string, string, Viewer, object]>([
    ['by a clerk', 'FORBIDDEN', countyClerk, {}],
    ['by another desk', 'FORBIDDEN', chief, {}],
    ['by a supervisor', 'FORBIDDEN', personAt(COUNTY, 'SUPERVISOR'), {}],
    ['by a chief for themselves', 'FORBIDDEN', countyChief, { standIn: ref(countyChief), absent: ref(countyClerk) }],
    ["by a chief for the head's post", 'FORBIDDEN', countyChief, { role: 'HEAD' }],
    ["for another department's post", 'WRONG_DEPARTMENT', countyChief, { department: '公安' }],
    ['with a term that runs backward', 'BAD_INPUT', head, { until: '2020-01-01' }],
  ])('are not named %s', async (_, code, viewer, change) => {
    expect(await refusal(registers(COUNTY).nameStandIn(viewer, post(change)))).toMatchObject({ code });
  });

  test('are not named twice for one post, and the same key names once', async () => {
    const absent = { sub: 'chief-2', name: '首席二' };
    const once = post({ absent, idempotencyKey: 'stand-in-1' });
    const first = await registers(COUNTY).nameStandIn(head, once);
    expect(await registers(COUNTY).nameStandIn(head, once)).toEqual(first);
    expect(await refusal(registers(COUNTY).nameStandIn(head, post({ absent })))).toMatchObject({
      code: 'STAND_IN_CONFLICT',
      field: 'from',
    });
    expect((await registers(COUNTY).standIns(head, { since: null })).map((s) => s.id)).toContain(first.id);
  });

  test('leave an append-only log of who changed what', async () => {
    const { nodes } = await registers(COUNTY).postChanges(head, {}, { first: 50, after: null });
    expect(nodes.map((c) => c.change)).toEqual(expect.arrayContaining(['STAND_IN_NAMED', 'STAND_IN_ENDED']));
    expect(nodes.every((c) => c.by === head.name)).toBe(true);
    for (const change of [`UPDATE post_log SET actor = 'x'`, 'DELETE FROM post_log']) {
      await expect(federation.rows(COUNTY, change)).rejects.toThrow('append-only');
    }
  });
});

describe('a roster', () => {
  test("is kept by the township's chief for its village; then only who stands in it acts as agent", async () => {
    expect(await refusal(steps.file(agent, application()))).toBeNull();
    const stranger = personAt(VILLAGE, 'AGENT', null, 'stranger');
    expect(await refusal(steps.file(stranger, application()))).toBeNull();
    const kept = await registers(VILLAGE).keepRosterAgent(chief, entry(agent, { standIn: ref(clerkB) }));
    expect(kept).toMatchObject({ sub: agent.sub, inRoster: true, trained: false });
    expect((await registers(VILLAGE).roster(agent, {})).gaps).toEqual(['TRAINING_LAPSED']);
    expect(await refusal(steps.file(agent, application()))).toBeNull();
    expect(await refusal(steps.file(stranger, application()))).toMatchObject({
      code: 'NOT_IN_ROSTER',
      article: ARTICLES.agentRoster,
    });
    // other desks and other posts go on as before
    expect(await refusal(steps.file(clerkB, application()))).toBeNull();
    expect(await refusal(steps.file(personAt(OTHER_VILLAGE, 'AGENT'), application()))).toBeNull();
    const trained = { sub: agent.sub, what: '帮办代办业务培训', on: day(-10), validUntil: day(300), ...key };
    expect(await registers(VILLAGE).recordTraining(chief, trained)).toMatchObject({ trained: true });
    expect(await federation.services(VILLAGE).roster.coverage()).toEqual({ agents: 1, gaps: [] });
  });

  test('lets a contracted helper take in and forward, and nothing that is for staff', async () => {
    const helper = personAt(VILLAGE, 'AGENT', null, 'helper');
    await registers(VILLAGE).keepRosterAgent(chief, entry(helper, { employment: 'CONTRACTED', standIn: ref(agent) }));
    expect(await refusal(steps.file(helper, application()))).toMatchObject({ code: 'TRAINING_LAPSED' });
    const trained = { sub: helper.sub, what: '岗前培训', on: day(-3), validUntil: day(100), ...key };
    await registers(VILLAGE).recordTraining(chief, trained);
    const id = await steps.file(helper, application());
    const desk = federation.desk(VILLAGE, handling);
    const input = { id, reason: '不办了', ...key };
    expect(await refusal(desk.withdrawCase(helper, input))).toMatchObject({ code: 'HELPER_LIMITED' });
    expect(await refusal(desk.transferCase(helper, { ...input, to: TOWNSHIP }))).toMatchObject({
      code: 'HELPER_LIMITED',
    });
    await registers(VILLAGE).keepRosterAgent(
      chief,
      entry(helper, { employment: 'CONTRACTED', standIn: ref(agent), withheld: ['3310-MZ-001'] }),
    );
    expect(await refusal(steps.forward(id, helper))).toMatchObject({ code: 'ITEM_WITHHELD' });
    await registers(VILLAGE).endRosterAgent(chief, { sub: helper.sub, until: day(-1), reason: '合同到期', ...key });
    expect(await refusal(steps.forward(id, helper))).toMatchObject({ code: 'NOT_IN_ROSTER' });
    await steps.forward(id, agent);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['FORBIDDEN', 'kept by an agent', () => registers(VILLAGE).keepRosterAgent(agent, entry(agent))],
    ['FORBIDDEN', 'kept by the county', () => registers(VILLAGE).keepRosterAgent(countyChief, entry(agent))],
    ['FORBIDDEN', 'read by another village', () => registers(VILLAGE).roster(personAt(OTHER_VILLAGE, 'AGENT'), {})],
    ['UNAUTHENTICATED', 'read without a login', () => registers(VILLAGE).roster(null, {})],
    [
      'BAD_INPUT',
      'whose term runs backward',
      () => registers(VILLAGE).keepRosterAgent(chief, entry(agent, { until: '2020-01-01' })),
    ],
    [
      'NOT_FOUND',
      'ended for nobody',
      () => registers(VILLAGE).endRosterAgent(chief, { sub: 'x', until: day(), reason: 'r', ...key }),
    ],
  ])('is refused with %s %s', async (code, _, attempt) => {
    expect(await refusal(attempt())).toMatchObject({ code });
  });
});

describe('an absent agent', () => {
  test('passes the open cases on to the stand-in wherever they are held, and has them back afterwards', async () => {
    const here = await steps.file(agent, application());
    const there = await steps.file(agent, application());
    await steps.forward(there, agent);
    await steps.arrives(there, clerk);
    await eventually(async () => (await logged(there, agent)).some((line) => line.action === 'RECEIVED'));
    const absence = await registers(VILLAGE).reportAbsence(agent, {
      sub: null,
      from: day(),
      until: day(2),
      reason: '住院',
      ...key,
    });
    expect(absence).toMatchObject({ away: true, standIn: ref(clerkB), reportedBy: agent.name });
    const passed = new Map(absence.cases.map((c) => [c.caseId, c]));
    for (const id of [here, there]) {
      expect(passed.get(id)).toMatchObject({
        passedOn: 'STAND_IN',
        to: { node: VILLAGE, ...ref(clerkB) },
        backAt: null,
      });
    }
    expect(await agentOf(here)).toEqual({ node: VILLAGE, ...ref(clerkB) });
    // sent to the township, written there, echoed back
    await eventually(async () => (await agentOf(there)).sub === clerkB.sub);
    expect((await logged(there, clerk)).at(-1)).toMatchObject({
      action: 'AGENT_CHANGED',
      actor: agent.name,
      node: TOWNSHIP,
    });
    // the stand-in, a clerk of the desk, records contacts in the agent's post
    await proxyDesk(VILLAGE).logContact(clerkB, {
      id: here,
      with: 'APPLICANT',
      way: 'PHONE',
      what: '告知由我接办',
      ...key,
    });
    const { contacts } = await proxyDesk(VILLAGE).proxyHandling(agent, { case: here });
    expect(contacts.at(-1)?.actor).toMatchObject({ sub: clerkB.sub, role: 'AGENT', for: ref(agent) });

    const again = { sub: null, from: day(1), until: day(3), reason: '住院', ...key };
    expect(await refusal(registers(VILLAGE).reportAbsence(agent, again))).toMatchObject({ code: 'ABSENCE_CONFLICT' });
    await registers(VILLAGE).endAbsence(agent, { id: absence.id, on: day(), ...key });
    await eventually(async () => (await agentOf(there)).sub === agent.sub);
    expect(await agentOf(here)).toEqual({ node: VILLAGE, ...ref(agent) });
    const contact = { id: here, with: 'APPLICANT' as const, way: 'PHONE' as const, what: '告知', ...key };
    expect(await refusal(proxyDesk(VILLAGE).logContact(clerkB, contact))).toMatchObject({ code: 'FORBIDDEN' });
    const [listed] = (await registers(VILLAGE).agentAbsences(chief, { since: day(-1) })).filter(
      (a) => a.id === absence.id,
    );
    expect(listed?.cases.filter((c) => [here, there].includes(c.caseId)).map((c) => c.backAt !== null)).toEqual([
      true,
      true,
    ]);
  });

  test('whose absence is settled several times at once passes each case on once, and has it back once', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push(await steps.file(agent, application()));
    for (const id of ids) {
      await steps.forward(id, agent);
      await steps.arrives(id, clerk);
      await eventually(async () => (await steps.seen(id, agent))?.custody !== 'IN_TRANSIT');
    }
    const told = async () => {
      const events = `SELECT count(*)::int AS n FROM outbox WHERE node = $1 AND kind = 'PROXY_EVENT' AND case_id = ANY ($2)`;
      return (await federation.rows<{ n: number }>(VILLAGE, events, [VILLAGE, ids]))[0]?.n;
    };
    const many = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 6 }, work));
    const leave = { sub: null, from: day(), until: day(2), reason: '住院', idempotencyKey: 'leave-of-many' };
    const [absence] = await many(() => registers(VILLAGE).reportAbsence(agent, leave));
    expect(await told()).toBe(ids.length);
    // the stand-in of the absence before, which ended today, stands no more: the roster's B is put in again
    for (const id of ids) await eventually(async () => (await agentOf(id)).sub === clerkB.sub);
    const end = { id: absence?.id ?? '', on: day(), idempotencyKey: 'end-of-many' };
    await many(() => registers(VILLAGE).endAbsence(agent, end));
    for (const id of ids) await eventually(async () => (await agentOf(id)).sub === agent.sub);
    expect(await told()).toBe(2 * ids.length);
  });

  test("without a stand-in hands what is not accepted yet to the township's team, where it stays", async () => {
    const lone = personAt(OTHER_VILLAGE, 'AGENT');
    const id = await steps.file(lone, application());
    const absence = await registers(OTHER_VILLAGE).reportAbsence(lone, {
      sub: null,
      from: day(),
      until: day(1),
      reason: '参加培训',
      ...key,
    });
    expect(absence.cases.find((c) => c.caseId === id)).toMatchObject({
      passedOn: 'TAKEN_OVER',
      to: { node: TOWNSHIP },
    });
    await steps.arrives(id, clerk);
    expect(await agentOf(id, clerk)).toEqual({ node: TOWNSHIP, sub: null, name: null });
    expect((await logged(id, clerk)).map((line) => line.action)).toEqual(['FILED', 'TRANSFERRED', 'RECEIVED']);
    await registers(OTHER_VILLAGE).endAbsence(lone, { id: absence.id, on: day(), ...key });
    expect(await agentOf(id, clerk)).toMatchObject({ node: TOWNSHIP });
  });

  test('is reported by the agent or the township, and by nobody else', async () => {
    const input = { sub: agent.sub, from: day(10), until: day(11), reason: '休假', ...key };
    for (const viewer of [clerkB, countyChief, personAt(OTHER_VILLAGE, 'AGENT')]) {
      expect(await refusal(registers(VILLAGE).reportAbsence(viewer, input))).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await refusal(registers(VILLAGE).reportAbsence(chief, { ...input, sub: 'x' }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    const keyed = { ...input, idempotencyKey: 'absence-1' };
    const made = await registers(VILLAGE).reportAbsence(chief, keyed);
    expect(await registers(VILLAGE).reportAbsence(chief, keyed)).toEqual(made);
    // a future absence passes nothing on yet
    expect(made).toMatchObject({ away: false, cases: [], reportedBy: chief.name });
  });
});

test('the graph keeps, reports and lists, and refuses with code and field', async () => {
  const send = async (viewer: Viewer, at: string, query: string, variables: Record<string, unknown> = {}) => {
    const token = await federation.token(viewer);
    const { data, errors } = await federation.ask(at, { role: 'roster', query, variables, token });
    expect(errors ?? []).toEqual([]);
    return data;
  };
  const keep = `mutation ($input: KeepRosterAgentInput!) { keepRosterAgent(input: $input) {
    agent { name employment inRoster standIn { name } } errors { code field } } }`;
  const input = {
    division: TOWNSHIP,
    sub: 'team-1',
    name: '帮办员甲',
    employment: 'STAFF',
    from: day(-1),
    standIn: { sub: 'team-2', name: '帮办员乙' },
  };
  expect(await send(chief, TOWNSHIP, keep, { input })).toEqual({
    keepRosterAgent: {
      agent: { name: '帮办员甲', employment: 'STAFF', inRoster: true, standIn: { name: '帮办员乙' } },
      errors: [],
    },
  });
  const self = { ...input, standIn: { sub: 'team-1', name: '帮办员甲' } };
  expect(await send(chief, TOWNSHIP, keep, { input: self })).toEqual({
    keepRosterAgent: { agent: null, errors: [{ code: 'BAD_INPUT', field: 'standIn.sub' }] },
  });
  const read = `{ roster { agents { sub trained } gaps } standIns { role } agentAbsences { id }
    postChanges(first: 1) { nodes { change about } } }`;
  expect(await send(chief, TOWNSHIP, read)).toEqual({
    roster: { agents: [{ sub: 'team-1', trained: false }], gaps: ['TRAINING_LAPSED'] },
    standIns: [],
    agentAbsences: [],
    postChanges: { nodes: [{ change: 'AGENT_KEPT', about: '帮办员甲' }] },
  });
});

test('what the public is told of a place’s roster is how many agents and what is lacking, and names nobody', async () => {
  const ask = (query: string, variables: Record<string, unknown>) =>
    federation.ask(TOWNSHIP, { role: 'roster', query, variables, token: null });
  const keys = [{ at: TOWNSHIP }];
  const { data, errors } = await ask('query ($keys: [RosterKey!]!) { _placeRosters(keys: $keys) }', { keys });
  expect(errors).toBeUndefined();
  const [said] = (data?.['_placeRosters'] ?? []) as string[];
  const place = JSON.parse(said ?? '') as { agents: number; gaps: string[] };
  expect(Object.keys(place)).toEqual(['agents', 'gaps']);
  expect(place.agents).toBeGreaterThan(0);
  expect(place.gaps.every((gap) => ROSTER_GAPS.some((known) => known === gap))).toBe(true);
  // only desks may see the agents' names
  const names = await ask('{ roster { agents { name } } }', {});
  expect(names.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
