import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { COUNTY, implementationOf, itemOf, TOWNSHIP } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { FeeSchedule } from '../catalogue/catalogue.ts';
import { scheduleOf } from '../catalogue/catalogue.ts';
import { amountOf, billOf, dueOf, sumsOf } from './rules.ts';

/** 南县's kind of schedule: categories pay 30, 50, 70 or 90 of a hundred. */
const SCHEDULE: FeeSchedule = {
  baseFen: 33_333,
  unit: '件',
  note: null,
  rates: [30, 50, 70, 90].map((percent) => ({ category: `按 ${percent}%`, percent })),
};
const ITEM = '3310-JS-002';
const accepted = () => CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);

describe('a line of a bill', () => {
  test.each([
    [30, 9_999],
    [50, 16_666],
    [70, 23_333],
    [90, 29_999],
  ])('takes %i of a hundred, and a fraction of a fen is dropped', (percent, amountFen) => {
    const line = billOf(ITEM, SCHEDULE, { category: `按 ${percent}%`, quantity: 1 });
    expect(line).toMatchObject({ baseFen: 33_333, percent, amountFen, quantity: 1, rounding: 'DOWN' });
  });

  test('is whole fen, never above the schedule and less than a fen below it, whatever the amounts', () => {
    const percents = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.nat(10_000_000_000), fc.integer({ min: 1, max: 9_000 }), percents, (base, quantity, percent) => {
        const amount = amountOf(base, quantity, percent);
        const hundredfold = BigInt(base) * BigInt(quantity) * BigInt(percent);
        expect(Number.isSafeInteger(amount)).toBe(true);
        expect(BigInt(amount) * 100n <= hundredfold && hundredfold < (BigInt(amount) + 1n) * 100n).toBe(true);
      }),
    );
  });

  test.each([
    ['where the item is free', null, '按 30%', 'FEE_UNPUBLISHED', 'charges.0.item'],
    ['where no amount is published', { ...SCHEDULE, baseFen: null }, '按 30%', 'FEE_UNPUBLISHED', 'charges.0.item'],
    ['for a category the schedule lacks', SCHEDULE, 'general', 'FEE_CATEGORY_UNKNOWN', 'charges.0.category'],
    ['for the form', SCHEDULE, '申请书工本费', 'FEE_UNPUBLISHED', 'charges.0.category'],
    ['for handling by proxy', SCHEDULE, '代办服务费', 'FEE_UNPUBLISHED', 'charges.0.category'],
  ])('is refused %s', (_, schedule, category, code, field) => {
    const found = refusal(() => billOf(ITEM, schedule, { category, quantity: 1 }));
    expect(found).toMatchObject({ code, field, article: ARTICLES.feesByLaw });
  });

  test('for proxy handling is refused even where a schedule lists it', () => {
    const listed = { ...SCHEDULE, rates: [{ category: '帮办费', percent: 100 }] };
    expect(refusalCode(() => billOf(ITEM, listed, { category: '帮办费', quantity: 1 }))).toBe('FEE_UNPUBLISHED');
  });

  test.each([0, -1, 1.5, Number.NaN, Number.MAX_VALUE])('is refused for a quantity of %d', (quantity) => {
    const found = refusal(() => billOf(ITEM, SCHEDULE, { category: '按 30%', quantity }));
    expect(found).toMatchObject({ code: 'BAD_INPUT', field: 'charges.0.quantity' });
  });
});

describe('the schedule', () => {
  const item = itemOf(ITEM);
  const own = implementationOf(item);

  test("is the implementation's own where it has one", () => {
    expect(scheduleOf(item, { ...own, feeSchedule: SCHEDULE })).toBe(SCHEDULE);
  });

  test("is the item's where the implementation has none", () => {
    expect(scheduleOf(item, own)).toEqual(item.feeSchedule);
  });
});

