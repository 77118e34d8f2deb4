import type { GrantPowerInput } from '@liandong/schema/domains/delegation';
import { handling } from '@liandong/schema/domains/handling';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { admission } from '@liandong/schema/domains/admission';
import { catalogue } from '@liandong/schema/domains/catalogue';
import { legalBases } from '@liandong/schema/domains/legal-bases';
import { offices } from '@liandong/schema/domains/offices';
import { plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  RELIEF,
  agent,
  chief,
  clerk,
  countyChief,
  countyClerk,
  custodians,
  relief,
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
import { CAP, powersOf } from '../testing/powers.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE];

/** Without an idempotency key. */
const once = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;
let materials: string[];

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
  const [found] = await federation.services(COUNTY).implementation.getMany([{ item: RELIEF, node: COUNTY }]);
  materials = found instanceof Error || !found ? [] : found.implementation.materials.map((m) => m.name);
});
afterAll(() => federation.stop());

const { delegation, competent, today, power, known, becomes, inEffect, ended } = powersOf(() => federation);
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: ProblemError) => error.code,
  );

describe('a power that is asked for again under its key, as after an answer that did not come', () => {
  const sent = async (node: string) =>
    (await federation.rows<{ n: number }>(node, `SELECT count(*)::int AS n FROM outbox WHERE kind = 'DELEGATION'`))[0]
      ?.n ?? 0;

  test('is granted once, and taken, answered and ended once, with one message each', async () => {
    const asked = power({ idempotencyKey: 'grant-0001' });
    const { grant } = await delegation(COUNTY).grantPower(countyChief, asked);
    const offers = await sent(COUNTY);
    expect((await delegation(COUNTY).grantPower(countyChief, asked)).grant).toEqual(grant);
    expect(await sent(COUNTY)).toBe(offers);
    expect(grant).not.toHaveProperty('idempotencyKey');
    await becomes(TOWNSHIP, grant.id, 'OFFERED');
    const answer = { id: grant.id, accepted: true, reason: null, idempotencyKey: 'answer-001' };
    const [first, second] = [
      await delegation(TOWNSHIP).answerDelegation(chief, answer),
      await delegation(TOWNSHIP).answerDelegation(chief, answer),
    ];
    expect(second.answer).toEqual(first.answer);
    const end = { id: grant.id, reason: '收回', idempotencyKey: 'revoke-001' };
    await delegation(COUNTY).revokeDelegation(countyChief, end);
    expect((await delegation(COUNTY).revokeDelegation(countyChief, end)).state).toBe('REVOKED');
    expect(await codeOf(delegation(COUNTY).revokeDelegation(countyChief, { ...end, reason: '别的理由' }))).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
    for (const node of [TOWNSHIP, VILLAGE]) await becomes(node, grant.id, 'REVOKED');
  });

  test('is granted twice by two keys, and one of another grant is refused', async () => {
    const asked = power({ idempotencyKey: 'grant-0002' });
    const { grant } = await delegation(COUNTY).grantPower(countyChief, asked);
    const other = { ...asked, capFen: CAP / 2 };
    expect(await codeOf(delegation(COUNTY).grantPower(countyChief, other))).toBe('IDEMPOTENCY_MISMATCH');
    const next = await delegation(COUNTY).grantPower(countyChief, { ...asked, idempotencyKey: 'grant-0003' });
    expect(next.grant.id).not.toBe(grant.id);
    for (const { id } of [grant, next.grant]) {
      await becomes(TOWNSHIP, id, 'OFFERED');
      await delegation(TOWNSHIP).answerDelegation(chief, { id, accepted: false, reason: '重复', ...once });
    }
  });

  test('is requested once and declined once', async () => {
    const asked = {
      items: [RELIEF],
      stages: ['DECIDE' as const],
      capFen: null,
      reason: '就近办理',
      staff: 2,
      grantor: COUNTY,
      idempotencyKey: 'request-01',
    };
    const made = await delegation(TOWNSHIP).requestPower(chief, asked);
    const requests = await sent(TOWNSHIP);
    expect(await delegation(TOWNSHIP).requestPower(chief, asked)).toEqual(made);
    expect(await sent(TOWNSHIP)).toBe(requests);
    expect(await codeOf(delegation(TOWNSHIP).requestPower(chief, { ...asked, staff: 3 }))).toBe('IDEMPOTENCY_MISMATCH');
    await eventually(async () =>
      (await delegation(COUNTY).delegationRequests(countyChief, {})).some((r) => r.id === made.id),
    );
    const decline = { id: made.id, reason: '先培训', idempotencyKey: 'decline-01' };
    const declined = await delegation(COUNTY).declinePowerRequest(countyChief, decline);
    expect(await delegation(COUNTY).declinePowerRequest(countyChief, decline)).toEqual(declined);
  });
});

