import type { Day, OfficialCalendar } from '../kernel/calendar.ts';
import { dayOf, endOfDay, isWorkday, plusDays } from '../kernel/calendar.ts';
import type { CaseFile } from './case-file.ts';
import type { Clock } from './clock.ts';
import { renewalDueAt } from '../domains/filing/renewals.ts';

/** The end of no limit, sorted after all others. */
export const NOTHING_DUE = new Date('9999-12-31T00:00:00.000Z');

/** The next deadline, by which a desk's work queue is sorted. */
export interface NextDue {
  /** End of the limit that runs now; {@link NOTHING_DUE} if none runs. */
  nextDueAt: Date;
  /**
   * Days of the promise left while a special procedure stops the clock (Art. 45), negative when overdue; null while it
   * runs.
   */
  pausedDays: number | null;
}

/**
 * The limit that runs now: for a case taken in, the notice's (Art. 32); for an accepted one, the promise's (Art. 42);
 * for a decided one, the delivery's (Art. 44). For a renewal it is the licence's expiry, if that comes first: nothing
 * stops it (Art. 50).
 * @param clock null before acceptance
 * @param noticeDueAt where this desk may still name missing materials
 * @param urgentDueAt of an urgent case that is not accepted yet
 * @param deliveryDueAt null before the decision
 */
export function nextDue(
  file: CaseFile,
  clock: Clock | null,
  noticeDueAt: Date | null,
  urgentDueAt: Date | null = null,
  deliveryDueAt: Date | null = clock?.deliveryDueAt ?? null,
): NextDue {
  const expiry = renewalDueAt(file);
  const sooner = (limit: Date | null | undefined) => (expiry && (!limit || expiry < limit) ? expiry : limit);
  const running = (nextDueAt: Date | null | undefined): NextDue => ({
    nextDueAt: nextDueAt ?? NOTHING_DUE,
    pausedDays: null,
  });
  switch (file.state) {
    case 'FILED':
      // a case that is answered has a clock from the day its materials are in
      return running(sooner(earlier(earlier(noticeDueAt, clock?.dueAt ?? null), urgentDueAt)));
    case 'ACCEPTED':
    case 'REVIEWED':
      if (expiry && clock?.pausedSince) return running(expiry);
      return { ...running(sooner(clock?.dueAt)), pausedDays: clock?.pausedSince ? clock.remainingDays : null };
    case 'GRANTED':
    case 'REFUSED':
    case 'ANSWERED':
    case 'REPORT_DECIDED':
      return running(deliveryDueAt);
    case 'DRAFT':
    case 'PRECHECKED':
    case 'AWAITING_SUPPLEMENT':
    // the limit of the organ outside is none of this desk
    case 'REPORTED':
    case 'DELIVERED':
    case 'CLOSED':
    case 'NOT_ACCEPTED':
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return running(null);
    default:
      return file.state satisfies never;
  }
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one < other ? one : other;
}

/**
 * The day a stopped clock would run out if it went on now. It places such a case among those whose clock runs.
 * @param days working days left, negative for those that are over
 */
export function dueIfResumed(days: number, now: Date, calendar: OfficialCalendar): Date {
  const step = days < 0 ? -1 : 1;
  let day: Day = dayOf(now);
  // counting back, the count ends on the working day before those that passed
  for (let left = Math.abs(days); left > 0;) {
    const counted = step > 0 ? plusDays(day, 1) : day;
    day = plusDays(day, step);
    if (isWorkday(counted, calendar)) left--;
  }
  return endOfDay(day);
}

/**
 * The most days left with which a stopped clock would run out before an instant if it went on; null if no number would.
 */
export function mostDaysDueBefore(instant: Date, now: Date, calendar: OfficialCalendar): number | null {
  const overdue = instant <= now;
  for (let days = overdue ? 0 : -1; ; days += overdue ? -1 : 1) {
    const isBefore = dueIfResumed(days, now, calendar) < instant;
    if (overdue && isBefore) return days;
    if (!overdue && !isBefore) return days - 1;
    if (Math.abs(days) > MOST_DAYS) return overdue ? null : days;
  }
}

/** Longer than any limit. */
const MOST_DAYS = 1000;
