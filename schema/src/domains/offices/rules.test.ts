import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyItem } from '../../testing/arbitraries.ts';
import { COUNTY, itemOf, items, TOWNSHIP } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { TIERS, WINDOW_STAGES } from '../../kernel/words.ts';
import { stagesAt } from '../admission/rules.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Offices, PowerTransfer, Seal, ServiceWindow, WindowAuthority } from './rules.ts';
import {
  belowFull,
  holderOf,
  holdersOf,
  holdsOn,
  NO_OFFICES,
  nodeShares,
  percentOf,
  requireAuthorization,
  requireNewSeal,
  requireRevocation,
  requireTransfer,
  requireWindowAuthority,
  sealsPutAway,
  UNPLACED,
  windowShares,
  windowsFor,
} from './rules.ts';

const DAY = '2026-03-02';
const ITEM = itemOf('3310-SJ-001');
const BUREAU = '行政审批局';
const window = (change: Partial<ServiceWindow> = {}): ServiceWindow => ({
  code: 'A01',
  name: '综合窗口',
  department: null,
  ...UNPLACED,
  from: '2026-01-01',
  until: null,
  ...change,
});
const authority = (change: Partial<WindowAuthority> = {}): WindowAuthority => ({
  id: 'a1',
  window: 'A01',
  item: ITEM.code,
  department: '市场监管',
  stages: ['ACCEPT', 'DELIVER'],
  from: '2026-01-01',
  until: null,
  revokedOn: null,
  ...change,
});
const seal = (change: Partial<Seal> = {}): Seal => ({
  id: 's1',
  name: '三门县市场监督管理局行政许可专用章',
  department: '市场监管',
  keeper: '李四',
  from: '2026-01-01',
  until: null,
  revokedOn: null,
  ...change,
});
const transfer = (change: Partial<PowerTransfer> = {}): PowerTransfer => ({
  bureau: BUREAU,
  department: '市场监管',
  basis: '《行政许可法》第二十五条',
  from: '2026-06-01',
  until: null,
  ...change,
});
const offices = (change: Partial<Offices> = {}): Offices => ({
  windows: [window()],
  authorities: [authority()],
  transfers: [],
  seals: [seal()],
  ...change,
});
const acts = (given: Offices, stage: (typeof WINDOW_STAGES)[number], day = DAY, code = 'A01') =>
  codeOrDone(() => requireWindowAuthority(given, ITEM, code, stage, day));

describe('a window', () => {
  test('does what its department authorized, in its name and under its seal', () => {
    expect(requireWindowAuthority(offices(), ITEM, 'A01', 'DELIVER', DAY)).toMatchObject({
      inNameOf: '市场监管',
      seal: { id: 's1' },
      authority: { id: 'a1' },
    });
    expect(requireWindowAuthority(offices(), ITEM, 'A01', 'ACCEPT', DAY).seal).toBeNull();
  });

  test.each<[string, Offices]>([
    ['authorized for another stage only', offices({ authorities: [authority({ stages: ['REVIEW'] })] })],
    ['authorized for another item only', offices({ authorities: [authority({ item: '3310-SJ-002' })] })],
    ['not authorized itself', offices({ authorities: [authority({ window: 'A02' })] })],
    ['authorized by a department without the power', offices({ authorities: [authority({ department: '公安' })] })],
    ['authorized from later on', offices({ authorities: [authority({ from: '2026-03-03' })] })],
    ['authorized until yesterday', offices({ authorities: [authority({ until: '2026-03-01' })] })],
    ['whose authorization was revoked', offices({ authorities: [authority({ revokedOn: DAY })] })],
    ['that is closed', offices({ windows: [window({ until: '2026-03-01' })] })],
    ['that nobody opened', offices({ windows: [] })],
  ])('%s is refused', (_, given) => {
    expect(refusal(() => requireWindowAuthority(given, ITEM, 'A01', 'ACCEPT', DAY))).toMatchObject({
      code: 'WINDOW_UNAUTHORIZED',
      article: ARTICLES.windowAuthority,
    });
  });

  test.each<[string, Seal[]]>([
    ['none', []],
    ["another department's", [seal({ department: '公安' })]],
    ['one that was revoked', [seal({ revokedOn: DAY })]],
    ['one whose time is over', [seal({ until: '2026-03-01' })]],
  ])('delivers nothing with %s for a seal, and still accepts', (_, seals) => {
    expect(acts(offices({ seals }), 'DELIVER')).toBe('SEAL_MISSING');
    expect(acts(offices({ seals }), 'ACCEPT')).toBeNull();
  });

  test('does nothing that nobody authorized, whatever else is registered', () => {
    fc.assert(
      fc.property(
        anyItem,
        fc.constantFrom(...WINDOW_STAGES),
        fc.subarray([...WINDOW_STAGES]),
        (item, stage, stages) => {
          const given = offices({
            authorities: [authority({ item: item.code, stages, department: holdersOf(item, [], DAY)[0] })],
            seals: [seal({ department: holdersOf(item, [], DAY)[0] })],
          });
          const code = codeOrDone(() => requireWindowAuthority(given, item, 'A01', stage, DAY));
          expect(code).toBe(stages.includes(stage) ? null : 'WINDOW_UNAUTHORIZED');
        },
      ),
    );
  });
});

