import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeeEntry } from './reconciliation.ts';
import { FEE_ENTRY_ACTIONS, feeEntryOf, feeTotalsOf, reconciliationCsv } from './reconciliation.ts';
import { FEE_ACTIONS } from './state.ts';
import type { FeeLine } from './state.ts';
import { sumsOf } from './rules.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { TOWNSHIP } from '../../testing/fixtures.ts';

const isFeeLine = (line: { action: string }): line is FeeLine => FEE_ACTIONS.some((action) => action === line.action);

describe("a fee window's book", () => {
  const log = CaseLog.filed()
    .handedTo(TOWNSHIP)
    .accepted()
    .billed(100)
    .paid(60)
    .waiverProposed(30)
    .waived()
    .refunded(5);
  const entries = log.lines.filter(isFeeLine).flatMap((line) => feeEntryOf(line, 'F1') ?? []);

  test('has an entry for every line that moves something, and none for a proposal', () => {
    expect(entries.map((entry) => [entry.action, entry.amountFen, entry.receipt, entry.refundOf])).toEqual([
      ['BILLED', 100, null, null],
      ['PAID', 60, 'R-1', null],
      ['FEE_WAIVED', 30, null, null],
      ['REFUNDED', 5, 'T-1', 'R-1'],
    ]);
  });

  test("adds up to the case's own sums", () => {
    const { billedFen, paidFen, waivedFen, refundedFen } = sumsOf(log.file.fees);
    expect(feeTotalsOf(entries)).toMatchObject({ billedFen, paidFen, waivedFen, refundedFen, netFen: 55 });
  });

  test('adds up to the sum of its parts, in whole fen', () => {
    const entry = fc.record({ action: fc.constantFrom(...FEE_ENTRY_ACTIONS), amountFen: fc.nat(2_000_000_000) });
    fc.assert(
      fc.property(fc.array(entry), fc.array(entry), (morning, afternoon) => {
        const [day, one, two] = [feeTotalsOf([...morning, ...afternoon]), feeTotalsOf(morning), feeTotalsOf(afternoon)];
        for (const key of Object.keys(day) as (keyof typeof day)[]) {
          expect(day[key]).toBe(one[key] + two[key]);
          expect(Number.isSafeInteger(day[key])).toBe(true);
        }
        expect(day.netFen).toBe(day.paidFen - day.refundedFen);
      }),
    );
  });

  test('goes out as CSV in which nothing runs as a formula', () => {
    const [first] = entries;
    if (!first) throw new Error('No entry.');
    const odd: FeeEntry = { ...first, receipt: '=1+1', person: 'a"b,c' };
    const [head, line, ...totals] = reconciliationCsv([odd]).trimEnd().split('\r\n');
    expect(head).toBe('at,case,seq,action,amount_fen,receipt,refund_of,person');
    expect(line).toContain(`,100,'=1+1,,"a""b,c"`);
    expect(totals).toEqual([
      'total,,,BILLED,100,,,',
      'total,,,PAID,0,,,',
      'total,,,FEE_WAIVED,0,,,',
      'total,,,REFUNDED,0,,,',
      'total,,,NET,0,,,',
    ]);
  });
});
