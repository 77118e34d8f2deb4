import { handling } from '@liandong/schema/domains/handling';
import { readFile } from 'node:fs/promises';
import type { OpinionRequestView } from '@liandong/schema/domains/joint';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { endOfDay, lastDayOf } from '@liandong/schema/kernel';
import { joint } from '@liandong/schema/domains/joint';
import { parentByCode, verifyCaseExport } from '@liandong/schema/trust';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtInCalendar } from '../calendar/index.ts';
import { exportCase } from '../exports/index.ts';
import { CaseSteps, application, material } from '../testing/cases.ts';
import { isolate } from '../testing/isolate.ts';
import { putOutbox, readOutbox } from '../testing/outbox.ts';
import {
  CITY,
  COUNTY,
  TOWNSHIP,
  TestFederation,
  eventually,
  personAt,
  readKeysOf,
} from '../testing/test-federation.ts';
import { Trust, trustFileSchema } from '../trust/index.ts';

/** 三门's 工业项目竣工联合验收, which also asks the township of the works and a department of the city. */
const ACCEPTANCE = '3310-LB-003';
const MATERIALS = ['联合验收申请表', '竣工验收报告', '各专项验收自查材料'];
const DAY_MS = 86_400_000;
const HOUSING = '住房城乡建设';
const OWN = [HOUSING, '自然资源和规划', '消防', '人防', '气象', '水利', '综合执法'];
/** Parties 8 and 9. */
const BUILDING = '村镇建设';
const ENVIRONMENT = '生态环境';
const [AT_TOWNSHIP, AT_CITY] = [OWN.length + 1, OWN.length + 2];

const clerk = personAt(COUNTY, 'CLERK', HOUSING);
const chief = personAt(COUNTY, 'CHIEF', HOUSING);
const comprehensive = personAt(TOWNSHIP, 'CLERK');
const environment = personAt(CITY, 'CLERK', ENVIRONMENT);

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

const desk = (node = COUNTY) => federation.desk(node, joint);
const once = { idempotencyKey: null };
const code = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.problem.code,
  );
const calendar = builtInCalendar();
const dueOn = (day: string, days: number) => endOfDay(lastDayOf(day, { days, unit: 'WORKDAY' }, calendar).day);
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(federation.now());

async function opened(days = 3, shown: string[] | null = [MATERIALS[1] ?? '']): Promise<string> {
  const materials = MATERIALS.map((name) => material(name));
  const id = await steps.file(clerk, application({ item: ACCEPTANCE, consent: null, materials }));
  await steps.accept(id, clerk);
  const near = OWN.map((department) => ({ node: null, department, ask: 'OPINION' as const, days, materials: null }));
  const far = [
    { node: TOWNSHIP, department: BUILDING, ask: 'OPINION' as const, days, materials: shown },
    { node: CITY, department: ENVIRONMENT, ask: 'OPINION' as const, days, materials: null },
  ];
  await desk().openJointHandling(clerk, { id, stage: 'COMPLETION', parties: [...near, ...far], ...once });
  return id;
}

const request = (id: string, party: number, viewer: Viewer): Promise<OpinionRequestView | null> =>
  desk(viewer.division)
    .opinionRequest(viewer, { case: id, party })
    .catch((error: ProblemError) => {
      if (error.problem.code === 'NOT_FOUND') return null;
      throw error;
    });
const arrived = (id: string, party: number, viewer: Viewer) =>
  eventually(async () => (await request(id, party, viewer)) !== null);
const partyAt = async (id: string, number: number) =>
  (await desk().jointHandling(clerk, { case: id })).joint?.parties.find((p) => p.number === number);
const asked = (id: string, number: number) => eventually(async () => (await partyAt(id, number))?.asked !== null);
const say = (id: string, party: number, viewer: Viewer, opinion: 'AGREE' | 'OBJECT' = 'AGREE') => {
  const reason = opinion === 'OBJECT' ? '排污口未核准' : null;
  return desk(viewer.division).givePartyOpinion(viewer, { id, party, opinion, reason, ...once });
};
const ownAgree = async (id: string) => {
  for (const [i, department] of OWN.entries()) {
    await say(id, i + 1, personAt(COUNTY, 'CLERK', department, `clerk-${department}`));
  }
};
/** Restarts the county's host with a shifted clock: its clockwork then checks the deadlines at once. */
const lapse = async (shiftMs: number) => {
  federation.shiftMs = shiftMs;
  await federation.stopHost(COUNTY);
  await federation.startHost(COUNTY);
};
const settled = (...nodes: string[]) =>
  eventually(async () => {
    for (const node of nodes) {
      const owed = await federation.rows(node, `SELECT 1 FROM outbox WHERE node = $1 AND settled_at IS NULL`, [node]);
      if (owed.length > 0) return false;
    }
    return true;
  });

