import { handling } from '@liandong/schema/domains/handling';
import type { HearingView } from '@liandong/schema/domains/hearings';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { hearings } from '@liandong/schema/domains/hearings';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, chief, clerk, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

// 食品经营许可: taken in at 包家村, accepted and first reviewed at 亭旁镇, decided by 三门县's 市场监管.
const FOOD = '3310-SJ-001';
const MATERIALS = ['食品经营许可申请书', '营业执照', '设备布局图'];
const DEPARTMENT = '市场监管';
const countyClerk = personAt(COUNTY, 'CLERK', DEPARTMENT);
const countyChief = personAt(COUNTY, 'CHIEF', DEPARTMENT);
const chair = { ...personAt(COUNTY, 'CLERK', '司法'), sub: 'chair', name: '主持人' };
const supervisor = personAt(COUNTY, 'SUPERVISOR');
const second = { sub: 'second', name: '第二人' };
const once = { idempotencyKey: null };
const DAY_MS = 86_400_000;
const NEIGHBOURS = [
  { name: '李四海', phone: '13900000001', address: '包家村 12 号' },
  { name: '赵六妹', phone: '13900000002', address: null },
];

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const desk = (node: string) => federation.desk(node, hearings);
const code = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.problem.code,
  );
const review = (id: string, viewer: Viewer, by: typeof second | null = second) =>
  federation
    .desk(viewer.division, handling)
    .reviewCase(viewer, { id, opinion: 'APPROVE', note: null, amountFen: null, second: by, ...once });
const tell = (id: string, viewer = clerk) =>
  desk(viewer.division).tellInterestedParties(viewer, {
    id,
    parties: NEIGHBOURS,
    matter: '油烟排放',
    grave: true,
    ...once,
  });

/** A case accepted at the township. */
async function accepted(): Promise<string> {
  const id = await steps.file(agent, application({ item: FOOD, materials: MATERIALS.map((name) => material(name)) }));
  await steps.forward(id, agent);
  await steps.arrives(id, clerk);
  await steps.accept(id, clerk);
  return id;
}

/** A case whose neighbours were told, reviewed at the township, then handed to the county and reviewed there. */
async function atCounty(): Promise<string> {
  const id = await accepted();
  await tell(id);
  const statement = '油烟扰民,要求加装净化设备';
  await desk(TOWNSHIP).hearParty(clerk, { id, party: 2, statement, ...once });
  await review(id, clerk);
  await steps.forward(id, clerk);
  await steps.arrives(id, countyClerk);
  await review(id, countyClerk);
  return id;
}

const who = ({ interested }: HearingView) => interested.map(({ party, name, phone }) => [party, name, phone]);
const KNOWN = [
  [1, '李四海', '139****0001'],
  [2, '赵六妹', '139****0002'],
];

