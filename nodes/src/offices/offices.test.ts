import { randomUUID } from 'node:crypto';
import type { InputOf } from '@liandong/schema/operation';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import { offices, requireWindowAuthority } from '@liandong/schema/domains/offices';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOW_INCOME } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';
import { findItem } from '../catalogue/index.ts';
import { findOffices, officeHandlers } from './index.ts';

const FOOD = '3310-SJ-001';
const BUREAU = '行政审批局';
const keeper = personAt(COUNTY, 'CATALOGUER');
const welfare = personAt(COUNTY, 'CHIEF', '民政');
const market = personAt(COUNTY, 'CHIEF', '市场监管');
const bureau = personAt(COUNTY, 'CHIEF', BUREAU);
type OpenWindowInput = InputOf<typeof offices.operations.openWindow>;
type AuthorizeWindowInput = InputOf<typeof offices.operations.authorizeWindow>;
type RegisterSealInput = InputOf<typeof offices.operations.registerSeal>;
/** Without an idempotency key. */
const once = { idempotencyKey: null };

let federation: TestFederation;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const county = () => federation.desk(COUNTY, offices);
const here = { division: COUNTY };
const today = () => dayOf(federation.now());
const open = (change: Partial<OpenWindowInput> = {}): OpenWindowInput => ({
  code: 'A01',
  name: '综合窗口',
  department: null,
  from: today(),
  until: null,
  ...once,
  ...change,
});
const authorization = (change: Partial<AuthorizeWindowInput> = {}): AuthorizeWindowInput => ({
  window: 'A01',
  item: LOW_INCOME,
  department: '民政',
  stages: ['REVIEW', 'DECIDE', 'DELIVER'],
  from: today(),
  until: null,
  ...once,
  ...change,
});
const seal = (change: Partial<RegisterSealInput> = {}): RegisterSealInput => ({
  name: '三门县民政局行政审批专用章',
  department: '民政',
  keeper: '李四',
  from: today(),
  until: null,
  ...once,
  ...change,
});
/** Applies the rule to the county's own rows, as a step of a case would. */
async function may(item: string, stage: 'DECIDE' | 'DELIVER', day = today()): Promise<string> {
  const queries = federation.db(COUNTY).queries(COUNTY);
  const found = await findItem(queries, item, { today: day });
  if (!found) throw new Error(`${item} is not there`);
  const registers = await findOffices(queries);
  try {
    return requireWindowAuthority(registers, found, 'A01', stage, day).inNameOf;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a window', () => {
  test('is opened by the centre, authorized by the department, and delivers under its seal', async () => {
    await county().openWindow(keeper, open());
    expect(await may(LOW_INCOME, 'DECIDE')).toBe('WINDOW_UNAUTHORIZED');
    const window = await county().authorizeWindow(welfare, authorization());
    expect(window.authorities).toMatchObject([{ item: LOW_INCOME, stages: ['REVIEW', 'DECIDE', 'DELIVER'] }]);
    expect(await may(LOW_INCOME, 'DECIDE')).toBe('民政');
    expect(await may(LOW_INCOME, 'DELIVER')).toBe('SEAL_MISSING');
    await county().registerSeal(welfare, seal());
    expect(await may(LOW_INCOME, 'DELIVER')).toBe('民政');
  });

  test('does no more once its authorization is taken back', async () => {
    await county().openWindow(keeper, open({ code: 'A02' }));
    const { authorities } = await county().authorizeWindow(welfare, authorization({ window: 'A02' }));
    const [given] = authorities;
    const input = { id: given?.id ?? '', on: today(), reason: '人员调整' };
    await expect(county().revokeWindowAuthority(market, { ...input, ...once })).rejects.toMatchObject({
      code: 'WRONG_DEPARTMENT',
    });
    await expect(county().revokeWindowAuthority(welfare, { ...input, reason: '', ...once })).rejects.toMatchObject({
      code: 'REASON_MISSING',
    });
    expect((await county().revokeWindowAuthority(welfare, { ...input, ...once })).authorities).toEqual([]);
  });

  test('that is opened again under its key is opened once; another under it is refused', async () => {
    const asked = open({ code: 'A04', idempotencyKey: 'window-a04' });
    const opened = await county().openWindow(keeper, asked);
    expect(await county().openWindow(keeper, asked)).toEqual(opened);
    await expect(county().openWindow(keeper, { ...asked, code: 'A05' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
      problems: [{ field: 'idempotencyKey' }],
    });
    const given = authorization({ window: 'A04', idempotencyKey: 'power-a04' });
    expect((await county().authorizeWindow(welfare, given)).authorities).toHaveLength(1);
    expect((await county().authorizeWindow(welfare, given)).authorities).toHaveLength(1);
    const away = { code: 'A04', until: plusDays(today(), 1), idempotencyKey: 'close-a04' };
    expect(await county().closeWindow(keeper, away)).toEqual(await county().closeWindow(keeper, away));
  });

  test('that is closed is not shown, and may be opened again', async () => {
    await county().openWindow(keeper, open({ code: 'A03', from: '2026-01-01' }));
    await expect(county().openWindow(keeper, open({ code: 'A03' }))).rejects.toMatchObject({ code: 'OFFICE_CONFLICT' });
    await county().closeWindow(keeper, { code: 'A03', until: plusDays(today(), -1), ...once });
    expect((await county().windows(null, here)).map((v) => v.window.code)).not.toContain('A03');
    await county().openWindow(keeper, open({ code: 'A03' }));
    expect((await county().windows(null, here)).map((v) => v.window.code)).toContain('A03');
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['opened by nobody', () => county().openWindow(null, open({ code: 'B01' })), 'UNAUTHENTICATED'],
    ['opened by a chief', () => county().openWindow(welfare, open({ code: 'B01' })), 'FORBIDDEN'],
    ['opened from above', () => county().openWindow(personAt(CITY, 'CATALOGUER'), open()), 'FORBIDDEN'],
    [
      'opened until before it opens',
      () => county().openWindow(keeper, open({ code: 'B01', until: '2020-01-01' })),
      'BAD_INPUT',
    ],
    [
      'closed where there is none',
      () => county().closeWindow(keeper, { code: 'Z9', until: today(), ...once }),
      'NOT_FOUND',
    ],
    ['authorized by the centre', () => county().authorizeWindow(keeper, authorization()), 'FORBIDDEN'],
    [
      "authorized in another department's name",
      () => county().authorizeWindow(market, authorization()),
      'WRONG_DEPARTMENT',
    ],
    [
      "authorized for another's item",
      () => county().authorizeWindow(market, authorization({ department: '市场监管' })),
      'WRONG_DEPARTMENT',
    ],
    [
      'authorized for a stage of the township',
      () => county().authorizeWindow(welfare, authorization({ stages: ['ACCEPT'] })),
      'NOT_COMPETENT',
    ],
    [
      'authorized for an unknown item',
      () => county().authorizeWindow(welfare, authorization({ item: '3310-XX-999' })),
      'ITEM_UNKNOWN',
    ],
    [
      'authorized where there is none',
      () => county().authorizeWindow(welfare, authorization({ window: 'Z9' })),
      'OFFICE_CONFLICT',
    ],
    [
      'taken back where nothing was given',
      () => county().revokeWindowAuthority(welfare, { id: randomUUID(), on: today(), reason: '无', ...once }),
      'NOT_FOUND',
    ],
  ])('is not %s', async (_, act, code) => {
    await expect(act()).rejects.toMatchObject({ code });
  });
});

describe('a seal', () => {
  test('is kept by its department, and read by the desk and the levels above', async () => {
    await expect(county().registerSeal(market, seal({ name: '他局之章' }))).rejects.toMatchObject({
      code: 'WRONG_DEPARTMENT',
    });
    const made = await county().registerSeal(market, seal({ name: '市监专用章', department: '市场监管' }));
    const revoked = await county().revokeSeal(market, { id: made.id, on: today(), reason: '磨损', ...once });
    expect(revoked.revokedOn).toBe(today());
    expect((await county().seals(personAt(CITY, 'SUPERVISOR'), here)).map((s) => s.name)).toContain('市监专用章');
    await expect(county().seals(null, here)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(county().seals(personAt(TOWNSHIP, 'CHIEF'), here)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      county().revokeSeal(market, { id: randomUUID(), on: today(), reason: '无', ...once }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a bureau', () => {
  test('takes over several departments: their windows stop, their seals are put away, its own seal is set', async () => {
    const tomorrow = plusDays(today(), 1);
    await county().authorizeWindow(
      market,
      authorization({ item: FOOD, department: '市场监管', stages: ['ACCEPT', 'DELIVER'] }),
    );
    await county().registerSeal(market, seal({ name: '市监新章', department: '市场监管' }));
    const made = await county().transferPowers(keeper, {
      ...once,
      bureau: BUREAU,
      departments: ['市场监管', '卫生健康'],
      basis: '《行政许可法》第二十五条',
      from: tomorrow,
      until: null,
    });
    expect(made.map((t) => t.department)).toEqual(['市场监管', '卫生健康']);
    expect(await may(FOOD, 'DELIVER')).toBe('市场监管');
    expect(await may(FOOD, 'DELIVER', tomorrow)).toBe('WINDOW_UNAUTHORIZED');
    expect((await county().seals(keeper, here)).find((s) => s.name === '市监新章')?.revokedOn).toBe(tomorrow);
    await county().registerSeal(bureau, seal({ name: '行政审批专用章', department: BUREAU, from: tomorrow }));
    await county().authorizeWindow(
      bureau,
      authorization({ item: FOOD, department: BUREAU, stages: ['DELIVER'], from: tomorrow }),
    );
    expect(await may(FOOD, 'DELIVER', tomorrow)).toBe(BUREAU);
    expect((await county().powerTransfers(null, here)).length).toBe(2);
  });

  test('is given nothing twice, and all of it or nothing', async () => {
    const before = await county().powerTransfers(null, here);
    const input = { bureau: BUREAU, basis: '《行政许可法》第二十五条', from: plusDays(today(), 2), until: null };
    await expect(
      county().transferPowers(keeper, { ...input, departments: ['水利', '市场监管'], ...once }),
    ).rejects.toMatchObject({ code: 'OFFICE_CONFLICT' });
    await expect(
      county().transferPowers(keeper, { ...input, departments: ['水利', '水利'], ...once }),
    ).rejects.toMatchObject({
      code: 'OFFICE_CONFLICT',
    });
    await expect(county().transferPowers(welfare, { ...input, departments: ['水利'], ...once })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await county().powerTransfers(null, here)).toEqual(before);
  });
});

describe('full authority', () => {
  test('shows windows and lower nodes with what is below it', async () => {
    const view = await county().fullAuthority(personAt(COUNTY, 'SUPERVISOR'), here);
    const window = view.places.find((place) => place.window === 'A01');
    expect(window?.shares.find((share) => share.item === LOW_INCOME)?.done).toEqual(['REVIEW', 'DECIDE', 'DELIVER']);
    const township = view.places.find((place) => place.node === TOWNSHIP);
    expect(township?.shares.find((share) => share.item === LOW_INCOME)?.done).toEqual(['ACCEPT', 'REVIEW']);
    expect(view.places.map((place) => place.node)).not.toContain(VILLAGE);
    expect(view.unauthorized).toContain('3310-GA-001');
    expect(view.unauthorized).not.toContain(LOW_INCOME);
    await expect(county().fullAuthority(personAt(TOWNSHIP, 'CHIEF'), here)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  test('counts what lower nodes do by delegation', async () => {
    const supervisor = personAt(COUNTY, 'SUPERVISOR');
    const handlers = officeHandlers({
      node: COUNTY,
      divisions: federation.divisions,
      nodes: () => federation.nodes(),
      now: federation.now,
      granted: async () => (item, node) => (item === LOW_INCOME && node === TOWNSHIP ? ['DECIDE', 'DELIVER'] : []),
    });
    const queries = federation.db(COUNTY).queries(COUNTY);
    const { places } = await handlers.fullAuthority({ viewer: supervisor, input: here, queries });
    const township = places.find((place) => place.node === TOWNSHIP);
    expect(township?.shares.find((share) => share.item === LOW_INCOME)?.done).toHaveLength(4);
  });

  test('is answered through the graph, with windows for the public', async () => {
    const token = await federation.token(keeper);
    const query = `{ fullAuthority(division: "${COUNTY}") { places { window node { code } percent belowFull { item { code } done } } } }`;
    const asked = await federation.ask(COUNTY, { role: 'offices', query, variables: {}, token });
    expect(asked.errors).toBeUndefined();
    const windows = `{ windows(division: "${COUNTY}") { code department authorities { item { code } stages department } } }`;
    const open = await federation.ask(COUNTY, { role: 'offices', query: windows, variables: {}, token: null });
    expect(open.errors).toBeUndefined();
    expect(JSON.stringify(open.data)).toContain(LOW_INCOME);
  });

  test('and a refused mutation comes as data', async () => {
    const query = `mutation { authorizeWindow(input: {window: "A01", item: "${LOW_INCOME}", department: "民政", stages: [DECIDE], from: "2026-01-01"}) { window { code } errors { code } } }`;
    const token = await federation.token(market);
    const result = await federation.ask(COUNTY, { role: 'offices', query, variables: {}, token });
    expect(result.data).toEqual({ authorizeWindow: { window: null, errors: [{ code: 'WRONG_DEPARTMENT' }] } });
  });
});