describe('a department of another node', () => {
  test('finds the question by its deadline, with what it is shown, answers it, and the lead decides', async () => {
    const id = await opened();
    await arrived(id, AT_TOWNSHIP, comprehensive);
    const { nodes } = await desk(TOWNSHIP).opinionRequests(
      comprehensive,
      { waiting: true },
      { first: 50, after: null },
    );
    const found = nodes.find((r) => r.case === id);
    expect(found).toMatchObject({
      leadNode: COUNTY,
      lead: HOUSING,
      standing: 'WAITING',
      applicant: '王秀英',
      party: { number: AT_TOWNSHIP, department: BUILDING, dueAt: dueOn(today(), 3) },
      materials: [{ name: MATERIALS[1] }],
    });
    expect(JSON.stringify(found)).not.toContain('331022195203120028');
    const digest = found?.materials[0]?.sha256 ?? '';
    const bytes = await desk(TOWNSHIP).opinionMaterial(comprehensive, { case: id, party: AT_TOWNSHIP, sha256: digest });
    expect(Buffer.from(bytes, 'base64').toString()).toContain(MATERIALS[1]);
    await arrived(id, AT_CITY, environment);
    expect((await request(id, AT_CITY, environment))?.materials).toHaveLength(MATERIALS.length);

    await asked(id, AT_TOWNSHIP);
    const { request: answered } = await say(id, AT_TOWNSHIP, comprehensive);
    expect(answered).toMatchObject({ standing: 'ANSWERED', words: [{ state: 'SENT' }] });
    await say(id, AT_CITY, environment, 'OBJECT');
    await eventually(async () => (await partyAt(id, AT_CITY))?.given?.opinion === 'OBJECT');
    await ownAgree(id);
    expect(await code(steps.review(id, clerk))).toBe('OBJECTION_UNRESOLVED');
    // its own party takes the objection back
    await say(id, AT_CITY, environment);
    await eventually(async () => !(await desk().jointHandling(clerk, { case: id })).open);
    await steps.review(id, clerk);
    expect(await steps.decide(id, chief)).toMatchObject({ state: 'GRANTED' });
    await eventually(async () => (await request(id, AT_CITY, environment))?.words.at(-1)?.state === 'TAKEN');
    const waiting = await desk(TOWNSHIP).opinionRequests(comprehensive, { waiting: true }, { first: 50, after: null });
    expect(waiting.nodes.map((r) => r.case)).not.toContain(id);
    const done = await desk(TOWNSHIP).opinionRequests(comprehensive, { waiting: false }, { first: 50, after: null });
    expect(done.nodes.map((r) => r.case)).toContain(id);
  });

  test('is proved offline: the exported case verifies with what the parties signed', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await say(id, AT_TOWNSHIP, comprehensive);
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.given !== null);
    const file = trustFileSchema.parse(JSON.parse(await readFile(federation.config(COUNTY).trustFile, 'utf8')));
    const keys = await readKeysOf(federation.config(COUNTY));
    const trust = await Trust.load(file, keys, federation.divisions);
    const options = { application: false, materials: false, now: federation.now() };
    const text = await exportCase(federation.db(COUNTY), COUNTY, trust, id, options);
    const verdict = await verifyCaseExport(new TextEncoder().encode(text), file.root, parentByCode);
    expect(verdict.faults).toEqual([]);
    expect(verdict.ok).toBe(true);
  });

  test('excuses itself, in its own words, and gets a later deadline by the lead', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    const input = { id, party: AT_TOWNSHIP, reason: '须现场核查', days: 2, ...once };
    await desk(TOWNSHIP).excusePartyOpinion(comprehensive, input);
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.excuse !== null);
    const due = (await partyAt(id, AT_TOWNSHIP))?.dueAt;
    expect(due?.getTime()).toBeGreaterThan(dueOn(today(), 3).getTime());
    await eventually(
      async () => (await request(id, AT_TOWNSHIP, comprehensive))?.party.dueAt.getTime() === due?.getTime(),
    );
    expect(await code(desk(TOWNSHIP).excusePartyOpinion(comprehensive, input))).toBe('EXCUSE_TOO_LATE');
  });

  test('is told that nothing is waited for any more when the case ends', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await federation.desk(COUNTY, handling).terminateCase(chief, { id, reason: '项目取消', ...once });
    await eventually(async () => (await request(id, AT_TOWNSHIP, comprehensive))?.standing === 'ENDED');
    expect(await code(say(id, AT_TOWNSHIP, comprehensive))).toBe('OPINION_SETTLED');
    const { nodes } = await desk(TOWNSHIP).opinionRequests(
      comprehensive,
      { waiting: true },
      { first: 50, after: null },
    );
    expect(nodes.map((r) => r.case)).not.toContain(id);
  });

  test('is called to the visit, and its absence counts only when it knew and did not excuse itself', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await asked(id, AT_CITY);
    const at = new Date(federation.now().getTime() + 3_600_000);
    await desk().scheduleSiteVisit(clerk, { id, at, place: '厂区', parties: [AT_TOWNSHIP, AT_CITY], ...once });
    const visit = async () => (await desk().jointHandling(clerk, { case: id })).joint?.visit;
    await eventually(async () => (await visit())?.notified.length === 2);
    await eventually(async () => (await request(id, AT_CITY, environment))?.visit?.place === '厂区');
    await desk(CITY).excuseFromVisit(environment, { id, party: AT_CITY, reason: '市里督查', ...once });
    await eventually(async () => (await visit())?.excused.length === 1);
    federation.shiftMs = 2 * 3_600_000;
    const record = (city: 'ABSENT' | 'EXCUSED') => ({
      id,
      record: '联合踏勘',
      attendance: [
        { party: AT_TOWNSHIP, as: 'ABSENT' as const, reason: null },
        { party: AT_CITY, as: city, reason: '市里督查' },
      ],
      corrections: [],
      ...once,
    });
    expect(await code(desk().recordSiteVisit(clerk, record('ABSENT')))).toBe('BAD_INPUT');
    await desk().recordSiteVisit(clerk, record('EXCUSED'));
    expect((await partyAt(id, AT_TOWNSHIP))?.absent).toBe(true);
    expect((await partyAt(id, AT_CITY))?.absent).toBe(false);
    await eventually(async () => (await request(id, AT_TOWNSHIP, comprehensive))?.standing === 'LAPSED');
    expect((await request(id, AT_CITY, environment))?.standing).toBe('WAITING');
  });
});

