import type { DivisionCode, Divisions } from '../kernel/divisions.ts';
import type { DayUnit } from '../domains/catalogue/item-words.ts';
import type { ExpeditedWay } from './words.ts';
import type { Tier } from '../kernel/words.ts';
import type { Day, OfficialCalendar } from '../kernel/calendar.ts';
import { dayOf, endOfDay, plusDays } from '../kernel/calendar.ts';
import type { CaseFile } from './case-file.ts';
import { conclusionOf, workDoneAt } from './case-file.ts';
import { isDraft } from './words.ts';
import { expeditedDue } from '../domains/expedited/rules.ts';
import type { DueInstant, ExcludedDays, Limit } from '../kernel/limits.ts';
import { countDays, dueInstant, lastDayOf } from '../kernel/limits.ts';

/** Time one desk used (分级用时). */
export interface DeskTime {
  node: DivisionCode;
  tier: Tier;
  /** Days of the clock's unit that ended while this desk held the case. */
  usedDays: number;
  /** The desk's own limit, if the law gives one (first review of a licence: Art. 43); null elsewhere. */
  limit: Limit | null;
}

/** A limit shorter than the promise, and the day it counts from. */
export interface ExpeditedClock {
  way: ExpeditedWay;
  limit: Limit;
  startedOn: Day;
}

/** The clock of an accepted case (办理时限), counted by the official calendar. */
export interface Clock {
  /** The day acceptance counts from. */
  startedOn: Day;
  promised: Limit;
  statutory: Limit | null;
  /**
   * End of the promise's last day; 12:00 or 17:30 for a promise in half days ({@link dueInstant}). For an expedited
   * case the end of its shorter limit, never later than the promise's.
   */
  dueAt: Date;
  /** The shorter limit (绿色通道, 特急) that ends first; null where the case has none. */
  expedited: ExpeditedClock | null;
  /** End of the statute's last day; null where the item's basis names no days. */
  statutoryDueAt: Date | null;
  /**
   * Whether a date depends on a year whose calendar is not published yet. The node computes such dates again when it
   * is.
   */
  provisional: boolean;
  unit: DayUnit;
  /**
   * Days of the unit until the promise ends. It is 0 on the last day and on rest days right after it, negative once a
   * counted day has passed, and frozen when the case closed.
   */
  remainingDays: number;
  usedDays: number;
  overdue: boolean;
  /** Since when a special procedure stops the clock; null while it runs. */
  pausedSince: Date | null;
  /** Days of the unit that special procedures took, outside the limit (Art. 45). */
  excludedDays: number;
  /** Working days the organ's head added (Art. 42). */
  extendedDays: number;
  /** End of the tenth working day after the decision (Art. 44); null before it. */
  deliveryDueAt: Date | null;
  desks: DeskTime[];
}

/** The lower organ's own limit for the first review of a licence: 20 working days from acceptance (Art. 43). */
export const FIRST_REVIEW_LIMIT: Limit = { days: 20, unit: 'WORKDAY' };

/** Working days in which missing materials must be named (Art. 32). */
export const ONE_TIME_NOTICE_LIMIT: Limit = { days: 5, unit: 'WORKDAY' };

/** Working days in which a decision is delivered (Art. 44). */
export const DELIVERY_LIMIT: Limit = { days: 10, unit: 'WORKDAY' };

/**
 * The clock of a case; null before it is accepted, or, for one that is answered, before its materials are at its organ. Pure: the same file, calendar and instant give the same clock on
 * every node.
 */
export function clockOf(file: CaseFile, calendar: OfficialCalendar, divisions: Divisions, now: Date): Clock | null {
  const start = startOf(file);
  if (!start) return null;
  const { promised, statutory, from, startedAt } = start;
  const { unit } = promised;
  const done = workDoneAt(file);
  const until = done ?? file.closedAt ?? now;
  const excluded = excludedDaysOf(file, until);
  const dueOf = (limit: Limit) => extended(dueInstant(from, startedAt, limit, calendar, excluded), file, calendar);
  const promiseDue = dueOf(promised);
  const shorter = expeditedDue(file, calendar, excluded);
  const shorterDue = shorter && extended(shorter.due, file, calendar);
  // a shorter limit never moves the deadline back
  const due = shorterDue && shorterDue.at < promiseDue.at ? shorterDue : promiseDue;
  const statutoryDue = statutory && dueOf(statutory);
  const today = dayOf(until) < from ? from : dayOf(until);
  const usedDays = countDays(from, today, unit, calendar, excluded);
  const running = done === null && file.closedAt === null;
  const paused = file.procedures.filter((p) => p.stopsClock && p.endedAt === null).map((p) => p.startedAt);
  return {
    startedOn: from,
    promised,
    statutory,
    dueAt: due.at,
    expedited: shorter && { way: shorter.way, limit: shorter.limit, startedOn: shorter.startedOn },
    statutoryDueAt: statutoryDue && statutoryDue.at,
    provisional: due.provisional || (statutoryDue?.provisional ?? false),
    unit,
    remainingDays: countDays(today, dayOf(due.at), unit, calendar, excluded),
    usedDays,
    overdue: until > due.at,
    pausedSince: running ? (paused[0] ?? null) : null,
    excludedDays: countDays(from, today, unit, calendar) - usedDays,
    extendedDays: file.extension?.days ?? 0,
    deliveryDueAt: deliveryDueAt(file, calendar),
    desks: deskTimes(file, from, today, unit, calendar, excluded, divisions),
  };
}

