import { handling } from '@liandong/schema/domains/handling';
import { meetings } from '@liandong/schema/domains/meetings';
import type { SignalKind } from '@liandong/schema/domains/signals';
import { signals } from '@liandong/schema/domains/signals';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CaseSteps, agent, homestead, chief, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';
import { sha256 } from '../trust/index.ts';

const once = { idempotencyKey: null };
const head = personAt(TOWNSHIP, 'HEAD');
const waterClerk = personAt(TOWNSHIP, 'CLERK', '水利', 'water');
const countySupervisor = personAt(COUNTY, 'SUPERVISOR');
const one = ({ issuer, sub, name }: Viewer) => ({ issuer, sub, name });

let federation: TestFederation;
let steps: CaseSteps;
let today: string;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
beforeEach(() => {
  today = dayOf(federation.now());
});

type Plan = InputOf<typeof meetings.operations.planMeeting>;
const desk = (node = TOWNSHIP) => federation.desk(node, meetings);
const plan = (change: Partial<Plan> = {}, viewer = chief) =>
  desk().planMeeting(viewer, {
    kind: 'JOINT_REVIEW',
    department: null,
    day: today,
    begins: '09:00',
    place: '三楼会议室',
    chair: one(head),
    people: [one(clerk)],
    departments: ['水利'],
    ...once,
    ...change,
  });
const putOn = (meeting: string, id: string, question: string | null = '是否同意', viewer = clerk) =>
  desk().putOnAgenda(viewer, { meeting, case: id, question, ...once });
const found = (meeting: string, number: number, outcome: 'AGREED' | 'REFUSED' | 'DEFERRED', viewer = clerk) =>
  desk().recordOutcome(viewer, {
    meeting,
    agendaItem: number,
    outcome,
    reason: outcome === 'AGREED' ? null : '情况不明',
    conditions: [],
    ...once,
  });
const cameAll = (meeting: string, viewer = clerk) =>
  desk().recordAttendance(viewer, {
    meeting,
    attendance: [
      { seat: 1, presence: 'PRESENT', by: null },
      { seat: 2, presence: 'EXCUSED', by: null },
      { seat: 3, presence: 'PRESENT', by: '李水' },
    ],
    ...once,
  });
const close = (meeting: string, viewer = chief, idempotencyKey: string | null = null) =>
  desk().closeMeeting(viewer, { meeting, idempotencyKey });
const filed = () => steps.file(clerk, homestead({ place: VILLAGE }));
const asOf = async (meeting: string, viewer = chief) => desk().meeting(viewer, { id: meeting, division: TOWNSHIP });

/** A case that is ready to be decided here. */
async function reviewed(): Promise<string> {
  const id = await filed();
  await steps.accept(id, clerk);
  await steps.review(id, clerk);
  return id;
}

/** A closed meeting that found something on a case. */
async function heldOn(id: string, outcome: 'AGREED' | 'REFUSED' | 'DEFERRED') {
  const { id: meeting } = await plan();
  await putOn(meeting, id);
  await found(meeting, 1, outcome);
  await cameAll(meeting);
  return close(meeting);
}

const decide = (id: string, outcome: 'GRANTED' | 'REFUSED', meeting: string, viewer = chief) =>
  federation
    .desk(TOWNSHIP, handling)
    .decideCase(viewer, { id, outcome, reason: '不符', minutes: null, meeting, ...once });

/** What a person's signals tell of meetings. */
async function told(viewer: Viewer, meeting: string): Promise<SignalKind[]> {
  const { nodes } = await federation
    .desk(viewer.division, signals)
    .signals(viewer, { unread: true }, { first: 200, after: null });
  return nodes.filter((signal) => signal.meeting === meeting).map(({ kind }) => kind);
}
const hears = (viewer: Viewer, meeting: string, kinds: SignalKind[]) =>
  expect.poll(() => told(viewer, meeting), { timeout: 30_000 }).toEqual(kinds);

