import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import {
  at,
  calendar,
  calendarWith2027,
  COUNTY,
  divisions,
  itemOf,
  NEIGHBOUR_VILLAGE,
  TOWNSHIP,
  VILLAGE,
} from '../testing/fixtures.ts';
import type { LogLine } from './log-line.ts';
import type { CaseFile } from './case-file.ts';
import { foldLog } from './case-state.ts';
import type { OfficialCalendar } from '../kernel/calendar.ts';
import { dayOf } from '../kernel/calendar.ts';
import type { Clock } from './clock.ts';
import { clockOf, FIRST_REVIEW_LIMIT, noticeDueAt } from './clock.ts';
import type { Limit } from '../kernel/limits.ts';

const workdays = (days: number): Limit => ({ days, unit: 'WORKDAY' });
const plainDays = (days: number): Limit => ({ days, unit: 'DAY' });

/** The clock of a case that must have one. */
function clock(file: CaseFile, now: Date, by: OfficialCalendar = calendar): Clock {
  const found = clockOf(file, by, divisions, now);
  if (!found) throw new Error('The case has no clock.');
  return found;
}

/** 低保 filed on Monday, 2 March 2026, at the township by 11:00, accepted at noon. */
function acceptedWith(promised: Limit, statutory: Limit | null, on = '2026-03-02'): CaseLog {
  return CaseLog.filed({ at: at(on) })
    .handedTo(TOWNSHIP)
    .accepted({ promised, statutory });
}

