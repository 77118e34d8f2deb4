import { handling } from '@liandong/schema/domains/handling';
import type { JointHandlingView } from '@liandong/schema/domains/joint';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { joint } from '@liandong/schema/domains/joint';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, eventually, personAt } from '../testing/test-federation.ts';

/** 三门's 工业项目竣工联合验收: silence and unexcused absence have an effect there. */
const ACCEPTANCE = '3310-LB-003';
const MATERIALS = ['联合验收申请表', '竣工验收报告', '各专项验收自查材料'];
const DAY_MS = 86_400_000;

const HOUSING = '住房城乡建设';
const DEPARTMENTS = [HOUSING, '自然资源和规划', '消防', '人防', '气象', '水利', '综合执法'];
const FIRE = '消防';
const clerk = personAt(COUNTY, 'CLERK', HOUSING);
const chief = personAt(COUNTY, 'CHIEF', HOUSING);
const of = (department: string): Viewer => personAt(COUNTY, 'CLERK', department, `clerk-${department}`);
const numberOf = (department: string) => DEPARTMENTS.indexOf(department) + 1;

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const desk = () => federation.desk(COUNTY, joint);
const cases = () => federation.desk(COUNTY, handling);
const once = { idempotencyKey: null };
const code = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.problem.code,
  );

async function accepted(): Promise<string> {
  const materials = MATERIALS.map((name) => material(name));
  const id = await steps.file(clerk, application({ item: ACCEPTANCE, consent: null, materials }));
  await steps.accept(id, clerk);
  return id;
}

const ask = (department: string) => ({
  node: null,
  department,
  ask: department === FIRE ? ('STATUTORY' as const) : ('OPINION' as const),
  days: 3,
  materials: null,
});
const open = (id: string, departments: readonly string[] = DEPARTMENTS, viewer: Viewer | null = clerk) =>
  desk().openJointHandling(viewer, { id, stage: 'COMPLETION', parties: departments.map(ask), ...once });
const say = (id: string, department: string, opinion: 'AGREE' | 'OBJECT' = 'AGREE', viewer = of(department)) => {
  const reason = opinion === 'OBJECT' ? '消防通道不足' : null;
  return desk().givePartyOpinion(viewer, { id, party: numberOf(department), opinion, reason, ...once });
};
const partyOf = (view: JointHandlingView, department: string) =>
  view.joint?.parties.find((p) => p.department === department);
const review = (id: string) =>
  cases().reviewCase(clerk, { id, opinion: 'APPROVE', note: null, amountFen: null, ...once });