describe('a meeting', () => {
  test('is planned, gets its agenda, attendance, outcomes and tasks, and is closed under the next number of the desk', async () => {
    const [id, second] = [await filed(), await filed()];
    const { id: meeting } = await plan();
    await putOn(meeting, id);
    await putOn(meeting, second, '是否补充调查');
    expect(await codesOf(close(meeting))).toEqual(['MEETING_INCOMPLETE']);
    await cameAll(meeting);
    expect(await codesOf(close(meeting))).toEqual(['MEETING_INCOMPLETE']);
    await found(meeting, 1, 'AGREED');
    await found(meeting, 2, 'REFUSED');
    const due = plusDays(today, 5);
    await desk().giveTask(clerk, { meeting, text: '入户核查', person: one(clerk), department: null, due, ...once });
    const key = randomUUID();
    const closed = await close(meeting, chief, key);
    expect(closed).toMatchObject({
      state: 'HELD',
      division: TOWNSHIP,
      agenda: [
        { number: 1, caseId: id, result: { outcome: 'AGREED' } },
        { number: 2, caseId: second, question: '是否补充调查', result: { outcome: 'REFUSED', reason: '情况不明' } },
      ],
      tasks: [{ text: '入户核查', due, overdue: false }],
    });
    const { minutes } = closed;
    expect(minutes?.number).toMatch(new RegExp(`^会纪〔${today.slice(0, 4)}〕\\d+号$`));
    expect(minutes?.text).toContain('入户核查');
    expect(minutes?.digest).toBe(sha256(minutes?.text ?? ''));
    // asked again under its key, it is the same and no second number is given
    expect((await close(meeting, chief, key)).minutes).toEqual(minutes);
    const serial = (number: string | undefined) => Number(/〕(\d+)号/.exec(number ?? '')?.[1]);
    const two = await Promise.all([heldOn(await filed(), 'AGREED'), heldOn(await filed(), 'AGREED')]);
    const next = two.map((each) => serial(each.minutes?.number)).toSorted((a, b) => a - b);
    expect(next).toEqual([serial(minutes?.number) + 1, serial(minutes?.number) + 2]);
  });

  test('that was closed does not change any more, but its tasks are finished', async () => {
    const id = await filed();
    const { id: meeting } = await plan();
    await putOn(meeting, id);
    await found(meeting, 1, 'AGREED');
    await cameAll(meeting);
    const due = plusDays(today, 1);
    const task = { meeting, text: '回访', person: null, department: '水利', due, ...once };
    const { tasks } = await desk().giveTask(clerk, task);
    await close(meeting);
    const before = await asOf(meeting);
    const fresh = await filed();
    for (const change of [
      () => putOn(meeting, fresh),
      () => found(meeting, 1, 'REFUSED'),
      () => cameAll(meeting),
      () => desk().takeOffAgenda(clerk, { meeting, agendaItem: 1, ...once }),
      () => desk().giveTask(clerk, task),
      () => close(meeting),
      () => desk().cancelMeeting(chief, { meeting, reason: '改期', ...once }),
    ]) {
      expect(await codesOf(change())).toEqual(['ILLEGAL_STEP']);
    }
    expect(await asOf(meeting)).toEqual(before);
    const [{ id: given } = { id: '' }] = tasks;
    const open = async () => (await desk().meetingTasks(clerk, { division: TOWNSHIP })).filter((t) => t.id === given);
    expect(await open()).toMatchObject([{ department: '水利', overdue: false }]);
    const done = await desk().finishTask(waterClerk, { task: given, result: '已回访', ...once });
    expect(done.done).toMatchObject({ by: waterClerk.name, result: '已回访' });
    expect(await open()).toEqual([]);
    expect(await codesOf(desk().finishTask(waterClerk, { task: given, result: null, ...once }))).toEqual([
      'ILLEGAL_STEP',
    ]);
    expect(await asOf(meeting)).toMatchObject({ minutes: before.minutes });
  });

  test('takes no case that the desk neither holds nor is asked about, and none twice', async () => {
    const { id: meeting } = await plan();
    const gone = await steps.file();
    await steps.toReviewedAtTownship(gone);
    await steps.forward(gone, clerk);
    await steps.handedOver(gone, clerk);
    expect(await codesOf(putOn(meeting, gone))).toEqual(['NOT_CUSTODIAN']);
    expect(await codesOf(putOn(meeting, `${TOWNSHIP}-none`))).toEqual(['NOT_FOUND']);
    const id = await filed();
    expect(await codesOf(putOn(meeting, id, null))).toEqual(['BAD_INPUT']);
    await putOn(meeting, id);
    expect(await codesOf(putOn(meeting, id))).toEqual(['ILLEGAL_STEP']);
    // one that was taken off can be put on again, under a number of its own
    await desk().takeOffAgenda(clerk, { meeting, agendaItem: 1, ...once });
    expect((await putOn(meeting, id)).agenda.map(({ number }) => number)).toEqual([2]);
    expect(await codesOf(desk().takeOffAgenda(clerk, { meeting, agendaItem: 1, ...once }))).toEqual(['NOT_FOUND']);
  });

  test('puts a case off, which waits until the next meeting has it with the same question', async () => {
    const id = await filed();
    const closed = await heldOn(id, 'DEFERRED');
    const waiting = async () =>
      (await desk().deferredItems(clerk, { division: TOWNSHIP })).filter(({ caseId }) => caseId === id);
    expect(await waiting()).toMatchObject([
      { meeting: closed.id, minutes: closed.minutes?.number, question: '是否同意', result: { reason: '情况不明' } },
    ]);
    const { id: next } = await plan({ day: plusDays(today, 7) });
    expect((await putOn(next, id, null)).agenda).toMatchObject([{ question: '是否同意' }]);
    expect(await waiting()).toEqual([]);
    await desk().cancelMeeting(chief, { meeting: next, reason: '主持人出差', ...once });
    expect(await waiting()).toHaveLength(1);
  });

  test('is listed by day and state, page by page, to those who see it', async () => {
    const [from, until] = [plusDays(today, 30), plusDays(today, 32)];
    const made: string[] = [];
    for (const day of [from, until, until]) made.push((await plan({ day, kind: 'APPROVAL', department: '民政' })).id);
    const [cancelled = ''] = made;
    await desk().cancelMeeting(head, { meeting: cancelled, reason: '合并召开', ...once });
    const asked = { division: TOWNSHIP, from, until, state: null };
    const list = (viewer: Viewer, input = {}, after: string | null = null) =>
      desk().meetings(viewer, { ...asked, ...input }, { first: 2, after });
    const first = await list(chief);
    expect(first).toMatchObject({ nodes: [{ day: until }, { day: until }], hasNextPage: true });
    const rest = await list(chief, {}, first.cursors.at(-1) ?? null);
    expect(rest).toMatchObject({ nodes: [{ id: cancelled, state: 'CANCELLED' }], hasNextPage: false });
    expect((await list(chief, { state: 'CANCELLED' })).nodes).toHaveLength(1);
    expect(await codesOf(list(chief, {}, 'x'))).toEqual(['BAD_INPUT']);
    // invited, another department, a supervisor above
    expect((await list(waterClerk)).nodes).toHaveLength(2);
    const school = personAt(TOWNSHIP, 'CLERK', '教育', 'school');
    expect((await list(school)).nodes).toEqual([]);
    expect(await codesOf(desk().meeting(school, { id: cancelled, division: TOWNSHIP }))).toEqual(['WRONG_DEPARTMENT']);
    expect((await list(countySupervisor)).nodes).toHaveLength(2);
  });
});