describe('the clock', () => {
  test('does not run before acceptance', () => {
    const filed = CaseLog.filed({ materials: [] });
    const asked = filed.handedTo(TOWNSHIP).asked(['户口簿']);
    for (const { file } of [filed, filed.forwarded(TOWNSHIP), filed.handedTo(TOWNSHIP), asked]) {
      expect(clockOf(file, calendar, divisions, at('2026-12-01'))).toBeNull();
    }
  });

  test('never runs for a case that was not accepted or was withdrawn before', () => {
    const atTownship = CaseLog.filed().handedTo(TOWNSHIP);
    expect(clockOf(atTownship.notAccepted().file, calendar, divisions, at('2026-12-01'))).toBeNull();
    expect(clockOf(atTownship.withdrawn().file, calendar, divisions, at('2026-12-01'))).toBeNull();
  });

  test("gives the end of the promise's and of the statute's last day", () => {
    const made = clock(acceptedWith(workdays(18), workdays(20)).file, at('2026-03-02', '18:00'));
    expect(made.startedOn).toBe('2026-03-02');
    // March 2026 has no holiday: 18 working days are three weeks and three days, 20 are four weeks
    expect(made.dueAt.toISOString()).toBe('2026-03-26T15:59:59.999Z');
    expect(made.statutoryDueAt?.toISOString()).toBe('2026-03-30T15:59:59.999Z');
    expect(made.unit).toBe('WORKDAY');
  });

  test('counts promise and statute each in its own unit', () => {
    const made = clock(acceptedWith(workdays(10), plainDays(15)).file, at('2026-03-06'));
    expect(made.dueAt.toISOString()).toBe('2026-03-16T15:59:59.999Z');
    expect(made.statutoryDueAt?.toISOString()).toBe('2026-03-17T15:59:59.999Z');
    expect(made).toMatchObject({ unit: 'WORKDAY', usedDays: 4, remainingDays: 6 });
  });

  test('counts plain days for a promise in plain days and moves its end off a day of rest', () => {
    const made = clock(acceptedWith(plainDays(5), null).file, at('2026-03-06'));
    expect(made.dueAt.toISOString()).toBe('2026-03-09T15:59:59.999Z');
    expect(made).toMatchObject({ unit: 'DAY', usedDays: 4, remainingDays: 3, overdue: false });
  });

  test("has no statute's end where the basis names no days", () => {
    expect(clock(acceptedWith(workdays(22), null).file, at('2026-03-06'))).toMatchObject({
      statutory: null,
      statutoryDueAt: null,
    });
  });

  test('of a promise of 0 days ends with the day of acceptance', () => {
    const { file } = acceptedWith(workdays(0), workdays(5));
    expect(clock(file, at('2026-03-02', '23:59')).overdue).toBe(false);
    expect(clock(file, at('2026-03-03', '00:00')).overdue).toBe(true);
  });

  test('is not overdue in the last millisecond of the last day, and is in the next', () => {
    const { file } = acceptedWith(workdays(5), null);
    const lastInstant = new Date('2026-03-09T15:59:59.999Z');
    expect(clock(file, lastInstant)).toMatchObject({ overdue: false, remainingDays: 0, usedDays: 5 });
    const next = new Date(lastInstant.getTime() + 1);
    expect(clock(file, next)).toMatchObject({ overdue: true, remainingDays: -1, usedDays: 6 });
  });

  test('stands still once the case is closed', () => {
    const closed = acceptedWith(workdays(5), null).withdrawn({ at: at('2026-03-05').toISOString() });
    const soon = clock(closed.file, at('2026-03-05', '12:00'));
    expect(soon).toMatchObject({ usedDays: 3, remainingDays: 2, overdue: false });
    expect(clock(closed.file, at('2027-06-01'))).toEqual(soon);
  });

  test('of a case that was decided too late stays overdue', () => {
    const late = acceptedWith(workdays(1), null)
      .reviewed()
      .handedTo(COUNTY)
      .reviewed()
      .decided('GRANTED', { at: at('2026-03-05').toISOString() });
    expect(clock(late.file, at('2026-04-01'))).toMatchObject({ overdue: true, usedDays: 3, remainingDays: -2 });
  });

  test('counts a deemed acceptance from the day the materials came in', () => {
    const deemed = CaseLog.filed({ at: at('2026-03-02') })
      .handedTo(TOWNSHIP)
      .add(
        {
          action: 'ACCEPTED',
          data: {
            from: '2026-03-02',
            deemed: true,
            itemVersion: 1,
            implementationVersion: 1,
            promised: workdays(10),
            statutory: null,
          },
        },
        { at: at('2026-03-10', '00:00').toISOString() },
      );
    expect(clock(deemed.file, at('2026-03-10'))).toMatchObject({
      startedOn: '2026-03-02',
      usedDays: 6,
      remainingDays: 4,
      desks: [{ node: TOWNSHIP, usedDays: 6 }],
    });
  });

  test('is at its beginning on a node whose own clock is behind', () => {
    expect(clock(acceptedWith(workdays(5), null).file, at('2026-02-27'))).toMatchObject({
      usedDays: 0,
      remainingDays: 5,
      overdue: false,
    });
  });

  test('is provisional while promise or statute end in a year without a calendar', () => {
    const both = acceptedWith(workdays(18), workdays(20), '2026-12-15').file;
    expect(clock(both, at('2026-12-20')).provisional).toBe(true);
    const statuteOnly = acceptedWith(workdays(3), workdays(20), '2026-12-15').file;
    expect(clock(statuteOnly, at('2026-12-20')).provisional).toBe(true);
    expect(clock(statuteOnly, at('2026-12-20')).dueAt.toISOString()).toBe('2026-12-18T15:59:59.999Z');
    const neither = acceptedWith(workdays(3), workdays(5), '2026-12-15').file;
    expect(clock(neither, at('2026-12-20')).provisional).toBe(false);
  });

  test('is counted again when the calendar comes out', () => {
    const { file } = acceptedWith(workdays(15), null, '2026-12-15');
    expect(clock(file, at('2026-12-20')).dueAt.toISOString()).toBe('2027-01-05T15:59:59.999Z');
    const again = clock(file, at('2026-12-20'), calendarWith2027);
    expect(again.dueAt.toISOString()).toBe('2027-01-06T15:59:59.999Z');
    expect(again.provisional).toBe(false);
  });
});

