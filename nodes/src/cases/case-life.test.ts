import { filing } from '@liandong/schema/domains/filing';
import { handling } from '@liandong/schema/domains/handling';
import { randomUUID } from 'node:crypto';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  LOW_INCOME_MATERIALS,
  agent,
  application,
  chief,
  clerk,
  countyChief,
  countyClerk,
  homestead,
  material,
} from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

let federation: TestFederation;
let steps: CaseSteps;
const head = personAt(COUNTY, 'HEAD', '民政');
const step = (id: string) => ({ id, note: null, idempotencyKey: null });
const intake = (viewer: Viewer) => federation.desk(viewer.division, filing);
const desk = (viewer: Viewer) => federation.desk(viewer.division, handling);
const codeOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

describe('a draft', () => {
  test('goes to the deciding desk, comes back with one complete list and is filed without typing it again', async () => {
    const [form = '', ...others] = LOW_INCOME_MATERIALS;
    const input = application({ materials: [material(form)] });
    const { filing } = await intake(agent).draftCase(agent, input);
    const { id, number } = filing;
    await desk(agent).requestPrecheck(agent, step(id));
    await steps.arrives(id, countyClerk);
    expect(
      await desk(countyClerk).precheckCase(countyClerk, {
        ...step(id),
        remarks: '补齐后即可提交',
        missing: others.map((name) => ({ material: name, reason: '未提交' })),
      }),
    ).toMatchObject({ state: 'PRECHECKED', clock: null });
    await steps.arrives(id, agent);
    expect((await steps.seen(id, agent))?.precheck?.missing.map((m) => m.material)).toEqual(others);
    const filed = await intake(agent).fileDraft(agent, {
      id,
      idempotencyKey: null,
      materials: others.map((name) => material(name)),
    });
    expect(filed).toMatchObject({ id, number, applicant: { name: input.applicant.name } });
    expect(filed.materials.map((m) => m.name)).toEqual(LOW_INCOME_MATERIALS);
    await steps.toReviewedAtTownship(id);
    expect(await steps.seen(id, clerk)).toMatchObject({ state: 'REVIEWED' });
  });

  test('that names only part of what is missing is refused', async () => {
    const { filing } = await intake(agent).draftCase(agent, application({ materials: [] }));
    await desk(agent).requestPrecheck(agent, step(filing.id));
    await steps.arrives(filing.id, countyClerk);
    const missing = [{ material: LOW_INCOME_MATERIALS[0] ?? '', reason: '未提交' }];
    const refused = desk(countyClerk).precheckCase(countyClerk, { ...step(filing.id), remarks: null, missing });
    expect(await codeOf(refused)).toBe('SUPPLEMENT_INCOMPLETE');
  });
});

describe('a decision', () => {
  test('goes out as a document in whose name it was decided, is delivered where it was filed, closed and rated', async () => {
    const { filing, trackingCode } = await intake(agent).fileCase(agent, application());
    const { id, number } = filing;
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await steps.review(id, countyClerk);
    const decided = await steps.decide(id, countyChief);
    expect(decided).toMatchObject({ state: 'GRANTED', result: null, issued: null });
    expect(decided.clock?.deliveryDueAt).toBeInstanceOf(Date);
    expect(await codeOf(desk(countyClerk).assignCase(countyClerk, step(id)))).toBe('DOCUMENT_MISSING');
    const closed = await steps.deliver(id, countyChief, agent);
    expect(closed).toMatchObject({ state: 'CLOSED', result: 'ISSUED', delivery: { node: VILLAGE, way: 'AGENT' } });
    const text = await desk(agent).resultDocument(agent, { case: id });
    expect(text).toContain('三门县');
    expect(text).toContain('王秀英');
    expect(text).toContain(`| 办件编号 | ${number} |`);
    expect(text).toContain('三门县(本级行使)');
    await steps.known(id, countyChief, 'CLOSED');
    expect(await desk(countyChief).resultDocument(countyChief, { case: id })).toBe(text);
    const rating = { number, code: trackingCode, grade: 5 as const, idempotencyKey: 'rating-001' };
    expect((await intake(agent).rateService(null, rating)).state).toBe('CLOSED');
    // sent again, as by a caller that got no answer
    expect((await intake(agent).rateService(null, rating)).state).toBe('CLOSED');
    expect(await codeOf(intake(agent).rateService(null, { ...rating, code: 'AAAAAAAA' }))).toBe('NOT_FOUND');
    expect(await codeOf(intake(agent).rateService(null, { ...rating, grade: 1 }))).toBe('IDEMPOTENCY_MISMATCH');
    const keys = `SELECT subject FROM idempotency WHERE node = $1 AND key = $2`;
    expect(await federation.rows(VILLAGE, keys, [VILLAGE, rating.idempotencyKey])).toEqual([
      { subject: `slip:${number}` },
    ]);
    expect(
      await codeOf(intake(agent).rateService(null, { number, code: trackingCode, grade: 1, idempotencyKey: null })),
    ).toBe('RATED_ALREADY');
    expect(await steps.seen(id, agent)).toMatchObject({ rating: { grade: 5, by: 'APPLICANT' } });
  });

  test('whose case rests elsewhere is rated there, by a wish that is carried', async () => {
    const { filing, trackingCode } = await intake(agent).fileCase(agent, homestead());
    const { id, number } = filing;
    await steps.toReviewedAtTownship(id);
    await steps.decide(id, chief);
    await desk(chief).issueDocument(chief, step(id));
    await desk(clerk).deliverCase(clerk, { ...step(id), way: 'MAIL' });
    await steps.known(id, agent, 'CLOSED');
    await intake(agent).rateService(null, { number, code: trackingCode, grade: 2, idempotencyKey: null });
    await eventually(async () => (await steps.seen(id, agent))?.rating?.grade === 2);
    expect(await steps.seen(id, clerk)).toMatchObject({ rating: { grade: 2, by: 'APPLICANT' } });
  });

  test('gives every notice of its log as a paper, and none for a line without one', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    const { log = [] } = (await steps.seen(id, clerk)) ?? {};
    const seqOf = (action: string) => log.find((line) => line.action === action)?.seq ?? 0;
    const notice = (action: string) => desk(clerk).caseNotice(clerk, { case: id, seq: seqOf(action) });
    expect(await notice('FILED')).toContain('# 收件凭证');
    expect(await notice('ACCEPTED')).toContain('# 受理通知书');
    expect(await codeOf(notice('FORWARDED'))).toBe('NOT_FOUND');
  });
});