describe('people', () => {
  test('plan and close in posts that decide, record as clerks, and do neither as agents, supervisors or of other desks', async () => {
    const { id: meeting } = await plan();
    expect(await codesOf(plan({}, clerk))).toEqual(['FORBIDDEN']);
    expect(await codesOf(close(meeting, clerk))).toEqual(['FORBIDDEN']);
    const agents = personAt(TOWNSHIP, 'AGENT');
    for (const viewer of [agents, agent, countySupervisor, personAt(COUNTY, 'CHIEF', '民政')]) {
      expect(await codesOf(plan({}, viewer))).toEqual(['FORBIDDEN']);
      expect(await codesOf(cameAll(meeting, viewer))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(desk().meeting(agents, { id: meeting, division: TOWNSHIP }))).toEqual(['FORBIDDEN']);
    expect(await codesOf(desk().meetingTasks(personAt(COUNTY, 'CHIEF'), { division: TOWNSHIP }))).toEqual([
      'FORBIDDEN',
    ]);
    expect(await desk().meeting(countySupervisor, { id: meeting, division: TOWNSHIP })).toMatchObject({ id: meeting });
    const { id: others } = await plan({ department: '民政' });
    expect(await codesOf(cameAll(others, waterClerk))).toEqual(['WRONG_DEPARTMENT']);
  });

  test('who are invited hear of it and of its end, and who has a task hears of it and again before it is due, once', async () => {
    const civil = personAt(TOWNSHIP, 'CLERK', '民政', 'civil');
    const { id: meeting } = await plan({ people: [one(civil), one(chief)] });
    await hears(civil, meeting, ['MEETING_CALLED']);
    // who sits for all departments hears of each that is invited, too
    await hears(head, meeting, ['MEETING_CALLED', 'MEETING_CALLED']);
    await hears(waterClerk, meeting, ['MEETING_CALLED']);
    expect(await told(chief, meeting)).toEqual([]);
    const give = (due: string) =>
      desk().giveTask(chief, { meeting, text: '核查', person: one(civil), department: null, due, ...once });
    await give(plusDays(today, 1));
    await give(plusDays(today, 60));
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    await hears(civil, meeting, ['MEETING_CALLED', 'TASK_GIVEN', 'TASK_GIVEN', 'TASK_DUE']);
    await desk().cancelMeeting(chief, { meeting, reason: '改期', ...once });
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    await hears(civil, meeting, ['MEETING_CALLED', 'TASK_GIVEN', 'TASK_GIVEN', 'TASK_DUE', 'MEETING_CANCELLED']);
  });

  test('of the desk see the meetings of a case beside it; its agent and other desks do not', async () => {
    const id = await reviewed();
    const { minutes, id: meeting } = await heldOn(id, 'AGREED');
    const query = `query ($keys: [HandlingKey!]!) { _handling(keys: $keys) { meetings { id kind day state number outcome } } }`;
    const seen = async (viewer: Viewer) => {
      const token = await federation.token(viewer);
      const variables = { keys: [{ id, at: TOWNSHIP, copy: true }] };
      const { data, errors } = await federation.ask(TOWNSHIP, { role: 'handling', query, variables, token });
      expect(errors ?? []).toEqual([]);
      return (data as { _handling: { meetings: unknown }[] })._handling[0]?.meetings;
    };
    const shown = {
      id: meeting,
      kind: 'JOINT_REVIEW',
      day: today,
      state: 'HELD',
      number: minutes?.number,
      outcome: 'AGREED',
    };
    expect(await seen(clerk)).toEqual([shown]);
    expect(await seen(countySupervisor)).toEqual([shown]);
    expect(await seen(personAt(TOWNSHIP, 'AGENT'))).toBeNull();
    expect(await seen({ ...clerk, onlyCase: (await numberOf(id)) ?? '' })).toBeNull();
  });
});

const numberOf = async (id: string) => {
  const sql = `SELECT number FROM cases WHERE node = $1 AND id = $2`;
  return (await federation.rows<{ number: string }>(TOWNSHIP, sql, [TOWNSHIP, id]))[0]?.number;
};

describe('a decision', () => {
  test('cites a closed meeting: its line, the case and the document have the number, the day and the digest', async () => {
    const id = await reviewed();
    const { minutes } = await heldOn(id, 'AGREED');
    const cited = { kind: 'JOINT_REVIEW', number: minutes?.number, day: today, digest: minutes?.digest };
    const decided = await decide(id, 'GRANTED', minutes?.number ?? '');
    expect(decided.decision).toMatchObject({ minutes: null, meeting: cited });
    const [line] = decided.log.toReversed();
    expect(line?.entry.data).toMatchObject({ meeting: cited });
    await federation.desk(TOWNSHIP, handling).issueDocument(chief, { id, note: null, ...once });
    const text = await federation.desk(TOWNSHIP, handling).resultDocument(chief, { case: id });
    expect(text).toContain(`| 集体讨论 | 联合会审 ${minutes?.number}(${today}) |`);
  });

  test('that contradicts the meeting, or cites one that does not stand for the case, is refused and changes nothing', async () => {
    const id = await reviewed();
    const agreed = (await heldOn(id, 'AGREED')).minutes?.number ?? '';
    const other = (await heldOn(await filed(), 'AGREED')).minutes?.number ?? '';
    const deferred = (await heldOn(id, 'DEFERRED')).minutes?.number ?? '';
    expect(await codesOf(decide(id, 'REFUSED', agreed))).toEqual(['MEETING_CONTRADICTED']);
    expect(await codesOf(decide(id, 'GRANTED', deferred))).toEqual(['MEETING_CONTRADICTED']);
    expect(await codesOf(decide(id, 'GRANTED', other))).toEqual(['NOT_FOUND']);
    expect(await codesOf(decide(id, 'GRANTED', '会纪〔2026〕9999号'))).toEqual(['NOT_FOUND']);
    const { id: open } = await plan();
    await putOn(open, id);
    await found(open, 1, 'AGREED');
    expect(await codesOf(decide(id, 'GRANTED', open))).toEqual(['NOT_FOUND']);
    // who may not decide learns nothing of meetings
    expect(await codesOf(decide(id, 'GRANTED', other, clerk))).toEqual(['FORBIDDEN']);
    expect((await steps.seen(id, chief))?.state).toBe('REVIEWED');
    expect((await decide(id, 'GRANTED', agreed)).state).toBe('GRANTED');
  });

  test('still names minutes that are kept elsewhere, which the document says', async () => {
    const id = await reviewed();
    const minutes = '局长办公会纪要〔2026〕3号';
    const input = { id, outcome: 'GRANTED' as const, reason: null, minutes, ...once };
    const { decision } = await federation.desk(TOWNSHIP, handling).decideCase(chief, input);
    expect(decision).toMatchObject({ minutes, meeting: null });
    await federation.desk(TOWNSHIP, handling).issueDocument(chief, { id, note: null, ...once });
    const text = await federation.desk(TOWNSHIP, handling).resultDocument(chief, { case: id });
    expect(text).toContain(`| 集体讨论 | ${minutes}(另存纪要) |`);
  });
});

test('texts of meetings lie sealed in the database', async () => {
  const id = await filed();
  const { id: meeting } = await plan();
  await putOn(meeting, id, '王秀英家是否符合条件');
  await found(meeting, 1, 'REFUSED');
  const task = { meeting, text: '走访王秀英', person: one(clerk), department: null, due: today, ...once };
  await desk().giveTask(clerk, task);
  await cameAll(meeting);
  await close(meeting);
  const rows = await federation.rows<{ row: string }>(
    TOWNSHIP,
    `SELECT to_jsonb(m)::text || to_jsonb(i)::text || to_jsonb(t)::text AS row FROM meetings m
     JOIN meeting_items i ON i.node = m.node AND i.meeting = m.id JOIN meeting_tasks t ON t.node = m.node AND t.meeting = m.id
     WHERE m.node = $1 AND m.id = $2`,
    [TOWNSHIP, meeting],
  );
  expect(rows).toHaveLength(1);
  for (const text of ['王秀英', '情况不明', '走访']) expect(rows[0]?.row).not.toContain(text);
  expect((await asOf(meeting)).minutes?.text).toContain('走访王秀英');
});