describe('the time of each desk', () => {
  test('is what ended while the desk held the case', () => {
    const log = acceptedWith(workdays(18), workdays(20))
      .reviewed()
      .handedTo(COUNTY, at('2026-03-05', '10:00'))
      .reviewed();
    expect(clock(log.file, at('2026-03-10')).desks).toEqual([
      { node: TOWNSHIP, tier: 'TOWNSHIP', usedDays: 2, limit: null },
      { node: COUNTY, tier: 'COUNTY', usedDays: 4, limit: null },
    ]);
  });

  test('of a day is that of the desk that holds the case in its last millisecond', () => {
    const at = (receivedAt: string) =>
      acceptedWith(workdays(18), null).reviewed().handedTo(COUNTY, new Date(receivedAt)).file;
    const desksOn = (file: CaseFile) => clock(file, new Date('2026-03-04T02:00:00Z')).desks.map((d) => d.usedDays);
    expect(desksOn(at('2026-03-03T15:59:59.999Z'))).toEqual([0, 2]);
    expect(desksOn(at('2026-03-03T16:00:00.000Z'))).toEqual([1, 1]);
  });

  test('belongs to the sender until the receiver has the case', () => {
    const underWay = acceptedWith(workdays(18), null).reviewed().forwarded(COUNTY);
    expect(clock(underWay.file, at('2026-03-05')).desks).toEqual([
      { node: TOWNSHIP, tier: 'TOWNSHIP', usedDays: 3, limit: null },
    ]);
  });

  test('names no desk that was done with the case before it was accepted', () => {
    const nodes = clock(acceptedWith(workdays(18), null).file, at('2026-03-10')).desks.map((desk) => desk.node);
    expect(nodes).toEqual([TOWNSHIP]);
  });

  test('has a limit of 20 working days for the first review of a licence', () => {
    const log = CaseLog.filed({ item: itemOf('3310-ZJ-001') })
      .handedTo(TOWNSHIP)
      .accepted()
      .reviewed()
      .handedTo(COUNTY);
    expect(clock(log.file, at('2026-03-10')).desks.map(({ node, limit }) => [node, limit])).toEqual([
      [TOWNSHIP, { days: 20, unit: 'WORKDAY' }],
      [COUNTY, null],
    ]);
    expect(FIRST_REVIEW_LIMIT).toEqual({ days: 20, unit: 'WORKDAY' });
  });

  test('has no such limit for a payment', () => {
    const desks = clock(acceptedWith(workdays(18), null).file, at('2026-03-10')).desks;
    expect(desks.map((desk) => desk.limit)).toEqual([null]);
  });

  test('has no such limit where the accepting organ decides the licence itself', () => {
    const log = CaseLog.filed({ item: itemOf('3310-NY-001'), decider: TOWNSHIP })
      .handedTo(TOWNSHIP)
      .accepted();
    expect(clock(log.file, at('2026-03-10')).desks.map((desk) => desk.limit)).toEqual([null]);
  });

  test('adds up to the whole, however often and whenever the case changes hands', () => {
    const hours = fc.integer({ min: 0, max: 200 });
    const anyHandOffs = fc.array(hours, { maxLength: 8 });
    fc.assert(
      fc.property(anyHandOffs, hours, fc.constantFrom('WORKDAY', 'DAY'), fc.boolean(), (handOffs, rest, unit, ends) => {
        const later = (log: CaseLog, h: number) => ({
          at: new Date(log.file.lastAt.getTime() + h * 3_600_000).toISOString(),
        });
        let log = CaseLog.filed({ at: at('2026-09-25', '22:00') })
          .handedTo(TOWNSHIP)
          .accepted({ promised: { days: 15, unit }, statutory: null });
        for (const h of handOffs) {
          const to = log.file.custodian === TOWNSHIP ? COUNTY : TOWNSHIP;
          log = log.forwarded(to, later(log, h)).received(later(log, h));
        }
        if (ends) log = log.withdrawn(later(log, rest));
        const now = new Date(log.file.lastAt.getTime() + rest * 3_600_000);
        const { desks, usedDays } = clock(log.file, now);
        expect(desks.reduce((sum, desk) => sum + desk.usedDays, 0)).toBe(usedDays);
        expect(new Set(desks.map((desk) => desk.node)).size).toBe(desks.length);
        expect(desks.every((desk) => desk.usedDays >= 0)).toBe(true);
        expect(log.file.holders).toEqual(expect.arrayContaining(desks.map((desk) => desk.node)));
      }),
    );
  });

  test('is the same at a node that has the log from the wire', () => {
    const { file, lines } = acceptedWith(workdays(18), workdays(20)).reviewed().handedTo(COUNTY);
    const fromTheWire = foldLog(JSON.parse(JSON.stringify(lines)) as LogLine[]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), (hours) => {
        const now = new Date(at('2026-03-02').getTime() + hours * 3_600_000);
        expect(clock(fromTheWire, now)).toEqual(clock(file, now));
      }),
    );
  });

  test('of what is used and what remains is the promise in working days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2000 }), (days, hours) => {
        const { file } = acceptedWith(workdays(days), null);
        const made = clock(file, new Date(file.lastAt.getTime() + hours * 3_600_000));
        expect(made.usedDays + made.remainingDays).toBe(days);
        expect(made.overdue).toBe(new Date(file.lastAt.getTime() + hours * 3_600_000) > made.dueAt);
      }),
    );
  });
});