describe('the clock', () => {
  test('stands still in a hearing, and the head extends the limit once', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    const start = { ...step(id), kind: 'HEARING', notice: '举行听证', expectedDays: 20 } as const;
    expect(await codeOf(desk(countyClerk).startProcedure(countyClerk, { ...start, expectedDays: null }))).toBe(
      'NOTICE_MISSING',
    );
    const paused = await desk(countyClerk).startProcedure(countyClerk, start);
    expect(paused.clock?.pausedSince).toBeInstanceOf(Date);
    await steps.review(id, countyClerk);
    expect(await codeOf(steps.decide(id, countyChief))).toBe('PROCEDURE_OPEN');
    const resumed = await desk(countyClerk).endProcedure(countyClerk, {
      ...step(id),
      procedure: 1,
      result: '听证笔录',
    });
    expect(resumed.clock?.pausedSince).toBeNull();
    const extend = (viewer: Viewer, days: number) =>
      desk(viewer).extendCase(viewer, { ...step(id), days, reason: '案情复杂' });
    expect(await codeOf(extend(countyChief, 10))).toBe('FORBIDDEN');
    expect(await codeOf(extend(head, 11))).toBe('EXTENSION_TOO_LONG');
    const before = resumed.clock?.dueAt ?? new Date(0);
    const after = await extend(head, 10);
    expect(after.clock?.extendedDays).toBe(10);
    expect(after.clock?.dueAt.getTime()).toBeGreaterThan(before.getTime());
    expect(await codeOf(extend(head, 5))).toBe('EXTENSION_REPEATED');
  });
});

describe('a case', () => {
  test('is handed over within its township, and taken over nowhere else', async () => {
    const id = await steps.file();
    const move = (to: string) => desk(agent).transferCase(agent, { ...step(id), to, reason: '转镇帮办' });
    expect(await codeOf(move(COUNTY))).toBe('NOT_COMPETENT');
    await move(TOWNSHIP);
    await steps.arrives(id, clerk);
    expect(await desk(clerk).acceptCase(clerk, step(id))).toMatchObject({ state: 'ACCEPTED' });
  });

  test('is terminated or declared void by the chief, and by nobody else', async () => {
    for (const [end, state] of [
      ['terminateCase', 'TERMINATED'],
      ['voidCase', 'VOIDED'],
    ] as const) {
      const id = await steps.file();
      await steps.toReviewedAtTownship(id);
      const ended = (viewer: Viewer) =>
        desk(viewer)[end](viewer, { id, reason: '申请人死亡', idempotencyKey: randomUUID() });
      expect(await codeOf(ended(clerk))).toBe('FORBIDDEN');
      expect(await ended(chief)).toMatchObject({ state, result: state });
    }
  });
});
