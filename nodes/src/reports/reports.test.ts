import { createHash } from 'node:crypto';
import { answers } from '@liandong/schema/domains/answers';
import { figures } from '@liandong/schema/domains/figures';
import { handling } from '@liandong/schema/domains/handling';
import { papers } from '@liandong/schema/domains/papers';
import { reports } from '@liandong/schema/domains/reports';
import { signals } from '@liandong/schema/domains/signals';
import { uploads } from '@liandong/schema/domains/uploads';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, clerk, codesOf, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, eventually, personAt } from '../testing/test-federation.ts';

const OUTSIDE = { code: '3310-SL-002', materials: ['取水许可申请书', '水资源论证报告'] };
const ANSWERED = { code: '3310-FG-002', materials: ['控制事项答复申请表', '项目基本情况说明'] };
const water = personAt(COUNTY, 'CLERK', '水利');
const reviewer = personAt(COUNTY, 'CLERK', '水利', 'reviewer');
const waterChief = personAt(COUNTY, 'CHIEF', '水利');
const planning = personAt(COUNTY, 'CLERK', '发展改革');
const key = { idempotencyKey: null };
const today = () => dayOf(new Date());

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

const filed = (viewer: Viewer, { code, materials }: typeof OUTSIDE) =>
  steps.file(
    viewer,
    application({ item: code, place: TOWNSHIP, consent: null, materials: materials.map((name) => material(name)) }),
  );
const seen = (id: string, viewer: Viewer) => steps.seen(id, viewer);

async function upload(viewer: Viewer, text: string): Promise<string> {
  const bytes = Buffer.from(`%PDF-1.4 ${text} %%EOF`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const about = { fileName: `${text}.pdf`, mediaType: 'application/pdf' as const, size: bytes.length, sha256, ...key };
  const { id } = await federation.desk(COUNTY, uploads).openUpload(viewer, about);
  await federation.desk(COUNTY, uploads).addToUpload(viewer, {
    upload: id,
    offset: 0,
    bytes: bytes.toString('base64'),
    ...key,
  });
  return id;
}

async function reported(): Promise<string> {
  const id = await filed(water, OUTSIDE);
  await steps.accept(id, water);
  await steps.review(id, reviewer);
  await federation.desk(COUNTY, reports).reportOutside(waterChief, {
    id,
    to: '省水利厅',
    number: '三水〔2026〕1号',
    sentOn: today(),
    way: 'EXCHANGE',
    sent: '全套材料和审查意见',
    dueOn: plusDays(today(), 20),
    ...key,
  });
  return id;
}

describe('a case that an organ outside decides', () => {
  test('goes out, comes back with a document, and is delivered with it: 转报办结', async () => {
    const id = await reported();
    expect(await seen(id, water)).toMatchObject({ state: 'REPORTED', report: { to: '省水利厅', late: false } });
    expect(await codesOf(steps.decide(id, waterChief))).toEqual(['NOT_COMPETENT']);
    const desk = federation.desk(COUNTY, reports);
    const news = { id, on: today(), number: '浙水受1号', what: null, dueOn: null, ...key };
    await desk.recordReportProgress(water, { ...news, event: 'RECEIVED' });
    const result = { id, result: 'GRANTED' as const, number: '浙水许1号', on: today(), reason: null, ...key };
    const missing = '0198c0de-0000-4000-8000-00000000000a';
    expect(await codesOf(desk.recordReportResult(water, { ...result, upload: missing }))).toEqual(['NOT_FOUND']);
    await desk.recordReportResult(water, { ...result, upload: await upload(water, '许可文件') });
    expect(await seen(id, water)).toMatchObject({ state: 'REPORT_DECIDED', issued: { number: '浙水许1号' } });
    const file = await federation.desk(COUNTY, papers).casePapers(water, { case: id });
    expect(file.at(-1)).toMatchObject({ origin: 'DOCUMENT', material: { name: '转报结果文书' } });
    expect(await codesOf(federation.desk(COUNTY, handling).resultDocument(water, { case: id }))).toEqual(['NOT_FOUND']);
    await federation.desk(COUNTY, handling).deliverCase(water, { id, note: null, way: 'WINDOW', ...key });
    expect(await seen(id, water)).toMatchObject({ state: 'CLOSED', result: 'FORWARDED_CLOSED' });
  });

  test('that is late outside is told of once, to its desk, and counts as late for nobody here', async () => {
    const id = await reported();
    federation.shiftMs = 30 * 86_400_000;
    const kinds = async () => {
      const { nodes } = await federation
        .desk(COUNTY, signals)
        .signals(water, { unread: true }, { first: 200, after: null });
      return nodes.filter(({ caseId }) => caseId === id).map(({ kind }) => kind);
    };
    await expect.poll(kinds, { timeout: 45_000 }).toContain('REPORT_LATE');
    expect((await kinds()).filter((kind) => kind === 'REPORT_LATE')).toHaveLength(1);
    expect((await seen(id, water))?.report).toMatchObject({ late: true });
    expect((await seen(id, water))?.clock?.overdue).toBe(false);
  });
});

describe('a case that is answered', () => {
  test('is answered at the organ that holds the power, with a paper of its own, and delivered where it came in', async () => {
    const id = await filed(clerk, ANSWERED);
    await steps.forward(id, clerk);
    await steps.arrives(id, planning);
    expect(await codesOf(steps.accept(id, planning))).toEqual(['ILLEGAL_STEP']);
    await federation.desk(COUNTY, answers).answerCase(planning, {
      id,
      verdict: 'ON_CONDITIONS',
      reason: '属限制类项目',
      basis: '《产业结构调整指导目录》',
      needs: ['节能审查意见'],
      remedies: null,
      ...key,
    });
    expect(await seen(id, planning)).toMatchObject({ state: 'ANSWERED', decision: null, clock: { overdue: false } });
    await steps.deliver(id, planning, clerk);
    expect(await seen(id, clerk)).toMatchObject({ state: 'CLOSED', result: 'ANSWERED' });
    const paper = await federation.desk(TOWNSHIP, handling).resultDocument(clerk, { case: id });
    expect(paper).toContain('不是行政许可决定');
  });

  test('is counted as answered, and one that an organ outside decided as passed on and closed', async () => {
    const supervisor = personAt(COUNTY, 'SUPERVISOR');
    const asked = { division: COUNTY, from: today(), to: today() };
    await eventually(async () => {
      const { figures: sums } = await federation.desk(COUNTY, figures).rollup(supervisor, asked);
      return sums.ANSWERED === 1 && sums.REPORTED === 2 && sums.FORWARDED_CLOSED === 1;
    });
  });
});
