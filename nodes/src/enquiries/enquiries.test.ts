import { handling } from '@liandong/schema/domains/handling';
import type { EnquiryState } from '@liandong/schema/case';
import type { OpenEnquiryInput } from '@liandong/schema/domains/enquiries';
import { enquiries } from '@liandong/schema/domains/enquiries';
import type { ProblemError } from '@liandong/schema/kernel';
import type { RoleName } from '@liandong/schema/wire';
import type { Viewer } from '@liandong/schema/operation';
import { itemLife } from '@liandong/schema/domains/item-life';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  HOMESTEAD,
  LOW_INCOME,
  LOW_INCOME_MATERIALS,
  RELIEF,
  agent,
  application,
  clerk,
  countyChief,
  countyClerk,
} from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt, eventually } from '../testing/test-federation.ts';

const ASKER = { name: '王秀英', phone: '13800000001' };
const supervisor = personAt(COUNTY, 'SUPERVISOR');

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(async () => {
  await federation.stop();
});

const desk = (viewer: Viewer = agent) => federation.desk(viewer.division, enquiries);
const ask = (change: Partial<OpenEnquiryInput> = {}, viewer: Viewer = agent) =>
  desk(viewer).openEnquiry(viewer, { item: LOW_INCOME, place: null, asker: null, idempotencyKey: null, ...change });
const report = (id: string, viewer: Viewer = agent, result = '已电话告知结果') =>
  desk(viewer).reportEnquiry(viewer, { id, result, idempotencyKey: null });
const listed = async (state: EnquiryState | null = null) =>
  (await desk().enquiries(agent, { filter: { state } }, { first: 200, after: null })).nodes;
const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.problem,
  );