describe('the days for the one-time notice', () => {
  test('end with the fifth working day after the materials came in', () => {
    expect(noticeDueAt(at('2026-03-02', '23:59'), calendar)).toEqual({
      at: new Date('2026-03-09T15:59:59.999Z'),
      provisional: false,
    });
    expect(noticeDueAt(at('2026-03-03', '00:00'), calendar).at.toISOString()).toBe('2026-03-10T15:59:59.999Z');
  });

  test('leap over a holiday week', () => {
    expect(noticeDueAt(at('2026-09-30'), calendar).at.toISOString()).toBe('2026-10-13T15:59:59.999Z');
  });

  test('are provisional over a year whose calendar is not out', () => {
    expect(noticeDueAt(at('2026-12-28'), calendar)).toEqual({
      at: new Date('2027-01-04T15:59:59.999Z'),
      provisional: true,
    });
    expect(noticeDueAt(at('2026-12-28'), calendarWith2027)).toEqual({
      at: new Date('2027-01-05T15:59:59.999Z'),
      provisional: false,
    });
  });
});

test('a desk that never held the case has no time in it', () => {
  const { file } = acceptedWith(workdays(18), null);
  const nodes = clock(file, at('2026-03-20')).desks.map((desk) => desk.node);
  expect(nodes).not.toContain(NEIGHBOUR_VILLAGE);
  expect(nodes).not.toContain(VILLAGE);
});

describe('a promise in half days', () => {
  const promise = acceptedWith(workdays(0.5), workdays(20));

  test('ends at closing time when the case was accepted in the morning', () => {
    // accepted on Monday, 2 March 2026, at noon or before: the afternoon is the half day that counts
    const made = clock(promise.file, at('2026-03-02', '16:00'));
    expect(made.dueAt).toEqual(at('2026-03-02', '17:30'));
    expect(made).toMatchObject({ overdue: false, remainingDays: 0, promised: { days: 0.5, unit: 'WORKDAY' } });
  });

  test('is overdue the minute after, on the same day', () => {
    expect(clock(promise.file, at('2026-03-02', '17:30')).overdue).toBe(false);
    expect(clock(promise.file, at('2026-03-02', '17:31')).overdue).toBe(true);
  });
});