describe('三门’s joint acceptance at the county', () => {
  test('is visited once, corrected, silent parties consent, the statutory one is waited for, and then it is granted', async () => {
    const id = await accepted();
    expect(await code(review(id))).toBe('JOINT_MISSING');
    const opened = await open(id);
    expect(opened.joint?.parties.map((p) => p.department)).toEqual(DEPARTMENTS);
    expect(opened).toMatchObject({ open: true, joint: { lead: HOUSING, silentApproval: true, absenceDefault: true } });

    const at = new Date(federation.now().getTime() + 3_600_000);
    const called = [FIRE, '气象', '水利'].map(numberOf);
    await desk().scheduleSiteVisit(clerk, { id, at, place: '厂区', parties: called, ...once });
    const { handling: excused } = await desk().excusePartyOpinion(of('人防'), {
      id,
      party: numberOf('人防'),
      reason: '防汛值班',
      days: 2,
      ...once,
    });
    expect(excused && partyOf(excused, '人防')).toMatchObject({ excuse: { reason: '防汛值班' } });
    await say(id, HOUSING);
    await say(id, '综合执法', 'OBJECT');

    federation.shiftMs = 2 * 3_600_000;
    const visited = await desk().recordSiteVisit(clerk, {
      id,
      record: '联合踏勘',
      attendance: [
        { party: numberOf(FIRE), as: 'PRESENT', reason: null },
        { party: numberOf('气象'), as: 'ABSENT', reason: null },
        { party: numberOf('水利'), as: 'EXCUSED', reason: '抢险' },
      ],
      corrections: [
        { party: numberOf(FIRE), text: '补设疏散指示', mandatory: true },
        { party: numberOf(FIRE), text: '绿化宜补种', mandatory: false },
      ],
      ...once,
    });
    expect(partyOf(visited, '气象')).toMatchObject({ absent: true });
    expect(partyOf(visited, '水利')).toMatchObject({ absent: false });
    expect(visited.joint?.corrections.map((c) => [c.number, c.mandatory])).toEqual([
      [1, true],
      [2, false],
    ]);

    // past every deadline the host's own clockwork writes the silence down, at once after a fresh start
    federation.shiftMs = 14 * DAY_MS;
    await federation.stopHost(COUNTY);
    await federation.startHost(COUNTY);
    await eventually(async () => partyOf(await desk().jointHandling(clerk, { case: id }), FIRE)?.lapse !== null);
    const lapsed = await desk().jointHandling(clerk, { case: id });
    expect(lapsed.joint?.parties.map((p) => [p.department, p.lapse?.effect ?? null])).toEqual([
      [HOUSING, null],
      ['自然资源和规划', 'CONSENT'],
      [FIRE, 'OVERDUE'],
      ['人防', 'CONSENT'],
      ['气象', null],
      ['水利', 'CONSENT'],
      ['综合执法', null],
    ]);
    expect(await federation.rows(COUNTY, `SELECT * FROM joint_deadlines WHERE case_id = $1`, [id])).toEqual([]);
    const log = (await steps.seen(id, clerk))?.log.filter((line) => line.action === 'OPINION_LAPSED');
    expect(log?.map((line) => line.actorRole)).toEqual([null, null, null, null]);

    expect(await code(say(id, '人防'))).toBe('OPINION_SETTLED');
    expect(await code(review(id))).toBe('JOINT_OPEN');
    await say(id, FIRE);
    expect(await code(review(id))).toBe('OBJECTION_UNRESOLVED');
    const settled = { id, party: numberOf('综合执法'), end: 'SETTLED' as const, resolution: '已拓宽通道', ...once };
    expect(await code(desk().resolveObjection(clerk, settled))).toBe('FORBIDDEN');
    await desk().resolveObjection(chief, settled);
    expect(await code(review(id))).toBe('CORRECTION_OPEN');
    const corrected = await desk().confirmCorrection(clerk, { id, correction: 1, evidence: '整改照片', ...once });
    expect(corrected.open).toBe(false);
    await review(id);
    expect(await steps.decide(id, chief)).toMatchObject({ state: 'GRANTED' });
  });

  test('can only be refused where an objection is upheld', async () => {
    const id = await accepted();
    await open(id);
    for (const department of DEPARTMENTS) await say(id, department, department === FIRE ? 'OBJECT' : 'AGREE');
    const end = (as: 'SETTLED' | 'UPHELD') =>
      desk().resolveObjection(chief, { id, party: numberOf(FIRE), end: as, resolution: '不符合消防规范', ...once });
    expect(await code(end('SETTLED'))).toBe('NOT_COMPETENT');
    await end('UPHELD');
    await review(id);
    expect(await code(steps.decide(id, chief))).toBe('OBJECTION_UNRESOLVED');
  });

  test('sent again under its key is done once', async () => {
    const id = await accepted();
    await open(id);
    const input = { id, party: 1, opinion: 'AGREE' as const, reason: null, idempotencyKey: 'opinion-0001' };
    const twice = await Promise.all([1, 2].map(() => desk().givePartyOpinion(of(HOUSING), input)));
    expect(twice.map(({ handling: view }) => view && partyOf(view, HOUSING)?.given?.opinion)).toEqual([
      'AGREE',
      'AGREE',
    ]);
    const lines = (await steps.seen(id, clerk))?.log.filter((line) => line.action === 'OPINION_GIVEN');
    expect(lines).toHaveLength(1);
  });

  test('takes answers given at the same moment, each once', async () => {
    const id = await accepted();
    await open(id);
    expect(await Promise.all(DEPARTMENTS.map((name) => code(say(id, name))))).toEqual(DEPARTMENTS.map(() => null));
    expect((await desk().jointHandling(clerk, { case: id })).open).toBe(false);
  });

  test('leaves no deadline behind when it ends with somebody silent', async () => {
    const id = await accepted();
    await open(id);
    await cases().terminateCase(chief, { id, reason: '项目取消', idempotencyKey: null });
    federation.shiftMs = 14 * DAY_MS;
    await federation.stopHost(COUNTY);
    await federation.startHost(COUNTY);
    const rows = () => federation.rows(COUNTY, `SELECT * FROM joint_deadlines WHERE case_id = $1`, [id]);
    await eventually(async () => (await rows()).length === 0);
    expect((await desk().jointHandling(clerk, { case: id })).joint?.parties.map((p) => p.lapse)).toEqual(
      DEPARTMENTS.map(() => null),
    );
  });
});