describe('a power', () => {
  test('takes effect when the grantee accepts, at every node below that routes by it, and is public', async () => {
    const { grant } = await delegation(COUNTY).grantPower(countyChief, power());
    await becomes(TOWNSHIP, grant.id, 'OFFERED');
    expect(await known(VILLAGE, grant.id)).toBeNull();
    const before = await competent(TOWNSHIP, CAP);
    expect(before).toMatchObject({ decider: COUNTY, through: { decide: null } });
    await delegation(TOWNSHIP).answerDelegation(chief, { id: grant.id, accepted: true, reason: null, ...once });
    for (const node of [COUNTY, TOWNSHIP, VILLAGE]) {
      await becomes(node, grant.id, 'IN_EFFECT');
      const found = await competent(node, CAP);
      expect(found).toMatchObject({ acceptor: TOWNSHIP, decider: TOWNSHIP, power: COUNTY });
      expect(await competent(node, CAP + 1)).toMatchObject({
        decider: COUNTY,
      });
    }
    await ended(grant.id);
  });

  test('that is declined gives nothing, and the grantor reads why', async () => {
    const { grant } = await delegation(COUNTY).grantPower(countyChief, power());
    await becomes(TOWNSHIP, grant.id, 'OFFERED');
    await delegation(TOWNSHIP).answerDelegation(chief, { id: grant.id, accepted: false, reason: '人手不足', ...once });
    await becomes(COUNTY, grant.id, 'DECLINED');
    expect((await known(COUNTY, grant.id))?.answer?.reason).toBe('人手不足');
    expect(await known(VILLAGE, grant.id)).toBeNull();
  });

  test('that is handed back ends everywhere', async () => {
    const id = await inEffect();
    await delegation(TOWNSHIP).handBackDelegation(chief, { id, reason: '力量不足', ...once });
    for (const node of [COUNTY, TOWNSHIP, VILLAGE]) await becomes(node, id, 'HANDED_BACK');
    expect((await known(VILLAGE, id))?.end?.reason).toBe('力量不足');
  });

  test('may be asked for with the caseload shown, granted or declined', async () => {
    const asked = {
      items: [RELIEF],
      stages: ['DECIDE' as const],
      capFen: CAP,
      reason: '群众需求多',
      staff: 3,
    };
    const made = await delegation(TOWNSHIP).requestPower(chief, { ...asked, grantor: COUNTY, ...once });
    await eventually(async () =>
      (await delegation(COUNTY).delegationRequests(countyChief, {})).some((r) => r.id === made.id),
    );
    const [seen] = (await delegation(COUNTY).delegationRequests(countyChief, {})).filter((r) => r.id === made.id);
    expect(seen).toMatchObject({ staff: 3, caseload: { open: expect.any(Number) }, declined: null });
    await delegation(COUNTY).declinePowerRequest(countyChief, { id: made.id, reason: '先培训', ...once });
    await eventually(async () => {
      const mine = await delegation(TOWNSHIP).delegationRequests(chief, {});
      return mine.find((r) => r.id === made.id)?.declined?.reason === '先培训';
    });
  });

  test('without a cap shows in the catalogue and the guide of the villages below, until it ends', async () => {
    const shown = { division: VILLAGE, item: RELIEF };
    const { catalogEntry, guide } = federation.desk(VILLAGE, catalogue);
    const grant = await inEffect({ capFen: null });
    expect(await catalogEntry(null, shown)).toMatchObject({ decider: TOWNSHIP, power: COUNTY, available: true });
    expect((await guide(null, shown)).markdown).toContain('| 决定机关 | 亭旁镇 |');
    await ended(grant);
    expect(await catalogEntry(null, shown)).toMatchObject({ decider: COUNTY });
    expect((await guide(null, shown)).markdown).toContain('| 决定机关 | 三门县 |');
  });

  test('with a cap is on the published list of the grantee with its grant and cap, until it ends', async () => {
    const listed = async (node: string) =>
      (await federation.desk(node, admission).publishedList(null, { division: node, kind: 'POWERS' })).find(
        ({ item }) => item.code === RELIEF,
      );
    expect(await listed(TOWNSHIP)).toBeUndefined();
    const grant = await inEffect();
    expect(await listed(TOWNSHIP)).toMatchObject({ through: { id: grant, grantor: COUNTY }, capFen: CAP });
    expect(await listed(COUNTY)).toMatchObject({ through: null, capFen: null });
    const query = `{ publishedList(division: "${TOWNSHIP}", kind: POWERS) {
      item { code } capFen decidedUnder { id grantor { code } mode } } }`;
    const { data } = await federation.ask(TOWNSHIP, { role: 'admission', query, variables: {}, token: null });
    expect(data).toMatchObject({
      publishedList: expect.arrayContaining([
        {
          item: { code: RELIEF },
          capFen: CAP,
          decidedUnder: { id: grant, grantor: { code: COUNTY }, mode: 'ENTRUSTED' },
        },
      ]),
    });
    await ended(grant);
    expect(await listed(TOWNSHIP)).toBeUndefined();
  });

  test('is not asked for over an item nobody knows', async () => {
    const asked = { items: ['3310-XX-001'], stages: ['DECIDE' as const], capFen: null, reason: '群众需求多', staff: 3 };
    expect(await codeOf(delegation(TOWNSHIP).requestPower(chief, { ...asked, grantor: COUNTY, ...once }))).toBe(
      'ITEM_UNKNOWN',
    );
  });

  test('counts towards the authority of the grantee, and is named by a change of the law it rests on', async () => {
    const supervisor = personAt(COUNTY, 'SUPERVISOR');
    const missing = async () => {
      const { places } = await federation.desk(COUNTY, offices).fullAuthority(supervisor, { division: COUNTY });
      const share = places.find(({ node }) => node === TOWNSHIP)?.shares.find(({ item }) => item === RELIEF);
      return share?.needed.filter((stage) => !share.done.includes(stage));
    };
    const capped = await inEffect();
    expect(await missing()).toEqual(['DECIDE', 'DELIVER']);
    await ended(capped);
    const whole = await inEffect({ capFen: null });
    expect(await missing()).toEqual([]);
    await federation.desk(CITY, legalBases).changeLegalBasis(personAt(CITY, 'CATALOGUER'), {
      change: 'CHANGED',
      title: '社会救助暂行办法',
      article: '第四十八条',
      kind: null,
      issuedBy: null,
      effectiveOn: today(),
      supersededBy: null,
      textDigest: null,
      reason: '国务院令修改',
      confirmBy: today(),
      idempotencyKey: null,
    });
    await eventually(async () => {
      const [change] = await federation
        .desk(COUNTY, legalBases)
        .legalBasisChanges(supervisor, { division: COUNTY, first: 1 });
      return change?.grants.length === 1 && change.grants[0]?.id === whole;
    });
    // the county's grant also went up to the city, which asks about grants that rest on the law
    const [atCity] = await federation
      .desk(CITY, legalBases)
      .legalBasisChanges(personAt(CITY, 'CATALOGUER'), { division: CITY, first: 1 });
    expect(atCity?.grants).toEqual([{ id: whole, grantor: COUNTY, grantee: TOWNSHIP }]);
    await ended(whole);
  });

  test('is known to the city above as to the villages below, and so is its end', async () => {
    const grant = await inEffect();
    await becomes(CITY, grant, 'IN_EFFECT');
    expect(await competent(CITY, CAP)).toMatchObject({
      decider: TOWNSHIP,
      power: COUNTY,
    });
    await ended(grant);
    await becomes(CITY, grant, 'REVOKED');
    const handed = await inEffect();
    await delegation(TOWNSHIP).handBackDelegation(chief, { id: handed, reason: '力量不足', ...once });
    await becomes(CITY, handed, 'HANDED_BACK');
  });

  test('that was given before the levels above were told is told them when the host starts, once', async () => {
    const grant = await inEffect();
    await becomes(CITY, grant, 'IN_EFFECT');
    await federation.rows(CITY, `DELETE FROM delegations WHERE id = $1`, [grant]);
    await federation.stopHost(COUNTY);
    await federation.startHost(COUNTY);
    expect(await known(CITY, grant)).toBeNull();
    await federation.stopHost(COUNTY);
    await federation.rows(COUNTY, `DELETE FROM node_settings WHERE key = 'grants.told-above'`);
    await federation.startHost(COUNTY);
    await becomes(CITY, grant, 'IN_EFFECT');
    await ended(grant);
  });

  test.each<[string, Viewer, Partial<GrantPowerInput>, string]>([
    ['by a clerk', countyClerk, {}, 'FORBIDDEN'],
    ['by a township', chief, {}, 'FORBIDDEN'],
    ['by another desk', personAt(CITY, 'CHIEF'), {}, 'FORBIDDEN'],
    ['by another department’s chief', personAt(COUNTY, 'CHIEF', '教育'), {}, 'WRONG_DEPARTMENT'],
    ['to a village', countyChief, { grantee: VILLAGE }, 'GRANT_INVALID'],
    ['to a place that is none', countyChief, { grantee: '331022199' }, 'UNKNOWN_DIVISION'],
    ['to a place without a node', countyChief, { grantee: '331022105' }, 'GRANT_INVALID'],
    ['over an item nobody knows', countyChief, { items: ['3310-XX-001'] }, 'ITEM_UNKNOWN'],
    ['over an item of the city', countyChief, { items: ['3310-JY-001'] }, 'GRANT_OUT_OF_COMPETENCE'],
    ['over an item that is not delegable', countyChief, { items: ['3310-MZ-001'] }, 'GRANT_OUT_OF_COMPETENCE'],
    ['that has ended', countyChief, { from: '2026-01-01', to: '2026-01-02' }, 'GRANT_EXPIRED'],
  ])('%s is refused', async (_, viewer, change, code) => {
    expect(await codeOf(delegation(COUNTY).grantPower(viewer, power(change)))).toBe(code);
  });

  test('is answered and ended only by whose it is, with a reason', async () => {
    const { grant } = await delegation(COUNTY).grantPower(countyChief, power());
    await becomes(TOWNSHIP, grant.id, 'OFFERED');
    const answer = { id: grant.id, accepted: true, reason: null };
    expect(await codeOf(delegation(COUNTY).answerDelegation(countyChief, { ...answer, ...once }))).toBe('NOT_FOUND');
    expect(await codeOf(delegation(TOWNSHIP).answerDelegation(clerk, { ...answer, ...once }))).toBe('FORBIDDEN');
    expect(await codeOf(delegation(TOWNSHIP).answerDelegation(chief, { ...answer, accepted: false, ...once }))).toBe(
      'REASON_MISSING',
    );
    expect(await codeOf(delegation(COUNTY).revokeDelegation(countyChief, { id: grant.id, reason: ' ', ...once }))).toBe(
      'REASON_MISSING',
    );
    expect(
      await codeOf(delegation(COUNTY).handBackDelegation(countyChief, { id: grant.id, reason: 'x', ...once })),
    ).toBe('NOT_FOUND');
    const otherChief = personAt(COUNTY, 'CHIEF', '教育');
    expect(await codeOf(delegation(COUNTY).revokeDelegation(otherChief, { id: grant.id, reason: 'x', ...once }))).toBe(
      'WRONG_DEPARTMENT',
    );
    await delegation(COUNTY).revokeDelegation(countyChief, { id: grant.id, reason: '改由县办', ...once });
    await becomes(TOWNSHIP, grant.id, 'REVOKED');
    expect(await codeOf(delegation(TOWNSHIP).answerDelegation(chief, { ...answer, ...once }))).toBe('GRANT_ENDED');
  });
});