/** What a clock counts from: the acceptance, or for a case that is answered the day its materials were in there. */
function startOf(file: CaseFile): (Pick<Clock, 'promised' | 'statutory'> & { from: Day; startedAt: Date }) | null {
  const { acceptance, answerLimit, materialsInAt } = file;
  if (acceptance) {
    const { promised, statutory, from, deemed, at } = acceptance;
    return { promised, statutory, from, startedAt: deemed ? materialsInAt : at };
  }
  const incomplete = isDraft(file.state) || file.state === 'AWAITING_SUPPLEMENT' || !file.acceptorHadMaterials;
  if (answerLimit === null || incomplete) return null;
  return { promised: answerLimit, statutory: null, from: dayOf(materialsInAt), startedAt: materialsInAt };
}

/** End of the tenth working day after the decision or the answer (Art. 44); null before it. */
export function deliveryDueAt(
  file: Pick<CaseFile, 'decision' | 'answer' | 'report'>,
  calendar: OfficialCalendar,
): Date | null {
  const concluded = conclusionOf(file);
  return concluded && endOfDay(lastDayOf(dayOf(concluded.at), DELIVERY_LIMIT, calendar).day);
}

/**
 * The days special procedures take out of the limit (Art. 45), up to `until` for running ones. The day a procedure
 * begins counts as worked, the day it ends does not (民法典 Art. 201). Days of two procedures at once are taken out once.
 */
export function excludedDaysOf(file: CaseFile, until: Date): ExcludedDays {
  const days = new Set<Day>();
  for (const { stopsClock, startedAt, endedAt } of file.procedures) {
    if (!stopsClock) continue;
    const last = dayOf(endedAt ?? until);
    for (let day = plusDays(dayOf(startedAt), 1); day <= last; day = plusDays(day, 1)) days.add(day);
  }
  return days;
}

/** The end of a limit that the organ's head extended by working days (Art. 42). */
function extended(due: DueInstant, file: CaseFile, calendar: OfficialCalendar): DueInstant {
  if (!file.extension) return due;
  const later = lastDayOf(dayOf(due.at), { days: file.extension.days, unit: 'WORKDAY' }, calendar);
  return { at: endOfDay(later.day), provisional: due.provisional || later.provisional };
}

/** Each counted day belongs to the desk that held the case when the day ended, so the desks' days add up to the whole. */
function deskTimes(
  file: CaseFile,
  from: Day,
  today: Day,
  unit: DayUnit,
  calendar: OfficialCalendar,
  excluded: ExcludedDays,
  divisions: Divisions,
): DeskTime[] {
  const used = new Map<DivisionCode, number>();
  const holderAtEndOf = (day: Day): DivisionCode => {
    const end = endOfDay(day).getTime();
    let holder = file.acceptance?.node ?? file.filingNode;
    for (const span of file.spans) if (span.from.getTime() <= end) holder = span.node;
    return holder;
  };
  for (const span of file.spans) {
    if (file.acceptance && (span.to === null || span.to >= file.acceptance.at)) used.set(span.node, 0);
  }
  for (let day = from; day < today;) {
    const next = plusDays(day, 1);
    const counted = countDays(day, next, unit, calendar, excluded);
    if (counted > 0) {
      const holder = holderAtEndOf(next);
      used.set(holder, (used.get(holder) ?? 0) + counted);
    }
    day = next;
  }
  return [...used].map(([node, usedDays]) => ({
    node,
    tier: divisions.get(node).tier,
    usedDays,
    limit: node === file.acceptor && node !== file.decider && file.itemKind === 'LICENSE' ? FIRST_REVIEW_LIMIT : null,
  }));
}

/** The deadline for naming missing materials: the fifth working day after they came in (Art. 32). */
export function noticeDueAt(materialsInAt: Date, calendar: OfficialCalendar): { at: Date; provisional: boolean } {
  const due = lastDayOf(dayOf(materialsInAt), ONE_TIME_NOTICE_LIMIT, calendar);
  return { at: endOfDay(due.day), provisional: due.provisional };
}
