import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOrDone } from '../../testing/refusals.ts';
import { referralDueOn, requireAnswerForDesk, requireReferral } from './referrals.ts';

const open = { reportedAt: null, referrals: [] };
const asked = { to: '331022', question: '临时救助的标准是多少', reason: '县民政局职责' };
const at = { node: '331022103', known: true };
const judged = (
  change: Partial<typeof asked> = {},
  enquiry: Parameters<typeof requireReferral>[0] = open,
  known = true,
) => codeOrDone(() => requireReferral(enquiry, { ...asked, ...change }, { ...at, known }));

describe('a question put to another node', () => {
  test('goes to a node of the federation, for a reason', () => {
    expect(judged()).toBeNull();
    expect(judged({ reason: '' })).toBe('REASON_MISSING');
    expect(judged({ to: at.node })).toBe('BAD_INPUT');
    expect(judged({}, open, false)).toBe('BAD_INPUT');
  });

  test('names no number of a person', () => {
    expect(judged({ question: '请回电 13800000001' })).toBe('BAD_INPUT');
    expect(judged({ reason: '身份证 331022199001010028' })).toBe('BAD_INPUT');
    expect(codeOrDone(() => requireAnswerForDesk('每月 860 元'))).toBeNull();
    expect(codeOrDone(() => requireAnswerForDesk('请回电 13800000001'))).toBe('BAD_INPUT');
  });

  test('is put once to each, and again where it was not taken', () => {
    const to = (refusal: 'RATE_LIMITED' | null) => ({ ...open, referrals: [{ to: asked.to, refusal }] });
    expect(judged({}, to(null))).toBe('NO_CHANGE');
    expect(judged({}, to('RATE_LIMITED'))).toBeNull();
    expect(judged({ to: '331000' }, to(null))).toBeNull();
  });

  test('is put while the asker waits for the answer', () => {
    expect(judged({}, { ...open, reportedAt: new Date() })).toBe('ENQUIRY_REPORTED');
  });

  test('is due by the own term, and never behind the day the asker was promised', () => {
    const day = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true });
    const text = day.map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(text, fc.option(text), (own, promised) => {
        const due = referralDueOn(own, promised);
        expect(due <= own && (promised === null || due <= promised)).toBe(true);
        expect([own, promised]).toContain(due);
      }),
    );
  });
});