describe('a power whose department’s powers went to a bureau', () => {
  const bureauChief = personAt(COUNTY, 'CHIEF', '行政审批局');

  test('is lent by the bureau from that day on, and by the department until then', async () => {
    expect(await codeOf(delegation(COUNTY).grantPower(bureauChief, power()))).toBe('WRONG_DEPARTMENT');
    const before = await inEffect();
    const tomorrow = plusDays(today(), 1);
    await federation.desk(COUNTY, offices).transferPowers(personAt(COUNTY, 'CATALOGUER'), {
      ...once,
      bureau: '行政审批局',
      departments: ['民政'],
      basis: '《行政许可法》第二十五条',
      from: tomorrow,
      until: tomorrow,
    });
    federation.shiftMs = 86_400_000;
    try {
      expect(await codeOf(delegation(COUNTY).grantPower(countyChief, power({ from: tomorrow })))).toBe(
        'WRONG_DEPARTMENT',
      );
      expect(
        await codeOf(delegation(COUNTY).revokeDelegation(countyChief, { id: before, reason: '收回', ...once })),
      ).toBe('WRONG_DEPARTMENT');
      const { grant } = await delegation(COUNTY).grantPower(bureauChief, power({ from: tomorrow }));
      await becomes(TOWNSHIP, grant.id, 'OFFERED');
      await delegation(TOWNSHIP).answerDelegation(chief, { id: grant.id, accepted: true, reason: null, ...once });
      await becomes(VILLAGE, grant.id, 'IN_EFFECT');
      await delegation(COUNTY).revokeDelegation(bureauChief, { id: grant.id, reason: '收回', ...once });
      await becomes(VILLAGE, grant.id, 'REVOKED');
    } finally {
      federation.shiftMs = 0;
    }
    await ended(before);
  });
});