describe('time outside the limit (Art. 45)', () => {
  // accepted on Monday 2026-03-02, promised in 5 working days: until Monday 2026-03-09
  const accepted = () =>
    CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY, at: at('2026-03-02', '09:00') }).accepted(
      { promised: { days: 5, unit: 'WORKDAY' } },
      { at: at('2026-03-02', '10:00').toISOString() },
    );
  const on = (day: string, time = '10:00') => ({ at: at(day, time).toISOString() });
  const clockAt = (log: CaseLog, day: string) => {
    const clock = clockOf(log.file, calendar, divisions, at(day, '12:00'));
    if (!clock) throw new Error('No clock.');
    return clock;
  };

  test('is taken out from the day after a hearing began until the day it ended', () => {
    // began on Tuesday, ended on Thursday: Wednesday and Thursday do not count
    const log = accepted().procedureStarted('HEARING', true, on('2026-03-03')).procedureEnded(1, on('2026-03-05'));
    const clock = clockAt(log, '2026-03-06');
    expect(clock).toMatchObject({ usedDays: 2, excludedDays: 2, remainingDays: 3, pausedSince: null, overdue: false });
    expect(dayOf(clock.dueAt)).toBe('2026-03-11');
  });

  test('keeps the remaining days as they were while the hearing goes on', () => {
    const log = accepted().procedureStarted('HEARING', true, on('2026-03-03'));
    for (const day of ['2026-03-04', '2026-03-10', '2026-03-31']) {
      expect(clockAt(log, day)).toMatchObject({ usedDays: 1, remainingDays: 4, overdue: false });
    }
    expect(clockAt(log, '2026-03-31').pausedSince).toEqual(at('2026-03-03', '10:00'));
  });

  test('is not that of a procedure the item’s basis does not exclude, nor less than a day', () => {
    const survey = accepted()
      .procedureStarted('SITE_SURVEY', false, on('2026-03-03'))
      .procedureEnded(1, on('2026-03-05'));
    expect(clockAt(survey, '2026-03-06')).toMatchObject({ usedDays: 4, excludedDays: 0, remainingDays: 1 });
    const short = accepted()
      .procedureStarted('TESTING', true, on('2026-03-03'))
      .procedureEnded(1, on('2026-03-03', '16:00'));
    expect(clockAt(short, '2026-03-06')).toMatchObject({ usedDays: 4, excludedDays: 0 });
  });

  test('of two procedures at once is taken out once', () => {
    const log = accepted()
      .procedureStarted('HEARING', true, on('2026-03-03'))
      .procedureStarted('EXPERT_REVIEW', true, on('2026-03-03', '11:00'))
      .procedureEnded(1, on('2026-03-04'))
      .procedureEnded(2, on('2026-03-05'));
    expect(clockAt(log, '2026-03-06')).toMatchObject({ usedDays: 2, excludedDays: 2 });
  });

  test('moves the end of an item in plain days as well', () => {
    const log = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY, at: at('2026-03-02', '09:00') })
      .accepted({ promised: { days: 7, unit: 'DAY' } }, on('2026-03-02'))
      .procedureStarted('HEARING', true, on('2026-03-03'))
      .procedureEnded(1, on('2026-03-05'));
    // the 9th moves by two days to the 11th
    expect(dayOf(clockAt(log, '2026-03-06').dueAt)).toBe('2026-03-11');
  });
});

describe('an extension (Art. 42)', () => {
  test('adds its working days to promise and statute', () => {
    const log = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY, at: at('2026-03-02', '09:00') })
      .accepted(
        { promised: { days: 5, unit: 'WORKDAY' }, statutory: { days: 20, unit: 'WORKDAY' } },
        { at: at('2026-03-02', '10:00').toISOString() },
      )
      .extended(10);
    const clock = clockOf(log.file, calendar, divisions, at('2026-03-03'));
    expect(clock).toMatchObject({ extendedDays: 10, remainingDays: 14, usedDays: 1 });
    expect([clock?.dueAt, clock?.statutoryDueAt].map((d) => d && dayOf(d))).toEqual(['2026-03-23', '2026-04-14']);
  });
});

describe('delivery (Art. 44)', () => {
  test('is due by the end of the tenth working day after the decision', () => {
    const log = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY, at: at('2026-03-02', '09:00') })
      .accepted()
      .reviewed()
      .decided('GRANTED', { at: at('2026-03-04', '10:00').toISOString() });
    const clock = clockOf(log.file, calendar, divisions, at('2026-05-01'));
    expect(clock?.deliveryDueAt).toEqual(new Date('2026-03-18T15:59:59.999Z'));
    expect(clock).toMatchObject({ usedDays: 2, overdue: false });
  });
});
