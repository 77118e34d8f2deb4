import { filing } from '@liandong/schema/domains/filing';
import { handling } from '@liandong/schema/domains/handling';
import type { FileCaseInput } from '@liandong/schema/domains/filing';
import type { Viewer } from '@liandong/schema/operation';
import { filingNodeOf } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  agent,
  application,
  chief,
  clerk,
  codesOf,
  countyChief,
  countyClerk,
  homestead,
  material,
} from '../testing/cases.ts';
import { isolate } from '../testing/isolate.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';
import { foldChain } from '../case-log/index.ts';
import { findCases } from './case-store.ts';

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE, OTHER_VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const intake = (viewer: Viewer = agent) => federation.desk(viewer.division, filing);
const desk = (viewer: Viewer) => federation.desk(viewer.division, handling);

describe('taking in', () => {
  test('gives the case a number of this desk and day, and a tracking code for the resident', async () => {
    const { filing: view, trackingCode } = await intake().fileCase(agent, application());
    expect(filingNodeOf(view.id)).toBe(VILLAGE);
    expect(view.number).toMatch(/^331022103201-\d{8}-\d{5}$/);
    expect(trackingCode).toMatch(/^[2-9A-Z]{8}$/);
    expect(view).toMatchObject({ acceptor: TOWNSHIP, decider: COUNTY, custodian: VILLAGE, staleSince: null });
    expect(view.materials.every((m) => /^[0-9a-f]{64}$/.test(m.sha256))).toBe(true);
  });

  test('never gives a number twice, also when many file at once', async () => {
    const filed = await Promise.all(
      Array.from({ length: 45 }, () => intake().fileCase(agent, application({ materials: [] }))),
    );
    expect(new Set(filed.map((f) => f.filing.number)).size).toBe(45);
  });

  test('works with every other node and the broker down', async () => {
    await isolate(federation, VILLAGE, async () => {
      const id = await steps.file();
      expect((await steps.forward(id, agent)).custody).toBe('IN_TRANSIT');
    });
  });

  test.each<[string, Partial<FileCaseInput>, string[]]>([
    ['an item nobody knows', { item: '3310-XX-000' }, ['ITEM_UNKNOWN']],
    ['an agent without the applicant’s consent', { consent: null }, ['CONSENT_MISSING']],
    [
      'a consent dated in the future',
      { consent: { givenBy: '王秀英', way: 'SIGNATURE', scope: '代办', givenAt: '2100-01-01T00:00:00.000Z' } },
      ['CONSENT_MISSING'],
    ],
    [
      'materials the item does not ask for, all of them named',
      { materials: [material('结婚证'), material('身份证明'), material('驾驶证')] },
      ['MATERIAL_UNRELATED', 'MATERIAL_UNRELATED'],
    ],
    ['bytes that are no base64', { materials: [{ ...material('身份证明'), content: '%%%%' }] }, ['BAD_INPUT']],
    ['a place that is none', { place: '999999' }, ['UNKNOWN_DIVISION']],
    ['a place of another township', { place: '331022102217' }, ['NOT_COMPETENT']],
  ])('refuses %s and stores nothing', async (_name, change, codes) => {
    const before = await federation.rows(VILLAGE, `SELECT count(*) FROM cases WHERE node = $1`, [VILLAGE]);
    expect(await codesOf(intake().fileCase(agent, application(change)))).toEqual(codes);
    expect(await federation.rows(VILLAGE, `SELECT count(*) FROM cases WHERE node = $1`, [VILLAGE])).toEqual(before);
  });

  test('is refused to the public, to another desk’s people and to supervisors', async () => {
    expect(await codesOf(intake().fileCase(null, application()))).toEqual(['UNAUTHENTICATED']);
    const stranger = personAt(OTHER_VILLAGE, 'AGENT');
    expect(await codesOf(intake().fileCase(stranger, application()))).toEqual(['FORBIDDEN']);
    const supervisor = personAt(COUNTY, 'SUPERVISOR');
    expect(await codesOf(intake(supervisor).fileCase(supervisor, application()))).toEqual(['FORBIDDEN']);
  });

  test('does the same request once, however often it comes, and refuses another under its key', async () => {
    const input = application({ idempotencyKey: 'slip-0001' });
    const [first, second] = await Promise.all([intake().fileCase(agent, input), intake().fileCase(agent, input)]);
    const third = await intake().fileCase(agent, input);
    expect(new Set([first, second, third].map((f) => f.filing.id)).size).toBe(1);
    expect(new Set([first, second, third].map((f) => f.trackingCode)).size).toBe(1);
    expect(await codesOf(intake().fileCase(agent, { ...input, item: '3310-MZ-003' }))).toEqual([
      'IDEMPOTENCY_MISMATCH',
    ]);
  });

  test('takes a key for one thing only: the next step of the same case needs its own', async () => {
    const input = { id: await steps.file(), note: null, idempotencyKey: 'one-key-two-steps' };
    await desk(agent).forwardCase(agent, input);
    await steps.arrives(input.id, clerk);
    await desk(clerk).acceptCase(clerk, input);
    expect(await codesOf(desk(clerk).forwardCase(clerk, input))).toEqual(['IDEMPOTENCY_MISMATCH']);
    expect((await steps.seen(input.id, clerk))?.state).toBe('ACCEPTED');
  });
});