describe('a case under a grant', () => {
  test("at the cap is decided by the township in the county's name, and the county sees all of it", async () => {
    const grant = await inEffect();
    const id = await steps.file(agent, relief(CAP, materials));
    await steps.toReviewedAtTownship(id);
    await steps.decide(id, chief);
    await steps.known(id, agent, 'GRANTED');
    const view = await steps.seen(id, chief);
    expect(view?.decision).toMatchObject({ inNameOf: COUNTY, grant, node: TOWNSHIP });
    await steps.known(id, countyChief, 'GRANTED');
    expect((await steps.seen(id, countyClerk))?.log.map((line) => line.action)).toEqual(view?.log.map((l) => l.action));
    const page = { first: 50, after: null };
    const listed = await federation.desk(COUNTY, handling).cases(countyChief, { filter: { item: RELIEF } }, page);
    expect(listed.nodes.map((n) => n.id)).toContain(id);
    await ended(grant);
  });

  test('of a conferred power is decided in its own name', async () => {
    const grant = await inEffect({ mode: 'CONFERRED' });
    const id = await steps.file(agent, relief(1, materials));
    await steps.toReviewedAtTownship(id);
    expect((await steps.decide(id, chief)).decision).toMatchObject({ inNameOf: TOWNSHIP, grant });
    await ended(grant);
  });

  test('above the cap goes to the county', async () => {
    const grant = await inEffect();
    const id = await steps.file(agent, relief(CAP + 1, materials));
    await steps.toReviewedAtTownship(id);
    expect(await codeOf(steps.decide(id, chief))).toBe('NOT_COMPETENT');
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await ended(grant);
  });

  test('that the review finds to be above the cap goes up, and its log says so', async () => {
    const grant = await inEffect();
    const id = await steps.file(agent, relief(CAP, materials));
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    await steps.review(id, clerk, CAP + 1);
    expect(await codeOf(steps.decide(id, chief))).toBe('GRANT_NOT_IN_EFFECT');
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await steps.review(id, countyClerk);
    expect((await steps.decide(id, countyChief)).decision).toMatchObject({ inNameOf: COUNTY, grant: null });
    expect((await steps.seen(id, countyClerk))?.log.map((line) => line.action)).toContain('REROUTED');
    await steps.known(id, agent, 'GRANTED');
    await ended(grant);
  });

  test('whose grant is revoked on the way is decided by the county, and nobody decides without power', async () => {
    const grant = await inEffect();
    const id = await steps.file(agent, relief(CAP, materials));
    await steps.toReviewedAtTownship(id);
    await ended(grant);
    expect(await codeOf(steps.decide(id, chief))).toBe('GRANT_NOT_IN_EFFECT');
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await steps.review(id, countyClerk);
    await steps.decide(id, countyChief);
    await steps.known(id, agent, 'GRANTED');
    expect(await custodians(federation, NODES, id)).toEqual([COUNTY]);
  });

  test('can be called back by the county, from the township that would decide it', async () => {
    const grant = await inEffect();
    const id = await steps.file(agent, relief(CAP, materials));
    await steps.toReviewedAtTownship(id);
    await steps.known(id, countyChief, 'REVIEWED');
    const recall = (viewer: Viewer, reason = '重大复杂', idempotencyKey: string | null = null) =>
      federation.desk(viewer.division, handling).recallCase(viewer, { id, reason, idempotencyKey });
    expect(await codeOf(recall(countyClerk))).toBe('FORBIDDEN');
    expect(await codeOf(recall(countyChief, ' '))).toBe('REASON_MISSING');
    expect(await codeOf(recall(chief))).toBe('FORBIDDEN');
    await recall(countyChief, '重大复杂', 'recall-001');
    await steps.arrives(id, countyClerk);
    // sent again, as by a caller that got no answer: it is answered, although the case could not be recalled any more
    expect(await codeOf(recall(countyChief, '重大复杂', 'recall-001'))).toBe('done');
    expect(await codeOf(recall(countyChief))).not.toBe('done');
    await eventually(async () => (await steps.seen(id, clerk))?.custody === 'ELSEWHERE');
    expect(await codeOf(steps.decide(id, chief))).toBe('NOT_CUSTODIAN');
    await steps.review(id, countyClerk);
    expect((await steps.decide(id, countyChief)).decision?.inNameOf).toBe(COUNTY);
    await ended(grant);
  });
});
