import type { InputOf, Viewer } from '@liandong/schema/operation';
import { enquiries } from '@liandong/schema/domains/enquiries';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, LOW_INCOME, agent, application, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

const civil = personAt(COUNTY, 'CLERK', '民政');
const police = personAt(COUNTY, 'CLERK', '公安');
const cataloguer = personAt(COUNTY, 'CATALOGUER');
const supervisor = personAt(CITY, 'SUPERVISOR');
const once = { idempotencyKey: null };

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const desk = (node = COUNTY) => federation.desk(node, enquiries);
type Opening = InputOf<typeof enquiries.operations.openEnquiry>;
type Online = InputOf<typeof enquiries.operations.askQuestion>;
const open = (change: Partial<Opening> = {}, viewer: Viewer = civil) =>
  desk(viewer.division).openEnquiry(viewer, {
    place: null,
    asker: null,
    question: '落户要找哪个窗口?',
    ...once,
    ...change,
  });
const ask = (change: Partial<Online> = {}, node = COUNTY) =>
  desk(node).askQuestion(null, {
    division: node,
    kind: 'QUESTION',
    question: '老年人优待证怎么办?',
    asker: { name: '王秀英', phone: '13800000001' },
    ...once,
    ...change,
  });
const track = (number: string, code: string | null, node = COUNTY) =>
  desk(node).trackEnquiry(null, { number, code: code ?? '' });
const handOn = (id: string, change: object = {}, viewer: Viewer = civil) =>
  desk().handOnEnquiry(viewer, { id, department: '公安', reason: '户籍事项归公安', ...once, ...change });
const report = (id: string, viewer: Viewer = civil, result = '请到公安窗口') =>
  desk(viewer.division).reportEnquiry(viewer, { id, result, ...once });

describe('an enquiry that names no item', () => {
  test('is taken at the desk in words, and opened by its asker with number and code', async () => {
    const asked = await open();
    expect(asked).toMatchObject({ kind: 'ENQUIRY', item: null, answer: null, state: 'OPEN', dueOn: null });
    const seen = await track(asked.id, asked.code);
    expect(seen).toMatchObject({ question: '落户要找哪个窗口?', state: 'OPEN', answeredBy: null, code: null });
    expect(await codesOf(track(asked.id, 'AAAA2222'))).toEqual(['NOT_FOUND']);
    expect(await codesOf(track(`${COUNTY}-Z-20260601-AAAAAA`, asked.code))).toEqual(['NOT_FOUND']);
    expect(await codesOf(open({ question: null }))).toEqual(['BAD_INPUT']);
  });

  test('sent again under its key is one, with the same code', async () => {
    const key = { idempotencyKey: 'no-item-0001' };
    const [one, two] = await Promise.all([open(key), open(key)]);
    expect(two).toEqual(one);
  });

  test('grows into a case of any item', async () => {
    const asked = await open({}, agent);
    await new CaseSteps(federation).file(agent, application({ enquiry: asked.id }));
    expect(await desk(VILLAGE).enquiry(agent, { id: asked.id })).toMatchObject({ caseId: expect.any(String) });
  });

  test('that is another department’s is handed on with a reason; the asker sees where it is, and who has it answers', async () => {
    const { id, code } = await open();
    expect(await handOn(id)).toMatchObject({ department: '公安', moves: [{ from: null, to: '公安', by: civil.name }] });
    expect(await track(id, code)).toMatchObject({
      department: '公安',
      moves: [{ to: '公安', reason: '户籍事项归公安', by: null }],
    });
    expect(await codesOf(handOn(id, { department: '教育' }))).toEqual(['WRONG_DEPARTMENT']);
    expect(await codesOf(report(id))).toEqual(['WRONG_DEPARTMENT']);
    expect(await codesOf(handOn(id, {}, police))).toEqual(['NO_CHANGE']);
    expect(await codesOf(handOn(id, { department: '海洋' }, police))).toEqual(['BAD_INPUT']);
    expect(await codesOf(handOn(id, { department: '民政', reason: '' }, police))).toEqual(['REASON_MISSING']);
    await handOn(id, { department: '民政' }, police);
    expect((await handOn(id)).moves.map(({ to }) => to)).toEqual(['公安', '民政', '公安']);
    const waiting = { filter: { department: '公安' } };
    const listed = await desk().enquiries(police, waiting, { first: 200, after: null });
    expect(listed.nodes.map((e) => e.id)).toEqual([id]);
    await report(id, police, '带户口簿到 B1 窗口');
    expect(await track(id, code)).toMatchObject({ state: 'REPORTED', result: '带户口簿到 B1 窗口', reportedBy: null });
    expect(await codesOf(handOn(id, { department: '民政' }, police))).toEqual(['ENQUIRY_REPORTED']);
  });

  test('stays with the node that was asked: no other takes it or hands it on', async () => {
    const { id } = await open();
    expect(await codesOf(handOn(id, {}, clerk))).toEqual(['FORBIDDEN']);
    const there = desk(TOWNSHIP).handOnEnquiry(clerk, { id, department: '公安', reason: '户籍', ...once });
    expect(await codesOf(there)).toEqual(['NOT_FIRST_ASKED']);
    expect(await codesOf(handOn(id, {}, personAt(COUNTY, 'SUPERVISOR')))).toEqual(['FORBIDDEN']);
    expect(await codesOf(handOn(`${COUNTY}-none`))).toEqual(['NOT_FOUND']);
  });
});