describe('one accepts and reviews, another decides', () => {
  let id: string;
  beforeAll(async () => {
    id = await steps.file(agent, homestead());
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
  });

  test('and each step is refused out of its turn', async () => {
    expect(await codesOf(steps.review(id, clerk))).toEqual(['ILLEGAL_STEP']);
    expect(await codesOf(steps.decide(id, chief))).toEqual(['ILLEGAL_STEP']);
    await steps.accept(id, clerk);
    expect(await codesOf(steps.accept(id, clerk))).toEqual(['ILLEGAL_STEP']);
    expect(await codesOf(steps.decide(id, chief))).toEqual(['REVIEW_MISSING']);
    await steps.review(id, clerk);
  });

  test('so whoever reviewed may not decide, also with both posts', async () => {
    const both: Viewer = { ...clerk, roles: ['CLERK', 'CHIEF'] };
    expect(await codesOf(steps.decide(id, both))).toEqual(['SAME_PERSON']);
  });

  test('and a refusal needs its reason', async () => {
    expect(
      await codesOf(
        desk(chief).decideCase(chief, { id, outcome: 'REFUSED', reason: null, minutes: null, idempotencyKey: null }),
      ),
    ).toEqual(['REASON_MISSING']);
  });

  test('and a decided case cannot be changed any more', async () => {
    const decided = await steps.decide(id, chief);
    expect(decided).toMatchObject({ state: 'GRANTED', decision: { outcome: 'GRANTED', node: TOWNSHIP } });
    expect(await codesOf(steps.decide(id, chief))).toEqual(['ILLEGAL_STEP']);
    expect(await codesOf(desk(clerk).withdrawCase(clerk, { id, reason: '不办了', idempotencyKey: null }))).toEqual([
      'ILLEGAL_STEP',
    ]);
  });
});

describe('a department’s window at the county', () => {
  test('reviews its own department’s cases and no other’s', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    const market = personAt(COUNTY, 'CLERK', '市场监管');
    expect(await codesOf(steps.review(id, market))).toEqual(['WRONG_DEPARTMENT']);
    expect(await codesOf(steps.review(id, personAt(COUNTY, 'CLERK')))).toEqual(['WRONG_DEPARTMENT']);
    await steps.review(id, countyClerk);
    await steps.decide(id, countyChief);
    await steps.known(id, agent, 'GRANTED');
    await steps.known(id, clerk, 'GRANTED');
  });
});

describe('working at a desk', () => {
  test('is refused to people of another desk, whatever their post', async () => {
    const id = await steps.file();
    const stranger = personAt(OTHER_VILLAGE, 'AGENT');
    const atVillage = federation.desk(VILLAGE, handling);
    expect(await codesOf(atVillage.forwardCase(stranger, { id, note: null, idempotencyKey: null }))).toEqual([
      'FORBIDDEN',
    ]);
    expect(await codesOf(atVillage.acceptCase(clerk, { id, note: null, idempotencyKey: null }))).toEqual(['FORBIDDEN']);
  });

  test('lists its own cases, newest first and page by page, and nobody else’s', async () => {
    const first = await desk(agent).cases(agent, {}, { first: 10, after: null });
    const second = await desk(agent).cases(agent, {}, { first: 10, after: first.cursors.at(-1) ?? '' });
    const ids = [...first.nodes, ...second.nodes].map((n) => n.id);
    expect(ids.length).toBe(20);
    expect(new Set(ids).size).toBe(20);
    expect(first.hasNextPage).toBe(true);
    const held = await desk(agent).cases(
      agent,
      { filter: { custody: 'HELD', states: ['FILED'], item: '3310-MZ-001' } },
      { first: 50, after: null },
    );
    expect(held.nodes.every((n) => n.custody === 'HELD' && n.state === 'FILED')).toBe(true);
    expect(
      await codesOf(
        federation.desk(VILLAGE, handling).cases(personAt(OTHER_VILLAGE, 'AGENT'), {}, { first: 5, after: null }),
      ),
    ).toEqual(['FORBIDDEN']);
    expect(
      (await federation.desk(VILLAGE, handling).cases(personAt(COUNTY, 'SUPERVISOR'), {}, { first: 5, after: null }))
        .nodes.length,
    ).toBe(5);
    expect(await codesOf(desk(agent).cases(agent, {}, { first: 5, after: 'x' }))).toEqual(['BAD_INPUT']);
  });
});

