import { dayOf } from '@liandong/schema/kernel';
import { catalogue } from '@liandong/schema/domains/catalogue';
import { enquiries } from '@liandong/schema/domains/enquiries';
import { implementation } from '@liandong/schema/domains/implementation';
import { offices } from '@liandong/schema/domains/offices';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agent, clerk, codesOf, LOW_INCOME } from '../testing/cases.ts';
import { isolate } from '../testing/isolate.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';
import { findImplementations } from './index.ts';

const LAND = '3310-JS-002';
const once = { idempotencyKey: null };
const countyCataloguer = personAt(COUNTY, 'CATALOGUER');

let federation: TestFederation;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  await revise({
    conditions: ['持有当地常住户口'],
    stages: [
      { name: '入户调查', standard: '两人以上入户', post: '经办员', step: 'FIRST_REVIEW' },
      { name: '决定', standard: '符合标准', post: '分管负责人', limit: { days: 3, unit: 'WORKDAY' } },
    ],
    discretion: [
      { circumstance: '全额', standard: '按标准全额救助' },
      { id: 'A2', circumstance: '差额', standard: '按差额救助' },
    ],
    windows: ['社会事务窗口'],
    place: '三门县政务服务中心二楼',
    hours: '工作日 8:30—17:30',
    contacts: [{ name: '热线', phone: '12345' }],
    inCharge: { post: '救助科负责人' },
    verified: false,
  });
  await eventually(async () => (await versionAt(VILLAGE)) === 2);
});
afterAll(() => federation.stop());

const revise = (change: object, item = LOW_INCOME) =>
  federation.desk(COUNTY, implementation).reviseImplementation(countyCataloguer, {
    item,
    reason: '完善要素',
    ...change,
    ...once,
  });
const versionAt = async (node: string, item = LOW_INCOME) =>
  (await findImplementations(federation.db(node).queries(node), [{ item, node: COUNTY }]))[0]?.version;
const guideAt = (division: string, item = LOW_INCOME) =>
  federation.desk(division, catalogue).guide(null, { division, item });
const sections = (markdown: string) => markdown.split('\n\n');

/** What the county stated of its own. */
const STATED = [
  '1. 持有当地常住户口',
  '| 三门县 社会事务窗口 | 三门县政务服务中心二楼 | 工作日 8:30—17:30 | 12345 |',
  '- 热线:12345',
  '| 责任人 | 救助科负责人 |',
  '入户调查(亭旁镇)',
  '环节时限:3 个工作日',
  '| 1 | 全额 | 按标准全额救助 |',
  '| A2 | 差额 | 按差额救助 |',
  '尚未与现行文本核对',
];