describe('interested parties of a licence', () => {
  test('are known by name where it is handled, and a phone is shown there alone, for a purpose', async () => {
    const id = await atCounty();
    const phone = (viewer: Viewer, node: string, party: number, purpose = '通知听证时间') =>
      desk(node).showPartyPhone(viewer, { case: id, party, purpose });
    expect(await phone(countyClerk, COUNTY, 2)).toBe('13900000002');
    expect(await code(phone(countyClerk, COUNTY, 2, ''))).toBe('REASON_MISSING');
    expect(await code(phone(countyClerk, COUNTY, 3))).toBe('NOT_FOUND');
    expect(await code(phone(supervisor, COUNTY, 2))).toBe('FORBIDDEN');
    // the desk that took the case in may act for their opponent
    expect(await code(phone(agent, VILLAGE, 2))).toBe('FORBIDDEN');
  });

  test('are known where it is handled, masked for supervisors, and to nobody at the desk that took it in', async () => {
    const id = await atCounty();
    const here = await desk(COUNTY).hearing(countyClerk, { case: id });
    expect(who(here)).toEqual(KNOWN);
    expect(here.interested[0]?.address).toBe('包家村 12 号');
    expect([...here.papers.values()]).toEqual(['油烟扰民,要求加装净化设备']);
    const masked = await desk(COUNTY).hearing(supervisor, { case: id });
    expect(masked.interested.map(({ name, phone, address }) => [name, phone, address])).toEqual([
      ['李四海', '139****0001', null],
      ['赵六妹', '139****0002', null],
    ]);
    expect(masked.papers.size).toBe(0);
    await steps.known(id, agent, 'REVIEWED');
    expect(who(await desk(VILLAGE).hearing(agent, { case: id }))).toEqual([
      [1, null, null],
      [2, null, null],
    ]);
    expect(await code(desk(TOWNSHIP).hearing(personAt(VILLAGE, 'AGENT'), { case: 'none' }))).toBe('NOT_FOUND');
  });

  test('are in no log, no row and no message but their own paper', async () => {
    const id = await atCounty();
    const log = (await steps.seen(id, countyClerk))?.log ?? [];
    expect(log.map((line) => line.action)).toContain('INTERESTED_TOLD');
    for (const node of [VILLAGE, TOWNSHIP, COUNTY]) {
      const lines = await federation.rows<{ jws: string }>(node, `SELECT jws FROM case_log WHERE case_id = $1`, [id]);
      const told = lines.map(({ jws }) => Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')).join();
      for (const { name, phone } of NEIGHBOURS) {
        expect(told).not.toContain(name);
        expect(told).not.toContain(phone);
      }
    }
  });

  test('of an application for the same parties have another digest each time', async () => {
    const [one, other] = [await tell(await accepted()), await tell(await accepted())];
    expect(one.hearing.groups[0]?.register.sha256).not.toBe(other.hearing.groups[0]?.register.sha256);
  });
});

describe('a hearing', () => {
  test('is offered, asked for, called, held by its chair and decides the case', async () => {
    const id = await atCounty();
    const decide = () => steps.decide(id, countyChief);
    expect(await code(decide())).toBe('HEARING_NOT_OFFERED');
    const offered = await desk(COUNTY).offerHearing(countyClerk, { id, notice: '可以要求听证', ...once });
    expect(offered).toMatchObject({ open: true, hearing: { offers: [{ party: 0 }, { party: 1 }, { party: 2 }] } });
    expect(await code(decide())).toBe('HEARING_OPEN');

    const asked = await desk(COUNTY).requestHearing(countyClerk, { id, party: 2, ...once });
    expect(asked.hearing.requests).toMatchObject([{ party: 2 }]);
    expect((await steps.seen(id, countyClerk))?.clock?.pausedSince).not.toBeNull();
    for (const party of [0, 1]) await desk(COUNTY).waiveHearing(countyClerk, { id, party, ...once });
    const at = new Date(federation.now().getTime() + 15 * DAY_MS);
    const plan = { id, at, place: '三门县听证室', announcement: null, ...once };
    const early = { ...plan, at: new Date(federation.now().getTime() + 3 * DAY_MS) };
    expect(await code(desk(COUNTY).callHearing(countyChief, { ...early, chair }))).toBe('HEARING_NOTICE_SHORT');
    const reviewer = { sub: countyClerk.sub, name: countyClerk.name };
    expect(await code(desk(COUNTY).callHearing(countyChief, { ...plan, chair: reviewer }))).toBe('HEARING_CHAIR');
    await desk(COUNTY).callHearing(countyChief, { ...plan, chair: { sub: 'chair', name: '主持人' } });

    federation.shiftMs = 15 * DAY_MS + 3_600_000;
    const held = { id, attended: [0, 2], signed: [0, 2], unsigned: [], record: '双方陈述、质证', ...once };
    expect(await code(desk(COUNTY).holdHearing(countyClerk, held))).toBe('HEARING_CHAIR');
    const recorded = await desk(COUNTY).holdHearing(chair, held);
    expect(recorded).toMatchObject({ open: false, hearing: { records: [{ attended: [0, 2] }] } });
    expect((await steps.seen(id, countyClerk))?.clock?.pausedSince).toBeNull();
    const decided = await decide();
    expect(decided.decision?.records).toEqual(recorded.hearing.records.map((r) => r.record.sha256));
    const closed = await steps.deliver(id, countyChief, agent);
    expect(closed.state).toBe('CLOSED');
    const document = await federation.desk(COUNTY, handling).resultDocument(countyChief, { case: id });
    expect(document).toContain('根据听证笔录作出');
    const line = decided.log.find((l) => l.action === 'HEARING_OFFERED');
    const notice = await federation.desk(COUNTY, handling).caseNotice(countyClerk, { case: id, seq: line?.seq ?? 0 });
    expect(notice).toContain('听证权利告知书');
  });

  test('sent again under its key is asked for once', async () => {
    const id = await atCounty();
    await desk(COUNTY).offerHearing(countyClerk, { id, notice: '可以要求听证', ...once });
    const input = { id, party: 1, idempotencyKey: 'hearing-0001' };
    await Promise.all([1, 2].map(() => desk(COUNTY).requestHearing(countyClerk, input)));
    const log = (await steps.seen(id, countyClerk))?.log.filter((line) => line.action === 'HEARING_REQUESTED');
    expect(log).toHaveLength(1);
  });

  test('is none of a stranger’s, and what is refused changes nothing', async () => {
    const id = await accepted();
    const before = await desk(TOWNSHIP).hearing(clerk, { case: id });
    const attempts: Promise<unknown>[] = [
      tell(id, { ...agent, division: TOWNSHIP }),
      desk(TOWNSHIP).tellInterestedParties(null, { id, parties: NEIGHBOURS, matter: '采光', grave: true, ...once }),
      desk(TOWNSHIP).requestHearing(clerk, { id, party: 0, ...once }),
      desk(TOWNSHIP).hearParty(clerk, { id, party: 7, statement: '不同意', ...once }),
      desk(TOWNSHIP).recuseChair(chief, { id, reason: '亲属', ...once }),
      desk(TOWNSHIP).hearing(null, { case: id }),
    ];
    expect(await Promise.all(attempts.map(code))).toEqual([
      'FORBIDDEN',
      'UNAUTHENTICATED',
      'HEARING_NOT_OFFERED',
      'NOT_FOUND',
      'FORBIDDEN',
      'UNAUTHENTICATED',
    ]);
    expect(await desk(TOWNSHIP).hearing(clerk, { case: id })).toEqual(before);
  });
});

describe('the substance of the materials', () => {
  test('is checked by two of staff', async () => {
    const id = await accepted();
    expect(await code(review(id, clerk, null))).toBe('SECOND_PERSON_MISSING');
    expect(await code(review(id, clerk, { sub: clerk.sub, name: clerk.name }))).toBe('SAME_PERSON');
    expect((await review(id, clerk)).state).toBe('REVIEWED');
  });
});

describe('a county whose old backup was put back', () => {
  test('gets papers and document of the cases it forgot from the desks that hold them, and the village no paper', async () => {
    const backup = await federation.backup(COUNTY);
    const id = await atCounty();
    await desk(COUNTY).offerHearing(countyClerk, { id, notice: '可以要求听证', ...once });
    for (const party of [0, 1, 2]) await desk(COUNTY).waiveHearing(countyClerk, { id, party, ...once });
    await steps.decide(id, countyChief);
    await steps.deliver(id, countyChief, agent);
    const document = await federation.desk(COUNTY, handling).resultDocument(countyChief, { case: id });
    await federation.restore(COUNTY, backup);
    await federation.startHost(COUNTY);
    await eventually(async () => {
      const [life] = await federation.rows<{ healed_at: Date | null }>(
        COUNTY,
        `SELECT healed_at FROM lives WHERE node = $1 ORDER BY life DESC LIMIT 1`,
        [COUNTY],
      );
      return life?.healed_at instanceof Date;
    });
    const back = await desk(COUNTY).hearing(countyClerk, { case: id });
    expect(who(back)).toEqual(KNOWN);
    expect([...back.papers.values()]).toEqual(['油烟扰民,要求加装净化设备']);
    expect(await federation.desk(COUNTY, handling).resultDocument(countyChief, { case: id })).toBe(document);
    const papers = [...back.hearing.groups.map((g) => g.register), ...back.hearing.statements.map((s) => s.statement)];
    const atVillage = `SELECT 1 FROM blobs WHERE node = $1 AND sha256 = ANY ($2)`;
    expect(await federation.rows(VILLAGE, atVillage, [VILLAGE, papers.map((p) => p.sha256)])).toEqual([]);
  });
});

describe('over the graph', () => {
  test('a desk tells neighbours and reads them back, and is told what is wrong by code', async () => {
    const id = await accepted();
    const token = await federation.token(clerk);
    const query = `mutation ($input: TellInterestedPartiesInput!) { tellInterestedParties(input: $input) {
      hearing { open interested { party name phone grave } } errors { code field } } }`;
    const send = (input: unknown) => federation.ask(TOWNSHIP, { role: 'hearings', query, variables: { input }, token });
    const parties = NEIGHBOURS.map(({ name, phone }) => ({ name, phone }));
    expect(await send({ id, parties: [{ name: '李四海', phone: '1' }], matter: '采光', grave: true })).toMatchObject({
      data: { tellInterestedParties: { hearing: null, errors: [{ code: 'BAD_INPUT', field: 'parties.0.phone' }] } },
    });
    expect(await send({ id, parties, matter: '采光', grave: true })).toMatchObject({
      data: {
        tellInterestedParties: { hearing: { open: true, interested: [{ party: 1 }, { party: 2 }] }, errors: [] },
      },
    });
    const read = await federation.ask(TOWNSHIP, {
      role: 'hearings',
      query: `query ($case: ID!) { hearing(case: $case) { interested { name } offers { party } records { sha256 } } }`,
      variables: { case: id },
      token,
    });
    expect(read).toMatchObject({ data: { hearing: { interested: [{ name: '李四海' }, { name: '赵六妹' }] } } });
  });
});