describe('the one-time notice', () => {
  test('gives the case back to the village, which supplements it and sends it up again', async () => {
    const id = await steps.file(agent, application({ materials: [material('身份证明')] }));
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await codesOf(steps.accept(id, clerk))).toEqual(['MATERIALS_MISSING']);
    const missing = ['最低生活保障申请书', '家庭经济状况核对授权书', '户口簿'].map((name) => ({
      material: name,
      reason: '未提交',
    }));
    const ask = (list: typeof missing) =>
      desk(clerk).requestSupplement(clerk, { id, missing: list, note: null, idempotencyKey: null });
    expect(await codesOf(ask(missing.slice(0, 2)))).toEqual(['SUPPLEMENT_INCOMPLETE']);
    await ask(missing);
    await steps.arrives(id, agent);
    const back = await steps.seen(id, agent);
    expect(back).toMatchObject({ state: 'AWAITING_SUPPLEMENT', missing });
    expect(await codesOf(steps.forward(id, agent))).toEqual(['ILLEGAL_STEP']);
    await intake().supplementCase(agent, { id, materials: [material('户口簿')], note: null, idempotencyKey: null });
    expect((await steps.seen(id, agent))?.missing.map((m) => m.material)).toEqual([
      '最低生活保障申请书',
      '家庭经济状况核对授权书',
    ]);
    await intake().supplementCase(agent, {
      id,
      materials: missing.slice(0, 2).map((m) => material(m.material)),
      note: null,
      idempotencyKey: null,
    });
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await codesOf(ask(missing))).toEqual(['SUPPLEMENT_REPEATED']);
    await steps.accept(id, clerk);
  });

  test('that is not given in five working days makes the case accepted from the day its materials came in', async () => {
    const id = await steps.file(agent, application({ materials: [] }));
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const came = new Date();
    federation.shiftMs = 20 * 86_400_000;
    try {
      expect(
        await codesOf(
          desk(clerk).requestSupplement(clerk, {
            id,
            missing: [{ material: '户口簿', reason: '缺' }],
            note: null,
            idempotencyKey: null,
          }),
        ),
      ).toEqual(['SUPPLEMENT_TOO_LATE']);
      // the host's own clockwork does it, at once after a fresh start
      await federation.stopHost(TOWNSHIP);
      await federation.startHost(TOWNSHIP);
      await steps.known(id, clerk, 'ACCEPTED');
      const view = await steps.seen(id, clerk);
      expect(view?.log.at(-1)).toMatchObject({ action: 'ACCEPTED', actorRole: null });
      const day = new Date(came.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
      expect(view?.clock?.startedOn).toBe(day);
    } finally {
      federation.shiftMs = 0;
    }
  });
});