describe("a bureau that holds a department's powers", () => {
  const moved = (change: Partial<Offices> = {}) => offices({ transfers: [transfer()], ...change });

  test('holds them from its day on', () => {
    expect(holderOf('市场监管', [transfer()], '2026-05-31')).toBe('市场监管');
    expect(holderOf('市场监管', [transfer()], '2026-06-01')).toBe(BUREAU);
    expect(holderOf('公安', [transfer()], '2026-06-01')).toBe('公安');
    expect(holdersOf(itemOf('3310-MZ-004'), [transfer({ department: '残联' })], '2026-06-01')).toEqual([
      '民政',
      BUREAU,
    ]);
    const both = ['民政', '残联'].map((department) => transfer({ department }));
    expect(holdersOf(itemOf('3310-MZ-004'), both, '2026-06-01')).toEqual([BUREAU]);
  });

  test("lets the department's own authorizations lapse, and authorizes anew in its own name", () => {
    expect(acts(moved(), 'ACCEPT', '2026-05-31')).toBeNull();
    expect(acts(moved(), 'ACCEPT', '2026-06-01')).toBe('WINDOW_UNAUTHORIZED');
    const anew = moved({ authorities: [authority({ department: BUREAU })], seals: [seal({ department: BUREAU })] });
    expect(requireWindowAuthority(anew, ITEM, 'A01', 'DELIVER', '2026-06-01').inNameOf).toBe(BUREAU);
  });

  test('sets one seal instead of many', () => {
    const many = [seal(), seal({ id: 's2', revokedOn: '2026-06-01' }), seal({ id: 's3', department: '公安' })];
    expect(sealsPutAway(many, transfer()).map((s) => s.id)).toEqual(['s1']);
    const given = { seals: [], transfers: [transfer()] };
    expect(refusalCode(() => requireNewSeal(given, seal({ from: '2026-06-01' })))).toBe('OFFICE_CONFLICT');
    expect(codeOrDone(() => requireNewSeal(given, seal({ department: BUREAU, from: '2026-06-01' })))).toBeNull();
  });

  test.each<[string, PowerTransfer[], PowerTransfer, string, string]>([
    ['of what is with a bureau already', [transfer()], transfer({ bureau: '另一局' }), 'OFFICE_CONFLICT', 'department'],
    ['to itself', [], transfer({ department: BUREAU }), 'OFFICE_CONFLICT', 'department'],
    ['passed on', [transfer()], transfer({ bureau: '另一局', department: BUREAU }), 'OFFICE_CONFLICT', 'bureau'],
    [
      'to who gave its own away',
      [transfer()],
      transfer({ bureau: '市场监管', department: '公安' }),
      'OFFICE_CONFLICT',
      'bureau',
    ],
    ['without a basis', [], transfer({ basis: '上级要求' }), 'BAD_INPUT', 'basis'],
    ['that ends before it begins', [], transfer({ until: '2026-05-31' }), 'BAD_INPUT', 'until'],
  ])('is not given a transfer %s', (_, before, next, code, field) => {
    expect(refusal(() => requireTransfer(before, next))).toMatchObject({ code, field });
  });

  test('may be given the powers of twenty-six', () => {
    const done: PowerTransfer[] = [];
    for (let i = 0; i < 26; i++) {
      const next = transfer({ department: `部门${i}` });
      requireTransfer(done, next);
      done.push(next);
    }
    expect(new Set(done.map((t) => holderOf(t.department, done, '2026-06-01')))).toEqual(new Set([BUREAU]));
    expect(
      codeOrDone(() => requireTransfer([transfer({ until: '2026-06-30' })], transfer({ from: '2026-07-01' }))),
    ).toBeNull();
  });
});

describe('authorizing a window', () => {
  const next = authority({ stages: ['ACCEPT', 'REVIEW'] });
  const may = (change: Partial<WindowAuthority>, given = offices(), item = ITEM) =>
    codeOrDone(() => requireAuthorization(given, item, 'COUNTY', { ...next, ...change }));

  test('is up to whoever holds the power', () => {
    expect(may({})).toBeNull();
    expect(may({ stages: [...WINDOW_STAGES] })).toBeNull();
    expect(may({ department: '公安' })).toBe('WRONG_DEPARTMENT');
    expect(may({ from: '2026-06-01' }, offices({ transfers: [transfer()] }))).toBe('WRONG_DEPARTMENT');
    expect(may({ from: '2026-06-01', department: BUREAU }, offices({ transfers: [transfer()] }))).toBeNull();
  });

  test('covers only stages that are done at the node', () => {
    const low = itemOf('3310-MZ-001');
    expect(may({ item: low.code, department: '民政', stages: ['DECIDE'] }, offices(), low)).toBeNull();
    expect(may({ item: low.code, department: '民政', stages: ['ACCEPT'] }, offices(), low)).toBe('NOT_COMPETENT');
  });

  test('needs an open window that is its own or comprehensive', () => {
    expect(may({ window: 'B09' })).toBe('OFFICE_CONFLICT');
    expect(may({}, offices({ windows: [window({ from: '2026-02-01' })] }))).toBe('OFFICE_CONFLICT');
    expect(may({}, offices({ windows: [window({ department: '市场监管' })] }))).toBeNull();
    expect(may({}, offices({ windows: [window({ department: '公安' })] }))).toBe('WRONG_DEPARTMENT');
  });

  test('does not end before it begins', () => {
    expect(may({ until: '2025-12-31' })).toBe('BAD_INPUT');
    expect(may({ until: '2026-01-01' })).toBeNull();
  });
});