describe('silence of another node’s department', () => {
  test('does not begin before its node has the question; the deadline counts from there', async () => {
    await federation.stopHost(TOWNSHIP);
    const id = await opened();
    await asked(id, AT_CITY);
    await ownAgree(id);
    // past every deadline; the township never saw the question
    await lapse(14 * DAY_MS);
    await eventually(async () => (await partyAt(id, AT_CITY))?.lapse?.effect === 'CONSENT');
    expect(await partyAt(id, AT_TOWNSHIP)).toMatchObject({ asked: null, lapse: null });
    expect(await code(steps.review(id, clerk))).toBe('JOINT_OPEN');
    await federation.startHost(TOWNSHIP);
    await asked(id, AT_TOWNSHIP);
    const due = dueOn(today(), 3);
    expect(await partyAt(id, AT_TOWNSHIP)).toMatchObject({ dueAt: due, lapse: null });
    await eventually(async () => (await request(id, AT_TOWNSHIP, comprehensive))?.standing === 'WAITING');
    await lapse(due.getTime() + DAY_MS - Date.now());
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.lapse?.effect === 'CONSENT');
    await eventually(async () => (await request(id, AT_TOWNSHIP, comprehensive))?.standing === 'LAPSED');
  });

  test('gives way to an answer that was signed in time and came in late, until the case is decided', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await asked(id, AT_CITY);
    await say(id, AT_CITY, environment);
    await ownAgree(id);
    await eventually(async () => (await partyAt(id, AT_CITY))?.given !== null);
    await settled(COUNTY, CITY, TOWNSHIP);
    await isolate(federation, TOWNSHIP, async () => {
      await say(id, AT_TOWNSHIP, comprehensive, 'OBJECT');
      await federation.stopHost(TOWNSHIP);
    });
    await lapse(14 * DAY_MS);
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.lapse?.effect === 'CONSENT');
    await steps.review(id, clerk);
    await federation.startHost(TOWNSHIP);
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.given?.opinion === 'OBJECT');
    expect(await code(steps.decide(id, chief))).toBe('OBJECTION_UNRESOLVED');
    const resolution = '已补办核准';
    await desk().resolveObjection(chief, { id, party: AT_TOWNSHIP, end: 'SETTLED', resolution, ...once });
    expect(await steps.decide(id, chief)).toMatchObject({ state: 'GRANTED' });
  });

  test('stands against an answer that came after the decision, and the party reads why', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await asked(id, AT_CITY);
    await say(id, AT_CITY, environment);
    await ownAgree(id);
    await eventually(async () => (await partyAt(id, AT_CITY))?.given !== null);
    await settled(COUNTY, CITY, TOWNSHIP);
    await isolate(federation, TOWNSHIP, async () => {
      await say(id, AT_TOWNSHIP, comprehensive, 'OBJECT');
      await federation.stopHost(TOWNSHIP);
    });
    await lapse(14 * DAY_MS);
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.lapse?.effect === 'CONSENT');
    await steps.review(id, clerk);
    await steps.decide(id, chief);
    await federation.startHost(TOWNSHIP);
    await eventually(async () => (await request(id, AT_TOWNSHIP, comprehensive))?.words[0]?.state === 'REFUSED');
    // the effect of its silence and the refusal of its late word are two messages, in either order
    await eventually(async () => (await request(id, AT_TOWNSHIP, comprehensive))?.standing === 'LAPSED');
    expect((await request(id, AT_TOWNSHIP, comprehensive))?.words[0]?.code).toBe('ILLEGAL_STEP');
  });
});