describe('what is refused', () => {
  test('and nothing is written', async () => {
    const id = await accepted();
    const agentless = await accepted();
    const before = await open(id);
    const far = [{ ...ask(HOUSING), node: '331023' }, ...DEPARTMENTS.slice(1).map(ask)];
    const elsewhere = { id: agentless, stage: null, parties: far, ...once };
    const attempts: Promise<unknown>[] = [
      open(id),
      open(agentless, DEPARTMENTS.slice(1)),
      open(agentless, DEPARTMENTS, of(FIRE)),
      open(agentless, DEPARTMENTS, null),
      desk().openJointHandling(clerk, elsewhere),
      say(agentless, FIRE),
      say(id, FIRE, 'AGREE', of('水利')),
      say(id, FIRE, 'AGREE', personAt(TOWNSHIP, 'CLERK', FIRE)),
      desk().givePartyOpinion(of(FIRE), { id, party: 3, opinion: 'OBJECT', reason: null, ...once }),
      desk().excusePartyOpinion(of(FIRE), { id, party: 3, reason: '需检测', days: 40, ...once }),
      desk().scheduleSiteVisit(clerk, { id, at: new Date(0), place: '厂区', parties: [1], ...once }),
      desk().recordSiteVisit(clerk, { id, record: '踏勘', attendance: [], corrections: [], ...once }),
      desk().confirmCorrection(clerk, { id, correction: 1, evidence: '照片', ...once }),
      desk().jointHandling(personAt(TOWNSHIP, 'CLERK'), { case: id }),
      desk().jointHandling(clerk, { case: 'none' }),
    ];
    expect(await Promise.all(attempts.map(code))).toEqual([
      'JOINT_REPEATED',
      'JOINT_INCOMPLETE',
      'WRONG_DEPARTMENT',
      'UNAUTHENTICATED',
      'BAD_INPUT',
      'JOINT_MISSING',
      'WRONG_DEPARTMENT',
      'FORBIDDEN',
      'REASON_MISSING',
      'BAD_INPUT',
      'BAD_INPUT',
      'NOT_FOUND',
      'NOT_FOUND',
      'FORBIDDEN',
      'NOT_FOUND',
    ]);
    expect(await desk().jointHandling(clerk, { case: id })).toEqual(before);
    expect((await desk().jointHandling(clerk, { case: agentless })).joint).toBeNull();
  });
});

describe('over the graph', () => {
  test('a desk opens joint handling and reads it back, and is told what is wrong by code', async () => {
    const id = await accepted();
    const token = await federation.token(clerk);
    const parties = DEPARTMENTS.map((department) => ({ department, ask: 'OPINION', days: 3 }));
    const query = `mutation ($input: OpenJointHandlingInput!) { openJointHandling(input: $input) {
      jointHandling { open lead parties { number department outstanding } } errors { code field } } }`;
    const send = (input: unknown) => federation.ask(COUNTY, { role: 'joint', query, variables: { input }, token });
    expect(await send({ id, parties: [] })).toMatchObject({
      data: { openJointHandling: { jointHandling: null, errors: [{ code: 'JOINT_INCOMPLETE' }] } },
    });
    expect(await send({ id, parties })).toMatchObject({
      data: { openJointHandling: { jointHandling: { open: true, lead: HOUSING }, errors: [] } },
    });
    const visit = {
      id,
      at: new Date(federation.now().getTime() + DAY_MS).toISOString(),
      place: '厂区',
      parties: [1, 2],
    };
    const scheduled = await federation.ask(COUNTY, {
      role: 'joint',
      query: `mutation ($input: ScheduleSiteVisitInput!) { scheduleSiteVisit(input: $input) { errors { code } } }`,
      variables: { input: visit },
      token,
    });
    expect(scheduled).toMatchObject({ data: { scheduleSiteVisit: { errors: [] } } });
    const read = await federation.ask(COUNTY, {
      role: 'joint',
      query: `query ($case: ID!) { jointHandling(case: $case) { parties { department } visit { place called record } } }`,
      variables: { case: id },
      token,
    });
    expect(read).toMatchObject({
      data: { jointHandling: { visit: { place: '厂区', called: [1, 2], record: null } } },
    });
  });
});
