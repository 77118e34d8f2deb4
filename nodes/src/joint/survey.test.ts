import { handling } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import { implementation } from '@liandong/schema/domains/implementation';
import { dayOf, endOfDay, lastDayOf } from '@liandong/schema/kernel';
import { fees } from '@liandong/schema/domains/fees';
import { joint } from '@liandong/schema/domains/joint';
import { offices } from '@liandong/schema/domains/offices';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInCalendar } from '../calendar/index.ts';
import { CaseSteps, application, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, eventually, personAt } from '../testing/test-federation.ts';

/** 三门's 工业项目竣工联合测量: three surveys of thirty working days become one of six. */
const SURVEY = '3310-LB-002';
const MATERIALS = ['联合测量申请表', '竣工图', '用地批准文件'];
const CENTRE = '行政审批服务中心';
const PARTIES = ['住房城乡建设', '房产管理', '自然资源和规划'];

const clerk = personAt(COUNTY, 'CLERK', CENTRE);
const chief = personAt(COUNTY, 'CHIEF', CENTRE);
const cashier: Viewer = { ...personAt(COUNTY, 'CASHIER'), window: 'F1' };
const keeper = personAt(COUNTY, 'CATALOGUER');
const once = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP] });
  steps = new CaseSteps(federation);
  const window = { code: 'F1', name: '收费窗口', department: null, from: '2024-01-01', until: null };
  await federation.desk(COUNTY, offices).openWindow(keeper, { ...window, idempotencyKey: null });
  // 按各测绘收费标准合并计收: a line for each survey, by its department's share of the published base
  const rates = [
    { category: '住房城乡建设', percent: 100 },
    { category: '房产管理', percent: 60 },
    { category: '自然资源和规划', percent: 80 },
  ];
  const feeSchedule = { baseFen: 150_000, unit: '件', note: '一个窗口缴费', rates };
  await federation.desk(COUNTY, implementation).reviseImplementation(keeper, {
    item: SURVEY,
    reason: '公布测绘收费标准',
    feeSchedule,
    idempotencyKey: null,
  });
});
afterAll(() => federation.stop());

describe('三门’s joint survey at the county', () => {
  test('takes six working days instead of thirty, with one visit, one bill at one window and one document', async () => {
    const cases = federation.desk(COUNTY, handling);
    const desk = federation.desk(COUNTY, joint);
    const { billFees, payFees } = federation.desk(COUNTY, fees);
    const plain = (id: string) => ({ id, note: null, ...once });
    const materials = MATERIALS.map((name) => material(name));
    const id = await steps.file(clerk, application({ item: SURVEY, consent: null, materials }));
    const { clock } = await steps.accept(id, clerk);
    const from = dayOf(federation.now());
    const sixth = lastDayOf(from, { days: 6, unit: 'WORKDAY' }, builtInCalendar()).day;
    expect(clock?.dueAt).toEqual(endOfDay(sixth));
    const statute = lastDayOf(from, { days: 30, unit: 'WORKDAY' }, builtInCalendar()).day;
    expect(clock?.statutoryDueAt).toEqual(endOfDay(statute));

    const parties = PARTIES.map((department) => {
      return { node: null, department, ask: 'OPINION' as const, days: 5, materials: null };
    });
    await desk.openJointHandling(clerk, { id, stage: null, parties, ...once });
    const of = (department: string) => personAt(COUNTY, 'CLERK', department, `clerk-${department}`);
    const { nodes } = await desk.opinionRequests(of('房产管理'), { waiting: true }, { first: 10, after: null });
    expect(nodes).toMatchObject([{ case: id, leadNode: COUNTY, lead: CENTRE, party: { department: '房产管理' } }]);
    const at = new Date(federation.now().getTime() + 500);
    await desk.scheduleSiteVisit(clerk, { id, at, place: '厂区', parties: [1, 2, 3], ...once });
    await eventually(async () => federation.now() > at);
    await desk.recordSiteVisit(clerk, {
      id,
      record: '一次联合测量',
      attendance: [1, 2, 3].map((party) => ({ party, as: 'PRESENT' as const, reason: null })),
      corrections: [],
      ...once,
    });
    for (const [i, department] of PARTIES.entries()) {
      await desk.givePartyOpinion(of(department), { id, party: i + 1, opinion: 'AGREE', reason: null, ...once });
    }

    const charges = PARTIES.map((category) => ({ item: null, category, quantity: 1 }));
    const billed = await billFees(clerk, { id, window: 'F1', charges, ...once });
    expect(billed.fees.bill).toMatchObject({
      window: 'F1',
      amountFen: 360_000,
      lines: PARTIES.map((category) => ({ item: SURVEY, category })),
    });
    const paid = await payFees(cashier, { receipt: 'R-1', payments: [{ id, amountFen: 360_000 }], ...once });
    expect(paid).toMatchObject([{ dueFen: 0, fees: { payments: [{ receipt: 'R-1' }] } }]);

    await steps.review(id, clerk);
    await steps.decide(id, chief);
    await cases.issueDocument(clerk, plain(id));
    const document = await cases.resultDocument(clerk, { case: id });
    expect(document.match(/^# /gm)).toHaveLength(1);
    expect(document).toContain(`| 牵头部门 | ${CENTRE} |`);
    expect(document).toContain('住房城乡建设(同意)、房产管理(同意)、自然资源和规划(同意)');
    const delivered = await cases.deliverCase(clerk, { ...plain(id), way: 'WINDOW' });
    expect(delivered).toMatchObject({ state: 'CLOSED' });
  });
});