describe('a question to a node that can’t be reached', () => {
  test('is taken back by the lead’s chief, the case goes on, and the node finds it over when it is back', async () => {
    await federation.stopHost(TOWNSHIP);
    const id = await opened();
    await asked(id, AT_CITY);
    await say(id, AT_CITY, environment);
    await ownAgree(id);
    await eventually(async () => (await partyAt(id, AT_CITY))?.given !== null);
    expect(await code(steps.review(id, clerk))).toBe('JOINT_OPEN');
    const input = { id, party: AT_TOWNSHIP, reason: '该镇撤并,无法送达', ...once };
    expect(await code(desk().withdrawQuestion(clerk, input))).toBe('FORBIDDEN');
    const taken = await desk().withdrawQuestion(chief, input);
    expect(taken.open).toBe(false);
    expect(await code(desk().withdrawQuestion(chief, input))).toBe('OPINION_SETTLED');
    await steps.review(id, clerk);
    await federation.startHost(TOWNSHIP);
    await eventually(async () => (await request(id, AT_TOWNSHIP, comprehensive))?.standing === 'WITHDRAWN');
    expect(await code(say(id, AT_TOWNSHIP, comprehensive))).toBe('OPINION_SETTLED');
    const { nodes } = await desk(TOWNSHIP).opinionRequests(
      comprehensive,
      { waiting: true },
      { first: 50, after: null },
    );
    expect(nodes.map((r) => r.case)).not.toContain(id);
    expect(await partyAt(id, AT_TOWNSHIP)).toMatchObject({ asked: null, lapse: null, given: null });
  });

  test('is taken back while an answer is under way: the answer is refused as over', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await settled(COUNTY, TOWNSHIP);
    await isolate(federation, TOWNSHIP, async () => {
      await say(id, AT_TOWNSHIP, comprehensive, 'OBJECT');
      await federation.stopHost(TOWNSHIP);
    });
    await desk().withdrawQuestion(chief, { id, party: AT_TOWNSHIP, reason: '线路中断', ...once });
    await federation.startHost(TOWNSHIP);
    await eventually(async () => {
      const shown = await request(id, AT_TOWNSHIP, comprehensive);
      return shown?.standing === 'WITHDRAWN' && shown.words[0]?.state === 'REFUSED';
    });
    expect((await request(id, AT_TOWNSHIP, comprehensive))?.words[0]?.code).toBe('OPINION_SETTLED');
    expect((await partyAt(id, AT_TOWNSHIP))?.given).toBeNull();
  });
});