describe('the guide of an item', () => {
  test('tells at the village, with every other node down, all that the county states of its own', async () => {
    await isolate(federation, VILLAGE, async () => {
      const { markdown, flow, power } = await guideAt(VILLAGE);
      for (const stated of STATED) expect(markdown).toContain(stated);
      expect(power).toBe(COUNTY);
      expect(flow.lanes).toEqual(['申请人', '包家村委会', '亭旁镇', '三门县']);
    });
  });

  test('is the answer to an enquiry, section by section', async () => {
    const { markdown } = await guideAt(VILLAGE);
    const asked = await federation
      .desk(VILLAGE, enquiries)
      .openEnquiry(agent, { item: LOW_INCOME, place: null, asker: null, ...once });
    for (const section of sections(markdown.trimEnd())) expect(asked.answer).toContain(section);
    for (const stated of STATED) expect(asked.answer).toContain(stated);
  });

  test('gives the fee of the node, and not the city’s', async () => {
    expect((await guideAt(COUNTY, LAND)).markdown).toContain('550.00 元/件');
    const rates = [{ category: 'general', percent: 100 }];
    await revise({ feeSchedule: { baseFen: 8000, unit: '件', note: null, rates } }, LAND);
    const { markdown } = await guideAt(COUNTY, LAND);
    expect(markdown).toContain('80.00 元/件');
    expect(markdown).not.toContain('550.00');
    await eventually(async () => (await versionAt(TOWNSHIP, LAND)) === 2);
    expect((await guideAt(TOWNSHIP, LAND)).markdown).toContain('80.00 元/件');
  });

  test('names the desk’s own windows for the item with place, hours and phone, while they are open for it', async () => {
    const keeper = personAt(TOWNSHIP, 'CATALOGUER');
    const from = dayOf(federation.now());
    const term = { from, until: null };
    const desk = federation.desk(TOWNSHIP, offices);
    const window = { code: 'B1', name: '综合窗口', department: null, ...term };
    const shown = await desk.openWindow(keeper, {
      ...window,
      place: '一楼',
      hours: '',
      phone: '0576-83300000',
      ...once,
    });
    expect(shown.window).toMatchObject({ place: '一楼', hours: null, phone: '0576-83300000' });
    expect((await guideAt(TOWNSHIP)).markdown).not.toContain('综合窗口');
    const chief = personAt(TOWNSHIP, 'CHIEF');
    const may = { window: 'B1', item: LOW_INCOME, department: '民政', stages: ['ACCEPT' as const], ...term, ...once };
    await desk.authorizeWindow(chief, may);
    expect((await guideAt(TOWNSHIP)).markdown).toContain('| 亭旁镇 综合窗口(B1) | 一楼 | 未公布 | 0576-83300000 |');
    await desk.closeWindow(keeper, { code: 'B1', until: from, ...once });
    expect((await desk.windows(null, { division: TOWNSHIP }))[0]?.window).toMatchObject({ place: '一楼' });
  });

  test('has its flow chart as picture, text and Mermaid in the graph, without a login', async () => {
    const query = `query ($item: ID!, $division: ID!) { guide(item: $item, division: $division) {
      flowChart { svg text mermaid } implementation { itemCode } } }`;
    const variables = { item: LOW_INCOME, division: VILLAGE };
    const { data, errors } = await federation.ask(VILLAGE, { role: 'catalogue', query, variables, token: null });
    expect(errors).toBeUndefined();
    const { svg, text, mermaid } = (data as { guide: { flowChart: Record<'svg' | 'text' | 'mermaid', string> } }).guide
      .flowChart;
    expect(svg).toMatch(/^<svg [^>]*role="img"/u);
    for (const rendering of [svg, text, mermaid]) expect(rendering).toContain('入户调查');
    expect(mermaid).toMatch(/^flowchart TD\n/u);
  });
});

describe('a revision', () => {
  test('gives discretion standards without an id a free number, and refuses two of one id', async () => {
    const [known] = await findImplementations(federation.db(COUNTY).queries(COUNTY), [
      { item: LOW_INCOME, node: COUNTY },
    ]);
    expect(known?.discretion.map(({ id }) => id)).toEqual(['1', 'A2']);
    const query = `mutation ($input: ReviseImplementationInput!) { reviseImplementation(input: $input) {
      implementation { discretion { id } } errors { code field } } }`;
    const token = await federation.token(countyCataloguer);
    const ask = async (ids: (string | null)[]) => {
      const discretion = ids.map((id) => ({ id, circumstance: '情形', standard: '标准' }));
      const variables = { input: { item: LOW_INCOME, reason: '修订', discretion } };
      return (await federation.ask(COUNTY, { role: 'implementation', query, variables, token })).data;
    };
    expect(await ask(['1', '1'])).toMatchObject({
      reviseImplementation: { errors: [{ code: 'BAD_INPUT', field: 'discretion' }] },
    });
    expect(await ask([null, '1', null])).toMatchObject({
      reviseImplementation: { implementation: { discretion: [{ id: '2' }, { id: '1' }, { id: '3' }] }, errors: [] },
    });
  });

  test('is refused to people of other posts, windows’ places too', async () => {
    const change = { item: LOW_INCOME, reason: '修订', place: '一楼', ...once };
    expect(await codesOf(federation.desk(TOWNSHIP, implementation).reviseImplementation(clerk, change))).toEqual([
      'FORBIDDEN',
    ]);
    const window = {
      code: 'C1',
      name: '窗口',
      department: null,
      from: '2026-01-01',
      until: null,
      place: '一楼',
      ...once,
    };
    expect(await codesOf(federation.desk(TOWNSHIP, offices).openWindow(clerk, window))).toEqual(['FORBIDDEN']);
  });
});