describe('an enquiry', () => {
  test('is answered at once with basis, limits, procedure, all materials and the competent desks, and kept so', async () => {
    const asked = await ask();
    for (const section of ['## 设定依据', '法定办结时限', '## 办理流程', '## 申请材料', ...LOW_INCOME_MATERIALS]) {
      expect(asked.answer).toContain(section);
    }
    expect(asked.answer).toContain(`受理:亭旁镇(${TOWNSHIP})`);
    expect(asked).toMatchObject({ state: 'OPEN', acceptor: TOWNSHIP, decider: COUNTY, inForce: true, itemVersion: 1 });
    expect(asked.code).toMatch(/^\w{8}$/);
    expect(await desk().enquiry(agent, { id: asked.id })).toEqual({ ...asked, code: null });
  });

  test('for an item that is not in force is answered with that fact', async () => {
    const suspension = { code: HOMESTEAD, reason: '系统升级', from: null, until: null };
    await federation
      .desk(CITY, itemLife)
      .suspendItem(personAt(CITY, 'CATALOGUER'), { ...suspension, idempotencyKey: null });
    const versions = `SELECT version FROM items WHERE node = $1 AND code = '${HOMESTEAD}' AND version > 1`;
    await eventually(async () => (await federation.rows(VILLAGE, versions, [VILLAGE])).length > 0);
    const asked = await ask({ item: HOMESTEAD });
    expect(asked).toMatchObject({ inForce: false, state: 'OPEN' });
    expect(asked.answer).toMatch(/^\*\*.*已暂停.*不予受理/);
    expect(await report(asked.id)).toMatchObject({ state: 'REPORTED' });
  });

  test('sent again under its key opens one duty', async () => {
    const key = { idempotencyKey: 'ask-0001', asker: ASKER };
    const [one, two] = await Promise.all([ask(key), ask(key)]);
    expect(two).toEqual(one);
    expect(await refusal(ask({ ...key, item: RELIEF }))).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  test('keeps who asked in a table of its own, shows the name at the desk, and the phone for a purpose', async () => {
    const { id, asker } = await ask({ asker: ASKER });
    expect(asker).toEqual({ name: '王秀英', phone: '138****0001' });
    const phone = (viewer: Viewer | null, purpose: string) => desk().showAskerPhone(viewer, { id, purpose });
    expect(await phone(agent, '反馈结果')).toBe('13800000001');
    expect(await refusal(phone(agent, ' '.trim()))).toMatchObject({ code: 'REASON_MISSING' });
    expect(await refusal(phone(supervisor, '抽查'))).toMatchObject({ code: 'FORBIDDEN' });
    const nobody = desk().showAskerPhone(agent, { id: `${VILLAGE}-none`, purpose: '反馈结果' });
    expect(await refusal(nobody)).toMatchObject({ code: 'NOT_FOUND' });
    const seen = await desk().enquiry(supervisor, { id: id });
    expect(seen.asker).toEqual({ name: '王**', phone: '138****0001' });
    const kept = await federation.rows(VILLAGE, `SELECT * FROM enquiries WHERE node = $1`, [VILLAGE]);
    expect(JSON.stringify(kept)).not.toMatch(/王秀英|13800000001/);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['ITEM_UNKNOWN', 'for an item nobody has', () => ask({ item: '3310-XX-999' })],
    ['UNKNOWN_DIVISION', 'for a place that is none', () => ask({ place: '331022103299' })],
    ['FORBIDDEN', 'answered by a supervisor', () => ask({}, supervisor)],
    ['UNAUTHENTICATED', 'without a login', () => desk().enquiry(null, { id: 'x' })],
    ['NOT_FOUND', 'that nobody asked', () => desk().enquiry(agent, { id: `${VILLAGE}-none` })],
    ['FORBIDDEN', 'read by the desk above', async () => desk().enquiry(clerk, { id: (await ask()).id })],
    [
      'FORBIDDEN',
      'listed by the desk above',
      () => desk().enquiries(clerk, { filter: { state: null } }, { first: 1, after: null }),
    ],
    [
      'BAD_INPUT',
      'listed from nowhere',
      () => desk().enquiries(agent, { filter: { state: null } }, { first: 1, after: 'nowhere' }),
    ],
  ])('is refused with %s %s', async (code, _, attempt) => {
    expect(await refusal(attempt())).toMatchObject({ code });
  });
});

describe('a first-asked duty', () => {
  test('outlives its case, which is decided elsewhere, and ends with the report', async () => {
    const asked = await ask({ asker: ASKER });
    const id = await steps.file(agent, application({ enquiry: asked.id }));
    expect(await desk().enquiry(agent, { id: asked.id })).toMatchObject({ caseId: id, state: 'OPEN' });
    expect(await refusal(report(asked.id))).toMatchObject({ code: 'ENQUIRY_CASE_OPEN', article: '首问负责制度' });
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await steps.review(id, countyClerk);
    await steps.decide(id, countyChief);
    await steps.known(id, agent, 'GRANTED');
    expect(await desk().enquiry(agent, { id: asked.id })).toMatchObject({ state: 'OPEN' });
    await steps.deliver(id, countyClerk, agent);
    expect(await desk().enquiry(agent, { id: asked.id })).toMatchObject({ state: 'WAITING', result: null });
    const told = await report(asked.id, agent, '已办结,证件送达');
    expect(told).toMatchObject({ state: 'REPORTED', reportedBy: agent.name, result: '已办结,证件送达' });
    expect(await refusal(report(asked.id))).toMatchObject({ code: 'ENQUIRY_REPORTED' });
  });

  test('whose case has ended at another desk waits for the report before all others', async () => {
    const asked = await ask();
    const id = await steps.file(agent, application({ enquiry: asked.id }));
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await federation.desk(TOWNSHIP, handling).refuseCase(clerk, { id, reason: '不属本机关职权', idempotencyKey: null });
    await steps.known(id, agent, 'NOT_ACCEPTED');
    expect((await steps.seen(id, agent))?.custody).toBe('ELSEWHERE');
    const all = await listed();
    expect(all[0]).toMatchObject({ id: asked.id, state: 'WAITING' });
    const order = ['WAITING', 'OPEN', 'REPORTED'];
    expect(all.map((e) => e.state)).toEqual(
      all.map((e) => e.state).toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    );
    for (const state of ['WAITING', 'OPEN', 'REPORTED'] as const) {
      expect(await listed(state)).toEqual(all.filter((e) => e.state === state));
    }
    expect(await report(asked.id)).toMatchObject({ state: 'REPORTED' });
  });

  test('is listed page by page, none left out and none twice', async () => {
    await ask();
    const all = (await listed()).map((e) => e.id);
    const paged: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await desk().enquiries(agent, { filter: { state: null } }, { first: 2, after });
      paged.push(...page.nodes.map((e) => e.id));
      after = page.cursors.at(-1) ?? null;
      more = page.hasNextPage;
    }
    expect(paged).toEqual(all);
  });

  test('reported twice at the same moment is reported once', async () => {
    const { id } = await ask();
    const tried = await Promise.all([refusal(report(id)), refusal(report(id))]);
    expect(new Set(tried.map((found) => found?.code ?? null))).toEqual(new Set(['ENQUIRY_REPORTED', null]));
  });

  test('is not reported at another desk, by another post, or without words', async () => {
    const { id } = await ask();
    expect(await refusal(report(id, clerk))).toMatchObject({ code: 'NOT_FIRST_ASKED', field: 'id' });
    expect(await refusal(desk().reportEnquiry(clerk, { id, result: '已告知', idempotencyKey: null }))).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await refusal(report(id, agent, ''))).toMatchObject({ code: 'REASON_MISSING', field: 'result' });
    expect(await desk().enquiry(agent, { id: id })).toMatchObject({ state: 'OPEN' });
  });

  test('takes one case, of its own item, filed at its own desk; what is refused files nothing', async () => {
    const before = await federation.rows(VILLAGE, `SELECT id FROM cases WHERE node = $1`, [VILLAGE]);
    const relief = await ask({ item: RELIEF });
    const away = await ask({}, clerk);
    const done = await ask();
    await report(done.id);
    const file = (enquiry: string) => refusal(steps.file(agent, application({ enquiry })));
    expect(await file(relief.id)).toMatchObject({ code: 'ENQUIRY_CONFLICT', field: 'enquiry' });
    expect(await file(away.id)).toMatchObject({ code: 'NOT_FIRST_ASKED', field: 'enquiry' });
    expect(await file(done.id)).toMatchObject({ code: 'ENQUIRY_REPORTED' });
    expect(await file(`${VILLAGE}-none`)).toMatchObject({ code: 'NOT_FOUND', field: 'enquiry' });
    expect(await file('none')).toMatchObject({ code: 'BAD_INPUT', field: 'enquiry' });
    expect(await federation.rows(VILLAGE, `SELECT id FROM cases WHERE node = $1`, [VILLAGE])).toEqual(before);
    const own = await ask();
    await steps.file(agent, application({ enquiry: own.id }));
    expect(await file(own.id)).toMatchObject({ code: 'ENQUIRY_CONFLICT' });
  });
});

