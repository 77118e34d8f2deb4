import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTY, TOWNSHIP } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import type { OfficialCalendar } from '../../kernel/calendar.ts';
import { dayOf, isWorkday, plusDays } from '../../kernel/calendar.ts';
import { requireHandOn, requireItsDepartment } from './hand-on.ts';
import { enquiryNumber, requireLinkable, requireSubject } from './rules.ts';
import { ANSWER_DAYS, answerDueOn, answerLight, MOST_ONLINE_A_DAY, requireRoomOnline, termsOf } from './terms.ts';

const calendar: OfficialCalendar = { years: new Set([2026]), restDays: new Set(), makeUpDays: new Set() };
/** A Monday. */
const ASKED = new Date('2026-06-01T02:00:00Z');

describe('an answer', () => {
  test('is due within the node’s term in working days, or the usual one; at the desk there is none', () => {
    expect(answerDueOn('QUESTION', ASKED, [], calendar)).toBe('2026-06-08');
    expect(answerDueOn('SUGGESTION', ASKED, [], calendar)).toBe('2026-06-15');
    expect(answerDueOn('QUESTION', ASKED, [{ kind: 'QUESTION', days: 2 }], calendar)).toBe('2026-06-03');
    expect(answerDueOn('ENQUIRY', ASKED, [], calendar)).toBeNull();
    expect(termsOf([{ kind: 'SUGGESTION', days: 3 }])).toEqual([
      { kind: 'QUESTION', days: ANSWER_DAYS.QUESTION },
      { kind: 'SUGGESTION', days: 3 },
    ]);
  });

  test('has no light in time, a yellow one on its last working days, a red one when it is late, none once given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 20 }), (later, days) => {
        const dueOn = answerDueOn('QUESTION', ASKED, [{ kind: 'QUESTION', days }], calendar);
        const now = new Date(ASKED.getTime() + later * 86_400_000);
        const today = dayOf(now);
        const light = answerLight({ dueOn, reportedAt: null }, now, calendar);
        expect(light === 'RED').toBe(dueOn !== null && today > dueOn);
        const left = dueOn === null ? 0 : workdaysBetween(today, dueOn);
        expect(light === 'YELLOW').toBe(dueOn !== null && today <= dueOn && left <= 1);
        expect(answerLight({ dueOn, reportedAt: now }, now, calendar)).toBeNull();
      }),
    );
    expect(answerLight({ dueOn: null, reportedAt: null }, ASKED, calendar)).toBeNull();
  });

  function workdaysBetween(from: string, to: string): number {
    let count = 0;
    for (let day = plusDays(from, 1); day <= to; day = plusDays(day, 1)) if (isWorkday(day, calendar)) count++;
    return count;
  }
});

describe('what is asked', () => {
  test('names an item or says it in words, and may grow into a case of any item if it names none', () => {
    expect(refusal(() => requireSubject(null, null))).toMatchObject({ code: 'BAD_INPUT', field: 'question' });
    expect(() => requireSubject('3310-MZ-001', null)).not.toThrow();
    expect(() => requireSubject(null, '怎么走?')).not.toThrow();
    expect(() => requireLinkable({ item: null, reportedAt: null, caseId: null }, '3310-MZ-001')).not.toThrow();
  });

  test('has a number that says desk and day', () => {
    expect(enquiryNumber(TOWNSHIP, '2026-06-01', '7F3KAB')).toBe(`${TOWNSHIP}-Z-20260601-7F3KAB`);
  });

  test('online is taken until the desk has enough for a day', () => {
    expect(() => requireRoomOnline(MOST_ONLINE_A_DAY - 1)).not.toThrow();
    expect(refusalCode(() => requireRoomOnline(MOST_ONLINE_A_DAY))).toBe('RATE_LIMITED');
  });
});

describe('an enquiry that is another department’s', () => {
  const known = new Set(['民政', '公安']);
  const handOn = (
    change: { department?: string; reason?: string } = {},
    enquiry: { department: string | null; reportedAt: Date | null } = { department: null, reportedAt: null },
    viewer = person(COUNTY, 'CLERK', '民政'),
  ) => requireHandOn(viewer, enquiry, { department: '公安', reason: '户籍事项', ...change }, { tier: 'COUNTY', known });

  test('is handed on by whoever has it, to a department the node knows, for a reason', () => {
    expect(() => handOn()).not.toThrow();
    expect(() => handOn({}, { department: '民政', reportedAt: null })).not.toThrow();
    expect(refusalCode(() => handOn({ department: '民政' }, { department: '公安', reportedAt: null }))).toBe(
      'WRONG_DEPARTMENT',
    );
    expect(refusalCode(() => handOn({ department: '民政' }, { department: '民政', reportedAt: null }))).toBe(
      'NO_CHANGE',
    );
    expect(refusal(() => handOn({ department: '海洋' }))).toMatchObject({ code: 'BAD_INPUT', field: 'department' });
    expect(refusalCode(() => handOn({ reason: '' }))).toBe('REASON_MISSING');
    expect(refusalCode(() => handOn({ reason: '电话 13800000001' }))).toBe('BAD_INPUT');
    expect(refusalCode(() => handOn({}, { department: null, reportedAt: ASKED }))).toBe('ENQUIRY_REPORTED');
  });

  test('is answered by the department that has it; a township’s comprehensive window answers all', () => {
    const police = person(COUNTY, 'CLERK', '公安');
    expect(() => requireItsDepartment(police, '公安', 'COUNTY')).not.toThrow();
    expect(() => requireItsDepartment(police, null, 'COUNTY')).not.toThrow();
    expect(refusalCode(() => requireItsDepartment(police, '民政', 'COUNTY'))).toBe('WRONG_DEPARTMENT');
    expect(() => requireItsDepartment(person(TOWNSHIP, 'CLERK'), '民政', 'TOWNSHIP')).not.toThrow();
  });
});