describe('a question online', () => {
  test('is asked without a login, due in the term, answered by the desk and read with number and code', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({ kind: 'QUESTION', state: 'OPEN', asker: null, answeredBy: null, light: null });
    expect(asked.dueOn).not.toBeNull();
    expect(await desk().enquiry(civil, { id: asked.id })).toMatchObject({
      question: '老年人优待证怎么办?',
      asker: { name: '王秀英', phone: '138****0001' },
      code: null,
    });
    await report(asked.id, civil, '带身份证到窗口即办');
    expect(await track(asked.id, asked.code)).toMatchObject({ state: 'REPORTED', result: '带身份证到窗口即办' });
  });

  test('that names an item is answered at once with its guide, and still by the desk', async () => {
    const asked = await ask({ item: LOW_INCOME });
    expect(asked).toMatchObject({ item: LOW_INCOME, state: 'OPEN' });
    expect(asked.answer).toContain('## 申请材料');
    expect(await codesOf(ask({ item: '3310-XX-999' }))).toEqual(['ITEM_UNKNOWN']);
  });

  test('shows a red light when the answer is late, and none when it was given', async () => {
    const { id, dueOn } = await ask();
    const late = Date.parse(`${plusDays(dueOn ?? '', 1)}T02:00:00Z`) - federation.now().getTime();
    federation.shiftMs += late;
    try {
      expect(await desk().enquiry(supervisor, { id })).toMatchObject({ light: 'RED' });
      expect(await report(id)).toMatchObject({ light: null, state: 'REPORTED' });
    } finally {
      federation.shiftMs -= late;
    }
  });

  test('has the term that the centre sets, from then on', async () => {
    const before = await ask();
    const set = (days: number, viewer: Viewer = cataloguer) =>
      desk().setAnswerTerm(viewer, { kind: 'QUESTION', days, ...once });
    expect(await codesOf(set(1, civil))).toEqual(['FORBIDDEN']);
    await set(1);
    expect(await desk().answerTerms(null, { division: COUNTY })).toContainEqual({ kind: 'QUESTION', days: 1 });
    const after = await ask();
    expect((after.dueOn ?? '') < (before.dueOn ?? '')).toBe(true);
    expect((await desk().enquiry(civil, { id: before.id })).dueOn).toBe(before.dueOn);
    await set(5);
  });

  test('is sealed in the database, with who asked', async () => {
    await ask({ question: '包小敏的低保为什么没有发?' });
    const kept = await federation.rows(COUNTY, `SELECT * FROM enquiries WHERE node = $1`, [COUNTY]);
    expect(JSON.stringify(kept)).not.toMatch(/包小敏|王秀英|优待证怎么办/);
  });

  test('is taken by a desk 500 times a day, so that nobody fills its disk', async () => {
    const day = dayOf(federation.now());
    await federation.rows(
      VILLAGE,
      `INSERT INTO enquiries (node, id, place, asked_at, kind, question)
       SELECT $1, 'full-' || n, $1, now(), 'QUESTION', 'sealed' FROM generate_series(1, 500) AS n RETURNING 1`,
      [VILLAGE],
    );
    expect(day).toBe(dayOf(federation.now()));
    expect(await codesOf(ask({}, VILLAGE))).toEqual(['RATE_LIMITED']);
    // who comes to the desk is not turned away
    expect(await codesOf(open({}, agent))).toEqual([]);
    await federation.rows(VILLAGE, `DELETE FROM enquiries WHERE node = $1 AND id LIKE 'full-%' RETURNING 1`, [VILLAGE]);
  });
});

describe('a suggestion', () => {
  test('comes in online or from the box in the hall, and has its answer by a day', async () => {
    const online = await ask({ kind: 'SUGGESTION', question: '请增设老花镜', asker: null });
    const box = await open({ kind: 'SUGGESTION', question: '厕所无扶手' });
    for (const { id, code, dueOn } of [online, box]) {
      expect(dueOn).not.toBeNull();
      await report(id, civil, '已落实');
      expect(await track(id, code)).toMatchObject({ kind: 'SUGGESTION', result: '已落实' });
    }
    const wanted = { filter: { kind: 'SUGGESTION' as const } };
    const listed = await desk().enquiries(civil, wanted, { first: 200, after: null });
    expect(new Set(listed.nodes.map(({ id }) => id))).toEqual(new Set([online.id, box.id]));
  });
});

test('the graph takes a question, notes who of the desk reads its words, and shows the asker the answer', async () => {
  const send = async (query: string, variables: Record<string, unknown>, viewer: Viewer | null = null) => {
    const token = viewer && (await federation.token(viewer));
    const { data, errors } = await federation.ask(COUNTY, { role: 'enquiries', query, variables, token });
    expect(errors ?? []).toEqual([]);
    return data ?? {};
  };
  const asking = `mutation ($input: AskQuestionInput!) { askQuestion(input: $input) {
    enquiry { id code kind dueOn item { code } } errors { code } } }`;
  const input = { division: COUNTY, kind: 'QUESTION', question: '几点开门?' };
  const { askQuestion } = await send(asking, { input });
  const { enquiry } = askQuestion as { enquiry: { id: string; code: string } };
  expect(enquiry).toMatchObject({ kind: 'QUESTION', item: null });
  const { id, code } = enquiry;
  const reading = `query ($id: ID!) { enquiry(id: $id) { question light moves { to } department } }`;
  expect(await send(reading, { id }, civil)).toMatchObject({ enquiry: { question: '几点开门?', moves: [] } });
  const reads = `SELECT fields FROM personal_data_reads WHERE node = $1 AND subject = $2`;
  expect(await federation.rows(COUNTY, reads, [COUNTY, id])).toEqual([{ fields: ['Enquiry.question'] }]);
  await report(id, civil, '八点半');
  const tracking = `query ($number: String!, $code: String!) { trackEnquiry(number: $number, code: $code) { state result } }`;
  expect(await send(tracking, { number: id, code })).toEqual({ trackEnquiry: { state: 'REPORTED', result: '八点半' } });
});