test('the graph asks, files from it, and reports', async () => {
  const token = await federation.token(agent);
  const send = async (role: RoleName, query: string, variables: Record<string, unknown>) => {
    const { data, errors } = await federation.ask(VILLAGE, { role, query, variables, token });
    expect(errors ?? []).toEqual([]);
    return data;
  };
  const opening = `mutation ($item: ID!, $asker: EnquiryAskerInput) {
    openEnquiry(input: { item: $item, asker: $asker }) {
      enquiry { id state answer inForce asker { name } acceptor { code } item { code } } errors { code } } }`;
  const opened = await send('enquiries', opening, { item: LOW_INCOME, asker: { name: ASKER.name } });
  const enquiry = { asker: { name: ASKER.name }, acceptor: { code: TOWNSHIP }, item: { code: LOW_INCOME } };
  expect(opened).toMatchObject({ openEnquiry: { enquiry: { ...enquiry, state: 'OPEN' }, errors: [] } });
  const [{ id } = { id: '' }] = (await listed('OPEN')).toReversed();
  const { place: _, ...given } = application({ enquiry: id });
  const filing = `mutation ($input: FileCaseInput!) { draftCase(input: $input) { case { id } errors { code message } } }`;
  expect(await send('filing', filing, { input: given })).toMatchObject({ draftCase: { errors: [] } });
  const reporting = `mutation ($id: ID!) { reportEnquiry(input: { id: $id, result: "已告知" }) { errors { code } } }`;
  const open = { reportEnquiry: { errors: [{ code: 'ENQUIRY_CASE_OPEN' }] } };
  expect(await send('enquiries', reporting, { id })).toMatchObject(open);
  const listing = `query ($id: ID!) { enquiry(id: $id) { caseId state }
    enquiries(filter: { state: OPEN }, first: 1) { nodes { state } pageInfo { hasNextPage } } }`;
  expect(await send('enquiries', listing, { id })).toMatchObject({
    enquiry: { caseId: expect.stringContaining(VILLAGE), state: 'OPEN' },
    enquiries: { nodes: [{ state: 'OPEN' }] },
  });
});