describe('the ledger of a case', () => {
  const billed = accepted().billed(10_000);

  /** One attempt at a line, by its kind and amount; a refused attempt changes nothing. */
  function attempt(log: CaseLog, kind: number, amountFen: number, serial: number): CaseLog {
    const made = {
      0: () => log.paid(amountFen, `R-${serial % 7}`),
      1: () => log.waiverProposed(amountFen),
      2: () => log.waived(Math.max(1, serial % 4)),
      3: () => log.refunded(amountFen, `T-${serial % 7}`, `R-${(serial + amountFen) % 7}`),
      4: () => log.billed(amountFen),
    }[kind];
    let after = log;
    codeOrDone(() => (after = made?.() ?? log));
    return after;
  }

  test('adds up after every line, and nothing is ever due below zero', () => {
    const attempts = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 12_000 })), { maxLength: 25 });
    let happened = 0;
    fc.assert(
      fc.property(attempts, (tried) => {
        let log = accepted();
        for (const [index, [kind, amountFen]] of [[4, 10_000] as [number, number], ...tried].entries()) {
          log = attempt(log, kind, amountFen, index);
          const { billedFen, paidFen, waivedFen, refundedFen, outstandingFen } = sumsOf(log.file.fees);
          expect(paidFen - refundedFen + waivedFen + outstandingFen).toBe(billedFen);
          for (const fen of [outstandingFen, paidFen - refundedFen, dueOf(log.file)]) {
            expect(fen).toBeGreaterThanOrEqual(0);
            expect(Number.isSafeInteger(fen)).toBe(true);
          }
        }
        happened += log.lines.length;
      }),
      { numRuns: 60 },
    );
    expect(happened).toBeGreaterThan(0);
  });

  test.each<[string, () => CaseLog]>([
    ['a second bill', () => billed.billed(1)],
    ['more than is due', () => billed.paid(10_001)],
    ['a payment before the bill', () => accepted().paid(1)],
    ['a receipt a second time', () => billed.paid(1, 'R-1').paid(1, 'R-1')],
    ['a waiver above what is due', () => billed.waiverProposed(10_001)],
    ['a waiver nobody proposed', () => billed.waived()],
    ['a waiver twice', () => billed.waiverProposed(1).waived().waived()],
    ['a waiver that was paid meanwhile', () => billed.waiverProposed(10_000).paid(1).waived()],
    [
      'a waiver granted by whoever proposed it',
      () => billed.waiverProposed(1).waived(1, { actor: { sub: `clerk-${COUNTY}`, name: '窗口人员', role: 'CHIEF' } }),
    ],
    ['a refund of what was not paid', () => billed.refunded(1)],
    ['a refund of more than the payment', () => billed.paid(5).refunded(6)],
    ['the same refund twice', () => billed.paid(5).refunded(5).refunded(1, 'T-2')],
    ["a refund under the payment's number", () => billed.paid(5).refunded(5, 'R-1')],
    ['a closing with something due', () => billed.reviewed().decided().issued().delivered().closed()],
  ])('refuses %s', (_, made) => {
    expect(refusalCode(made)).toBe('ILLEGAL_STEP');
  });

  test('refuses a bill whose amount is not what its lines come to', () => {
    const line = billed.lines.at(-1);
    if (line?.action !== 'BILLED') throw new Error('It ends otherwise.');
    const [first] = line.data.lines;
    if (!first) throw new Error('A bill without a line.');
    const dearer = { ...line.data, lines: [{ ...first, amountFen: first.amountFen + 1 }] };
    expect(refusalCode(() => accepted().add({ action: 'BILLED', data: dearer }))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => accepted().add({ action: 'BILLED', data: { ...line.data, amountFen: 1 } }))).toBe(
      'ILLEGAL_STEP',
    );
  });

  test('owes nothing once the case ended', () => {
    expect(dueOf(billed.file)).toBe(10_000);
    expect(dueOf(billed.withdrawn().file)).toBe(0);
  });
});
