import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import { at, calendar, COUNTY, divisions, TOWNSHIP } from '../testing/fixtures.ts';
import { dayOf, endOfDay } from '../kernel/calendar.ts';
import { clockOf, noticeDueAt } from './clock.ts';
import { countDays } from '../kernel/limits.ts';
import { dueIfResumed, mostDaysDueBefore, nextDue, NOTHING_DUE } from './work-queue.ts';

const dueOf = ({ file }: CaseLog, notice: Date | null = null) =>
  nextDue(file, clockOf(file, calendar, divisions, file.lastAt), notice);
const accepted = () => CaseLog.filed().handedTo(TOWNSHIP).accepted();
const granted = () => accepted().reviewed().handedTo(COUNTY).reviewed().decided();

describe('what is due next', () => {
  test('is the notice of what was taken in, then the promise, then the delivery, then nothing', () => {
    const filed = CaseLog.filed().handedTo(TOWNSHIP);
    const notice = noticeDueAt(filed.file.materialsInAt, calendar).at;
    expect(dueOf(filed, notice)).toEqual({ nextDueAt: notice, pausedDays: null });
    const clock = clockOf(accepted().file, calendar, divisions, accepted().file.lastAt);
    expect(dueOf(accepted()).nextDueAt).toEqual(clock?.dueAt);
    const decided = clockOf(granted().file, calendar, divisions, granted().file.lastAt);
    expect(dueOf(granted()).nextDueAt).toEqual(decided?.deliveryDueAt);
    expect(dueOf(granted().issued().delivered()).nextDueAt).toEqual(NOTHING_DUE);
    expect(dueOf(CaseLog.drafted()).nextDueAt).toEqual(NOTHING_DUE);
  });

  test('keeps its days while a special procedure goes on, and no others', () => {
    expect(dueOf(accepted().procedureStarted()).pausedDays).toBe(18);
    expect(dueOf(accepted().procedureStarted('HEARING', false)).pausedDays).toBeNull();
    expect(dueOf(accepted().procedureStarted().procedureEnded()).pausedDays).toBeNull();
  });

  test('is no pause any more once the case has ended in the middle of one', () => {
    expect(dueOf(accepted().procedureStarted().withdrawn())).toEqual({ nextDueAt: NOTHING_DUE, pausedDays: null });
  });
});

describe('a clock that stands still', () => {
  const now = fc.date({ min: at('2026-02-01'), max: at('2026-07-01'), noInvalidDate: true });
  const days = fc.integer({ min: -60, max: 60 });

  test('would run out after just the days it has left', () => {
    fc.assert(
      fc.property(now, days, (instant, left) => {
        const due = dueIfResumed(left, instant, calendar);
        expect(countDays(dayOf(instant), dayOf(due), 'WORKDAY', calendar)).toBe(left);
        expect(due).toEqual(endOfDay(dayOf(due)));
      }),
    );
  });

  test('stands the later the more days it has left', () => {
    fc.assert(
      fc.property(now, days, (instant, left) => {
        expect(dueIfResumed(left, instant, calendar) < dueIfResumed(left + 1, instant, calendar)).toBe(true);
      }),
    );
  });

  test('is due before an instant with so many days left and with no more', () => {
    fc.assert(
      fc.property(now, now, (instant, before) => {
        const most = mostDaysDueBefore(before, instant, calendar);
        if (most === null) throw new Error('There is always one within a thousand days.');
        expect(dueIfResumed(most, instant, calendar) < before).toBe(true);
        expect(dueIfResumed(most + 1, instant, calendar) < before).toBe(false);
      }),
    );
  });
});