describe('a seal', () => {
  test('has a name of its own while it holds', () => {
    const given = { seals: [seal()], transfers: [] };
    expect(refusal(() => requireNewSeal(given, seal()))).toMatchObject({ code: 'OFFICE_CONFLICT', field: 'name' });
    expect(codeOrDone(() => requireNewSeal(given, seal({ name: '另一枚' })))).toBeNull();
    const revoked = { seals: [seal({ revokedOn: '2026-02-01' })], transfers: [] };
    expect(codeOrDone(() => requireNewSeal(revoked, seal({ from: '2026-02-01' })))).toBeNull();
    expect(refusalCode(() => requireNewSeal(given, seal({ name: '另一枚', until: '2025-01-01' })))).toBe('BAD_INPUT');
  });

  test.each([
    ['2025-12-31', false],
    ['2026-01-01', true],
    ['2026-03-01', true],
    ['2026-03-02', false],
  ])('holds on %s: %s', (day, expected) => {
    expect(holdsOn(seal({ revokedOn: DAY }), day)).toBe(expected);
  });
});

describe('taking back', () => {
  test('is done for a reason, from today on', () => {
    expect(codeOrDone(() => requireRevocation(DAY, '人员调整', DAY))).toBeNull();
    expect(refusal(() => requireRevocation(DAY, ' ', DAY))).toMatchObject({ code: 'REASON_MISSING', field: 'reason' });
    expect(refusal(() => requireRevocation('2026-03-01', '人员调整', DAY))).toMatchObject({
      code: 'BAD_INPUT',
      field: 'on',
    });
  });
});

describe('full authority', () => {
  test('of a window is the share of the stages it can do, with a seal to set', () => {
    const shares = windowShares(offices(), items, 'A01', 'COUNTY', DAY);
    expect(shares).toEqual([{ item: ITEM.code, needed: [...WINDOW_STAGES], done: ['ACCEPT', 'DELIVER'] }]);
    expect(percentOf(shares)).toBe(50);
    expect(belowFull(shares)).toEqual(shares);
    expect(percentOf(windowShares(offices({ seals: [] }), items, 'A01', 'COUNTY', DAY))).toBe(25);
    const full = offices({ authorities: [authority({ stages: [...WINDOW_STAGES] })] });
    expect(belowFull(windowShares(full, items, 'A01', 'COUNTY', DAY))).toEqual([]);
    expect(windowShares(full, items, 'A02', 'COUNTY', DAY)).toEqual([]);
  });

  test('of a lower node is the share of the whole it does itself, or by delegation', () => {
    const low = itemOf('3310-MZ-001');
    const [share] = nodeShares([low], TOWNSHIP, 'TOWNSHIP', DAY);
    expect(share).toMatchObject({ done: ['ACCEPT', 'REVIEW'], needed: [...WINDOW_STAGES] });
    const granted = nodeShares([low], TOWNSHIP, 'TOWNSHIP', DAY, () => ['DECIDE', 'DELIVER']);
    expect(percentOf(granted)).toBe(100);
    expect(nodeShares([itemOf('3310-GA-001')], TOWNSHIP, 'TOWNSHIP', DAY)).toEqual([]);
  });

  test('never passes a hundred, and is full where nothing is left', () => {
    expect(percentOf([])).toBe(100);
    fc.assert(
      fc.property(fc.subarray([...items]), fc.constantFrom(...TIERS), (some, tier) => {
        const shares = nodeShares(some, COUNTY, tier, DAY);
        expect(percentOf(shares)).toBeLessThanOrEqual(100);
        expect(belowFull(shares).length === 0).toBe(percentOf(shares) === 100);
        for (const share of shares)
          expect(share.done).toEqual(WINDOW_STAGES.filter((s) => stagesAt(itemOf(share.item), tier).includes(s)));
      }),
    );
  });
});

test('a window is told for an item while it is open and authorized for some stage of it', () => {
  const told = (windows: ServiceWindow[], authorities: WindowAuthority[]) =>
    windowsFor({ ...NO_OFFICES, windows, authorities }, ITEM.code, DAY).map(({ code }) => code);
  expect(told([window()], [authority()])).toEqual(['A01']);
  expect(told([window()], [])).toEqual([]);
  expect(told([window()], [authority({ item: '3310-MZ-001' })])).toEqual([]);
  expect(told([window()], [authority({ revokedOn: DAY })])).toEqual([]);
  expect(told([window({ until: '2026-03-01' })], [authority()])).toEqual([]);
});