describe('what is refused', () => {
  test('to whoever is not of the department that was asked, and nothing is written', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await asked(id, AT_CITY);
    const key = { id, party: AT_CITY };
    const question = { case: id, party: AT_CITY };
    const other = personAt(CITY, 'CLERK', '教育');
    const supervisor = personAt(CITY, 'SUPERVISOR');
    const attempts: [Promise<unknown>, string | null][] = [
      [desk(CITY).opinionRequest(other, question), 'WRONG_DEPARTMENT'],
      [desk(CITY).opinionRequest(personAt(CITY, 'CLERK'), question), 'WRONG_DEPARTMENT'],
      [desk(CITY).opinionRequest(null, question), 'UNAUTHENTICATED'],
      [desk(CITY).opinionRequest(clerk, question), 'FORBIDDEN'],
      [desk(CITY).opinionRequest(environment, { case: id, party: AT_TOWNSHIP }), 'NOT_FOUND'],
      [desk(CITY).opinionRequest(supervisor, question), null],
      [desk(TOWNSHIP).opinionRequest(supervisor, { case: id, party: AT_TOWNSHIP }), null],
      [desk(TOWNSHIP).opinionRequest(personAt(TOWNSHIP, 'AGENT'), { case: id, party: AT_TOWNSHIP }), 'FORBIDDEN'],
      [desk(CITY).opinionMaterial(other, { ...question, sha256: '0'.repeat(64) }), 'WRONG_DEPARTMENT'],
      [desk(CITY).opinionMaterial(environment, { ...question, sha256: '0'.repeat(64) }), 'NOT_FOUND'],
      [
        desk(CITY).opinionRequests(personAt(CITY, 'CATALOGUER'), { waiting: true }, { first: 10, after: null }),
        'FORBIDDEN',
      ],
      [say(id, AT_CITY, other), 'WRONG_DEPARTMENT'],
      [say(id, AT_CITY, supervisor), 'FORBIDDEN'],
      [
        desk(CITY).givePartyOpinion(environment, { ...key, opinion: 'OBJECT', reason: null, ...once }),
        'REASON_MISSING',
      ],
      [desk(CITY).excusePartyOpinion(environment, { ...key, reason: '核查', days: 40, ...once }), 'BAD_INPUT'],
      [desk(CITY).excuseFromVisit(environment, { ...key, reason: '出差', ...once }), 'NOT_FOUND'],
      [desk(TOWNSHIP).jointHandling(comprehensive, { case: id }), 'NOT_FOUND'],
      [say('331022~none', AT_CITY, environment), 'NOT_FOUND'],
    ];
    expect(await Promise.all(attempts.map(([attempt]) => code(attempt)))).toEqual(attempts.map(([, said]) => said));
    const { nodes } = await desk(CITY).opinionRequests(other, { waiting: true }, { first: 50, after: null });
    expect(nodes).toEqual([]);
    expect(
      await federation.rows(CITY, `SELECT 1 FROM opinion_words WHERE node = $1 AND case_id = $2`, [CITY, id]),
    ).toEqual([]);
  });

  test('a second answer under the same key is given once', async () => {
    const id = await opened();
    await asked(id, AT_CITY);
    const input = { id, party: AT_CITY, opinion: 'AGREE' as const, reason: null, idempotencyKey: 'far-0001' };
    await Promise.all([1, 2].map(() => desk(CITY).givePartyOpinion(environment, input)));
    await eventually(async () => (await partyAt(id, AT_CITY))?.given !== null);
    const said = await federation.rows(CITY, `SELECT 1 FROM opinion_words WHERE node = $1 AND case_id = $2`, [
      CITY,
      id,
    ]);
    expect(said).toHaveLength(1);
  });
});

describe('whatever happens to the messages', () => {
  test('a wiped broker loses neither the question nor the answer', async () => {
    await federation.stopHost(TOWNSHIP);
    const id = await opened();
    await federation.wipeBroker();
    await federation.startHost(TOWNSHIP);
    await arrived(id, AT_TOWNSHIP, comprehensive);
    await asked(id, AT_TOWNSHIP);
    await federation.stopHost(COUNTY);
    await say(id, AT_TOWNSHIP, comprehensive);
    await federation.wipeBroker();
    await federation.startHost(COUNTY);
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.given !== null);
  });

  test('sent again under new ids and in another order they are done once, and the newest word stands', async () => {
    const id = await opened();
    await asked(id, AT_TOWNSHIP);
    await desk().scheduleSiteVisit(clerk, {
      id,
      at: new Date(federation.now().getTime() + DAY_MS),
      place: '厂区',
      parties: [AT_TOWNSHIP],
      ...once,
    });
    await say(id, AT_TOWNSHIP, comprehensive);
    await eventually(async () => (await partyAt(id, AT_TOWNSHIP))?.given !== null);
    await settled(COUNTY, TOWNSHIP);
    const before = [await desk().jointHandling(clerk, { case: id }), await request(id, AT_TOWNSHIP, comprehensive)];
    for (const [node, kinds] of [
      [COUNTY, ['OPINION_NOTICE', 'OPINION_REQUEST']],
      [TOWNSHIP, ['OPINION_ANSWER']],
    ] as const) {
      // the newest first, all of them, as new messages
      for (const { receiver, kind, body } of (await readOutbox(federation, node, id)).toReversed()) {
        if (kinds.some((of) => of === kind)) await putOutbox(federation, node, { receiver, kind, caseId: id, body });
      }
      await federation.stopHost(node);
      await federation.startHost(node);
    }
    await settled(COUNTY, TOWNSHIP);
    expect([await desk().jointHandling(clerk, { case: id }), await request(id, AT_TOWNSHIP, comprehensive)]).toEqual(
      before,
    );
  });
});