describe('withdrawing', () => {
  test('at the village reaches the custodian and closes the case there', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    const asked = await desk(agent).withdrawCase(agent, { id, reason: '不再申请', idempotencyKey: null });
    // the custodian may have answered already
    expect(asked.state === 'WITHDRAWN' || asked.withdrawalRequestedAt !== null).toBe(true);
    await steps.known(id, agent, 'WITHDRAWN');
    expect((await steps.seen(id, clerk))?.log.at(-1)).toMatchObject({
      action: 'WITHDRAWN',
      node: TOWNSHIP,
      actor: agent.name,
      note: '不再申请',
    });
  });

  test('that came ahead of a hand-off is done, and the hand-off is refused', async () => {
    const id = await steps.file();
    // both steps of the case are in its lane, in the order they came
    const queued = await Promise.allSettled([
      desk(agent).withdrawCase(agent, { id, reason: '不再申请', idempotencyKey: null }),
      steps.forward(id, agent),
    ]);
    expect(queued).toMatchObject([{ value: { state: 'WITHDRAWN' } }, { reason: { code: 'ILLEGAL_STEP' } }]);
  });

  test('is told once for its key, and answered as the case is now when it is sent again', async () => {
    const input = { id: await steps.file(), reason: '不再申请', idempotencyKey: 'withdraw-once' };
    await desk(agent).withdrawCase(agent, input);
    expect(await desk(agent).withdrawCase(agent, input)).toMatchObject({ state: 'WITHDRAWN' });
    expect(await codesOf(desk(agent).withdrawCase(agent, { ...input, reason: '另有打算' }))).toEqual([
      'IDEMPOTENCY_MISMATCH',
    ]);
  });

  test('follows the case to where it moved on', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    // the village does not know yet that the case moved on
    await federation.stopHost(VILLAGE);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await federation.rows(VILLAGE, `DELETE FROM inbox WHERE node = $1 AND kind = 'NONE'`, [VILLAGE]);
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(VILLAGE);
    const view = await steps.seen(id, agent);
    expect(view).not.toBeNull();
    await desk(agent).withdrawCase(agent, { id, reason: '不再申请', idempotencyKey: null });
    await federation.startHost(TOWNSHIP);
    await steps.known(id, agent, 'WITHDRAWN');
    await steps.known(id, countyClerk, 'WITHDRAWN');
  });

  test('that comes after the decision changes nothing and is no longer pending', async () => {
    const id = await steps.file(agent, homestead());
    await steps.toReviewedAtTownship(id);
    // the wish is sent before the decision's echo can come
    await federation.stopHost(VILLAGE);
    await steps.decide(id, chief);
    await federation.stopHost(TOWNSHIP);
    await federation.wipeBroker();
    await federation.startHost(VILLAGE);
    await desk(agent).withdrawCase(agent, { id, reason: '不再申请', idempotencyKey: null });
    await federation.startHost(TOWNSHIP);
    await eventually(
      async () =>
        (
          await federation.rows<{ outcome: string | null }>(
            VILLAGE,
            `SELECT outcome FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'WITHDRAWAL'`,
            [VILLAGE, id],
          )
        )[0]?.outcome === 'REFUSED',
    );
    await steps.known(id, agent, 'GRANTED');
    expect((await steps.seen(id, agent))?.withdrawalRequestedAt).toBeNull();
  });
});

describe('returning', () => {
  test('brings a wrongly sent case back to the desk it came from', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await codesOf(desk(clerk).returnCase(clerk, { id, reason: ' ', idempotencyKey: null }))).toEqual([
      'REASON_MISSING',
    ]);
    await desk(clerk).returnCase(clerk, { id, reason: '应由户籍地受理', idempotencyKey: null });
    await steps.arrives(id, agent);
    expect((await steps.seen(id, agent))?.state).toBe('FILED');
  });

  test('by the county brings a reviewed case back to the township for another review', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await desk(countyClerk).returnCase(countyClerk, { id, reason: '请补充核查情况', idempotencyKey: null });
    await steps.arrives(id, clerk);
    expect((await steps.seen(id, clerk))?.state).toBe('ACCEPTED');
    await steps.review(id, clerk);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
  });
});

describe('what is stored', () => {
  test('of every case at every node is what its log folds to', async () => {
    for (const node of federation.nodes()) {
      const rows = await federation.rows<{
        id: string;
        state: string;
        custodian: string;
        epoch: number;
        seq: number;
        head: string;
        in_transit_to: string | null;
      }>(node, `SELECT id, state, custodian, epoch, seq, head, in_transit_to FROM cases WHERE node = $1`, [node]);
      const { cases, broken } = await findCases(
        federation.db(node).queries(node),
        rows.map((r) => r.id),
      );
      expect(broken).toEqual([]);
      for (const { id, file, lines } of cases) {
        const row = rows.find((r) => r.id === id);
        foldChain(lines);
        expect(row).toEqual({
          id,
          state: file.state,
          custodian: file.custodian,
          epoch: file.epoch,
          seq: file.seq,
          head: lines.at(-1)?.hash,
          in_transit_to: file.inTransitTo,
        });
      }
    }
  });
});
