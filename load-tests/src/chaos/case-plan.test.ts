import { describe, expect, test } from 'vitest';
import type { HeldCase, Remembered } from './case-plan.ts';
import { INCOMPLETE, nextStep, planOf } from './case-plan.ts';

const VILLAGE = '331022103201';
const TOWNSHIP = '331022103';
const COUNTY = '331022';
const plain = { returns: 0, upperReturns: 0, transfer: false, withdrawIn: null, outcome: 'GRANTED' } as const;
const nothing: Remembered = { issued: false, supplementAsked: false, withdrawalAsked: false };
const held = (node: string, state: string, epoch: number, item = '3310-MZ-001'): HeldCase => ({
  node,
  id: 'x',
  number: 'n',
  item,
  state,
  epoch,
  filing_node: VILLAGE,
  acceptor: TOWNSHIP,
  decider: COUNTY,
});
const next = (at: HeldCase, plan = {}, remembered = {}) =>
  nextStep(at, { ...plain, ...plan }, { ...nothing, ...remembered }, ['a', 'b']);
const mutation = (at: HeldCase, plan = {}, remembered = {}) =>
  /{ (\w+)\(/.exec(next(at, plan, remembered)?.query ?? '')?.[1] ?? null;

describe('the plan of a case', () => {
  test('follows from seed and number alone', () => {
    expect(planOf('a', '1')).toEqual(planOf('a', '1'));
    const plans = Array.from({ length: 50 }, (_, i) => JSON.stringify(planOf('a', String(i))));
    expect(new Set(plans).size).toBeGreaterThan(20);
  });
});

describe('the next step', () => {
  test('leads a case up, through its decision, and down to its delivery', () => {
    expect(mutation(held(VILLAGE, 'FILED', 1))).toBe('forwardCase');
    expect(mutation(held(TOWNSHIP, 'FILED', 2))).toBe('acceptCase');
    expect(mutation(held(TOWNSHIP, 'ACCEPTED', 2))).toBe('reviewCase');
    expect(mutation(held(TOWNSHIP, 'REVIEWED', 2))).toBe('forwardCase');
    expect(mutation(held(COUNTY, 'ACCEPTED', 3))).toBe('reviewCase');
    expect(mutation(held(COUNTY, 'REVIEWED', 3))).toBe('decideCase');
    expect(mutation(held(COUNTY, 'GRANTED', 3))).toBe('issueDocument');
    expect(mutation(held(COUNTY, 'GRANTED', 3), {}, { issued: true })).toBe('assignCase');
    expect(mutation(held(VILLAGE, 'GRANTED', 4))).toBe('deliverCase');
    expect(mutation(held(VILLAGE, 'CLOSED', 4))).toBeNull();
  });

  test('sends a case back as often as planned, and no more', () => {
    expect(mutation(held(TOWNSHIP, 'FILED', 2), { returns: 1 })).toBe('returnCase');
    expect(mutation(held(TOWNSHIP, 'FILED', 4), { returns: 1 })).toBe('acceptCase');
    expect(mutation(held(COUNTY, 'ACCEPTED', 5), { returns: 1, upperReturns: 1 })).toBe('returnCase');
    expect(mutation(held(COUNTY, 'ACCEPTED', 7), { returns: 1, upperReturns: 1 })).toBe('reviewCase');
  });

  test('asks once for what is missing', () => {
    expect(mutation(held(TOWNSHIP, 'FILED', 2, INCOMPLETE))).toBe('requestSupplement');
    expect(mutation(held(VILLAGE, 'AWAITING_SUPPLEMENT', 3, INCOMPLETE))).toBe('supplementCase');
    expect(mutation(held(TOWNSHIP, 'FILED', 4, INCOMPLETE), {}, { supplementAsked: true })).toBe('acceptCase');
  });

  test('withdraws where the case was filed, wherever it is', () => {
    const step = next(held(TOWNSHIP, 'FILED', 2), { withdrawIn: 2 });
    expect(step).toMatchObject({ at: VILLAGE, post: 'agent' });
    expect(mutation(held(TOWNSHIP, 'FILED', 2), { withdrawIn: 2 }, { withdrawalAsked: true })).toBe('acceptCase');
  });
});
