import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyItem } from '../../testing/arbitraries.ts';
import { itemOf, items } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { TIERS } from '../../kernel/words.ts';
import type { FeeChange } from './rules.ts';
import {
  admissionState,
  dueForAdmission,
  feesOn,
  requireExemption,
  requireFeeChange,
  requireHandled,
  stagesAt,
} from './rules.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { plusDays } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { citedBasis } from '../legal-bases/rules.ts';

const TODAY = '2026-03-02';

describe('what a node does with an item', () => {
  test.each([
    ['低保 at the township', '3310-MZ-001', 'TOWNSHIP', ['ACCEPT', 'REVIEW']],
    ['低保 at the county', '3310-MZ-001', 'COUNTY', ['REVIEW', 'DECIDE', 'DELIVER']],
    ['低保 at the village', '3310-MZ-001', 'VILLAGE', []],
    ['宅基地 at the township', '3310-NY-001', 'TOWNSHIP', ['ACCEPT', 'REVIEW', 'DECIDE', 'DELIVER']],
    ['宅基地 at the county', '3310-NY-001', 'COUNTY', []],
  ] as const)('is, for %s', (_, code, tier, stages) => {
    expect(stagesAt(itemOf(code), tier)).toEqual(stages);
  });

  test('is nothing at a village, and decided at one tier only, for every item', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        expect(stagesAt(item, 'VILLAGE')).toEqual([]);
        expect(TIERS.filter((tier) => stagesAt(item, tier).includes('DECIDE'))).toEqual([item.decidingTier]);
        for (const tier of TIERS) expect(new Set(stagesAt(item, tier)).size).toBe(stagesAt(item, tier).length);
      }),
    );
  });
});

describe('an item belongs in the centre', () => {
  test('of every node that accepts or decides it while it is in force', () => {
    expect(dueForAdmission(items, 'TOWNSHIP', TODAY).map((i) => i.code)).toContain('3310-MZ-001');
    expect(dueForAdmission(items, 'TOWNSHIP', TODAY).map((i) => i.code)).not.toContain('3310-GA-001');
    expect(dueForAdmission(items, 'VILLAGE', TODAY)).toEqual([]);
    const cancelled = items.map((item): Item => ({ ...item, status: 'CANCELLED' }));
    expect(dueForAdmission(cancelled, 'COUNTY', TODAY)).toEqual([]);
  });

  test('and is registered where it is handled only', () => {
    expect(() => requireHandled(itemOf('3310-MZ-001'), 'TOWNSHIP')).not.toThrow();
    expect(refusal(() => requireHandled(itemOf('3310-MZ-001'), 'CITY'))).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.admission,
    });
  });

  const exemption = { reason: '场地有特殊要求', approver: '三门县人民政府', until: '2026-06-30' };
  test.each([
    ['OUTSIDE', undefined, TODAY],
    ['ADMITTED', { admittedFrom: TODAY, exemption: null }, TODAY],
    ['OUTSIDE', { admittedFrom: '2026-03-03', exemption: null }, TODAY],
    ['EXEMPT', { admittedFrom: null, exemption }, '2026-06-30'],
    ['OUTSIDE', { admittedFrom: null, exemption }, '2026-07-01'],
  ] as const)('and is %s by its entry %j on %s', (state, entry, today) => {
    expect(admissionState(entry && { item: '3310-MZ-001', ...entry }, today)).toBe(state);
  });

  test('unless an exemption gives its reason and a day to come', () => {
    expect(() => requireExemption({ ...exemption, until: TODAY }, TODAY)).not.toThrow();
    expect(refusalCode(() => requireExemption({ ...exemption, reason: ' ' }, TODAY))).toBe('REASON_MISSING');
    expect(refusal(() => requireExemption({ ...exemption, until: '2026-03-01' }, TODAY))).toMatchObject({
      code: 'BAD_INPUT',
      field: 'until',
    });
  });
});

const fee = (change: Partial<FeeChange> = {}): FeeChange => ({
  item: '3310-JS-002',
  name: '不动产登记费',
  change: 'ADDED',
  amountFen: 55_000,
  basis: '《不动产登记暂行条例》第二十条',
  effectiveFrom: '2026-01-01',
  ...change,
});

