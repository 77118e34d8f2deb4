import type { AdmissionView, ChangeFeeInput, ExemptItemInput } from '@liandong/schema/domains/admission';
import { admission } from '@liandong/schema/domains/admission';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOMESTEAD, LOW_INCOME } from '../testing/cases.ts';
import { COUNTY, CITY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

const TITLE_REGISTRATION = '3310-JS-002';
const keeper = personAt(COUNTY, 'CATALOGUER');
/** Without an idempotency key. */
const once = { idempotencyKey: null };

let federation: TestFederation;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const county = () => federation.desk(COUNTY, admission);
const shown = () => county().admission(null, { division: COUNTY });
const today = () => dayOf(federation.now());
const stateOf = (view: AdmissionView, item: string) => view.items.find((row) => row.item === item)?.state;
const exemption = (change: Partial<ExemptItemInput> = {}): ExemptItemInput => ({
  item: LOW_INCOME,
  reason: '入户调查在现场',
  approver: '三门县人民政府',
  until: plusDays(today(), 30),
  ...once,
  ...change,
});
const fee = (change: Partial<ChangeFeeInput> = {}): ChangeFeeInput => ({
  item: TITLE_REGISTRATION,
  name: '不动产登记费',
  change: 'ADDED',
  amountFen: 55_000,
  basis: '《不动产登记暂行条例》第二十条',
  effectiveFrom: today(),
  ...once,
  ...change,
});

describe('the register of a node', () => {
  test('holds what it accepts or decides, outside the centre until it is admitted or exempt', async () => {
    const before = await shown();
    expect(before.items.length).toBeGreaterThan(20);
    expect(before.items.every((row) => row.state === 'OUTSIDE')).toBe(true);
    expect(stateOf(await county().exemptItem(keeper, exemption()), LOW_INCOME)).toBe('EXEMPT');
    expect(stateOf(await county().admitItem(keeper, { item: LOW_INCOME, from: today(), ...once }), LOW_INCOME)).toBe(
      'ADMITTED',
    );
    const after = (await shown()).items.find((row) => row.item === LOW_INCOME);
    expect(after?.entry).toMatchObject({ admittedFrom: today(), exemption: null });
  });

  test('shows an item outside again when its exemption has ended', async () => {
    await county().exemptItem(keeper, exemption({ item: '3310-GA-001' }));
    federation.shiftMs = 31 * 86_400_000;
    try {
      expect(stateOf(await shown(), '3310-GA-001')).toBe('OUTSIDE');
    } finally {
      federation.shiftMs = 0;
    }
  });

  test('is empty at a village, which takes in and handles nothing', async () => {
    expect((await federation.desk(VILLAGE, admission).admission(null, { division: VILLAGE })).items).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['by nobody', () => county().admitItem(null, { item: LOW_INCOME, from: today(), ...once }), 'UNAUTHENTICATED'],
    [
      'by a clerk',
      () => county().admitItem(personAt(COUNTY, 'CLERK'), { item: LOW_INCOME, from: today(), ...once }),
      'FORBIDDEN',
    ],
    ['by the city above', () => county().exemptItem(personAt(CITY, 'CATALOGUER'), exemption()), 'FORBIDDEN'],
    [
      'for an item of another tier',
      () => county().admitItem(keeper, { item: HOMESTEAD, from: today(), ...once }),
      'NOT_COMPETENT',
    ],
    ['for an item nobody knows', () => county().exemptItem(keeper, exemption({ item: '3310-XX-999' })), 'ITEM_UNKNOWN'],
    ['without a reason', () => county().exemptItem(keeper, exemption({ reason: '' })), 'REASON_MISSING'],
    ['until a day that has passed', () => county().exemptItem(keeper, exemption({ until: '2020-01-01' })), 'BAD_INPUT'],
  ])('is not written %s', async (_, write, code) => {
    await expect(write()).rejects.toMatchObject({ code });
  });
});

describe('the fees of a node', () => {
  test('are added, adjusted and dropped by their days, and every change is kept', async () => {
    const added = fee({ idempotencyKey: 'fee-00001' });
    await county().changeFee(keeper, added);
    // sent again, as by a caller that got no answer
    expect((await county().changeFee(keeper, added)).feeChanges).toHaveLength(1);
    await expect(county().changeFee(keeper, { ...added, amountFen: 1 })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    const tomorrow = plusDays(today(), 1);
    await county().changeFee(keeper, fee({ change: 'ADJUSTED', amountFen: 8_000, effectiveFrom: tomorrow }));
    const view = await county().changeFee(
      keeper,
      fee({ change: 'DROPPED', amountFen: null, effectiveFrom: plusDays(tomorrow, 1) }),
    );
    expect(view.fees).toMatchObject([{ item: TITLE_REGISTRATION, amountFen: 55_000, since: today() }]);
    expect(view.feeChanges.map((change) => [change.change, change.amountFen])).toEqual([
      ['DROPPED', null],
      ['ADJUSTED', 8_000],
      ['ADDED', 55_000],
    ]);
  });

  test('rest on a law or regulation, and only what is taken can be dropped', async () => {
    const name = '证照工本费';
    await expect(county().changeFee(keeper, fee({ name, basis: '《收费管理办法》' }))).rejects.toMatchObject({
      code: 'FEE_WITHOUT_BASIS',
    });
    await expect(county().changeFee(keeper, fee({ name, change: 'DROPPED', amountFen: null }))).rejects.toMatchObject({
      code: 'FEE_CONFLICT',
    });
    expect((await shown()).fees.map((f) => f.name)).not.toContain(name);
  });
});

describe('published lists', () => {
  test('are derived from the copy of the catalogue at each node', async () => {
    const list = async (node: string, kind: 'POWERS' | 'DUTIES' | 'SERVICES') =>
      (await federation.desk(node, admission).publishedList(null, { division: node, kind })).map(
        ({ item }) => item.code,
      );
    expect(await list(TOWNSHIP, 'POWERS')).toEqual([HOMESTEAD]);
    expect(await list(COUNTY, 'POWERS')).toContain(LOW_INCOME);
    expect(await list(VILLAGE, 'POWERS')).toEqual([]);
    expect(await list(VILLAGE, 'SERVICES')).toContain(LOW_INCOME);
  });

  test('tell how what a node decides goes its way, and in the other lists no flow', async () => {
    const list = (kind: 'FLOWS' | 'POWERS', node = COUNTY) =>
      federation.desk(node, admission).publishedList(null, { division: node, kind });
    const flows = await list('FLOWS');
    expect(flows.map(({ flow, item }) => [flow?.item, flow?.place, item.code])).toEqual(
      flows.map(({ item }) => [item.code, COUNTY, item.code]),
    );
    expect(flows.find(({ item }) => item.code === LOW_INCOME)?.flow?.lanes).toEqual(['申请人', '乡镇', '县']);
    expect((await list('FLOWS', TOWNSHIP)).map(({ item }) => item.code)).toContain(HOMESTEAD);
    expect(await list('FLOWS', VILLAGE)).toEqual([]);
    expect((await list('POWERS')).filter(({ flow }) => flow !== null)).toEqual([]);
    const query = `{ publishedList(division: "${COUNTY}", kind: FLOWS) { name flow } }`;
    const result = await federation.ask(COUNTY, { role: 'admission', query, variables: {}, token: null });
    expect(result.data).toMatchObject({
      publishedList: expect.arrayContaining([
        { name: '最低生活保障对象认定', flow: expect.stringContaining('审查(县)') },
      ]),
    });
  });

  test('and the register are answered to the public', async () => {
    const query = `{ admission(division: "${COUNTY}") { due admitted outside items { state } fees { name amountFen } }
      publishedList(division: "${COUNTY}", kind: DUTIES, audience: PERSON) { name stages } }`;
    const result = await federation.ask(COUNTY, { role: 'admission', query, variables: {}, token: null });
    expect(result.errors).toBeUndefined();
    expect(result.data).toMatchObject({
      admission: { admitted: 1 },
      publishedList: expect.arrayContaining([
        { name: '最低生活保障对象认定', stages: ['REVIEW', 'DECIDE', 'DELIVER'] },
      ]),
    });
  });

  test('a refusal of the register comes as data', async () => {
    const query = `mutation { admitItem(input: {item: "${LOW_INCOME}", from: "2026-01-01"}) { admission { due } errors { code } } }`;
    const result = await federation.ask(COUNTY, { role: 'admission', query, variables: {}, token: null });
    expect(result.data).toEqual({ admitItem: { admission: null, errors: [{ code: 'UNAUTHENTICATED' }] } });
  });
});