describe('fees', () => {
  const added = fee();
  const adjusted = fee({ change: 'ADJUSTED', amountFen: 8_000, effectiveFrom: '2026-03-01' });
  const dropped = fee({ change: 'DROPPED', amountFen: null, effectiveFrom: '2026-05-01' });

  test.each([
    ['2025-12-31', null],
    ['2026-01-01', 55_000],
    ['2026-02-28', 55_000],
    ['2026-03-01', 8_000],
    ['2026-04-30', 8_000],
    ['2026-05-01', null],
  ])('stand on %s by what was changed until then', (day, amount) => {
    expect(feesOn([dropped, adjusted, added], day)[0]?.amountFen ?? null).toBe(amount);
  });

  test('are changed one after the other', () => {
    expect(codeOrDone(() => requireFeeChange([], added, []))).toBeNull();
    expect(codeOrDone(() => requireFeeChange([added], adjusted, []))).toBeNull();
    expect(codeOrDone(() => requireFeeChange([added, adjusted], dropped, []))).toBeNull();
    const again = fee({ effectiveFrom: '2026-06-01' });
    expect(codeOrDone(() => requireFeeChange([added, adjusted, dropped], again, []))).toBeNull();
  });

  test.each<[string, FeeChange[], FeeChange, string]>([
    ['added twice', [added], fee({ effectiveFrom: '2026-02-01' }), 'change'],
    ['adjusted before it is taken', [], adjusted, 'change'],
    ['dropped before it is taken', [], dropped, 'change'],
    [
      'changed on a day before its last change',
      [added, adjusted],
      fee({ effectiveFrom: '2026-02-01' }),
      'effectiveFrom',
    ],
  ])('are not %s', (_, before, next, field) => {
    expect(refusal(() => requireFeeChange(before, next, []))).toMatchObject({ code: 'FEE_CONFLICT', field });
  });

  test.each([
    ['a law', '《行政许可法》第五十八条', null],
    ['a regulation', '《不动产登记暂行条例》第二十条', null],
    ['a rule', '《收费管理办法》', 'FEE_WITHOUT_BASIS'],
    ['a notice', '国发〔2014〕8号', 'FEE_WITHOUT_BASIS'],
    ['nothing that can be looked up', '上级要求', 'FEE_WITHOUT_BASIS'],
  ])('that cite %s are judged by it', (_, basis, code) => {
    expect(codeOrDone(() => requireFeeChange([], fee({ basis }), []))).toBe(code);
  });

  test('rest on what is known of a basis before its title', () => {
    const rule = citedBasis({ title: '社会救助暂行办法', article: null });
    const law = citedBasis({ title: '森林法', article: null });
    const next = (basis: string) => fee({ basis });
    const code = (known: typeof rule, change: FeeChange) => codeOrDone(() => requireFeeChange([], change, [known]));
    expect(code({ ...rule, kind: 'REGULATION' }, next('《社会救助暂行办法》'))).toBeNull();
    expect(code({ ...law, repealedOn: '2026-01-01' }, next('《森林法》'))).toBe('FEE_WITHOUT_BASIS');
    expect(code({ ...law, repealedOn: '2026-01-02' }, next('《森林法》'))).toBeNull();
  });

  test('need no law to be dropped', () => {
    expect(codeOrDone(() => requireFeeChange([added], { ...dropped, basis: '上级要求' }, []))).toBeNull();
  });

  test('that were changed lawfully stand or fall by the last change, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('ADDED', 'DROPPED', 'ADJUSTED'), { maxLength: 12 }), (kinds) => {
        const done: FeeChange[] = [];
        kinds.forEach((change, i) => {
          const next = fee({ change, effectiveFrom: plusDays('2026-01-01', i) });
          if (codeOrDone(() => requireFeeChange(done, next, [])) === null) done.push(next);
        });
        const standing = feesOn(done, '2027-01-01');
        expect(standing.length).toBe(done.length > 0 && done.at(-1)?.change !== 'DROPPED' ? 1 : 0);
      }),
    );
  });
});
