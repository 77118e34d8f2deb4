import { ARTICLES } from '../../kernel/articles.ts';
import type { Day, OfficialCalendar } from '../../kernel/calendar.ts';
import { dayOf, daysBetween, isWorkday, startOfDay } from '../../kernel/calendar.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { Tier } from '../../kernel/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { permittedRole, requireOneOf, requireReaderOver } from '../../operation/permissions.ts';
import type { ServiceWindow } from '../offices/rules.ts';
import { holdsOn } from '../offices/rules.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';
import type { AppointmentEvent } from './states.ts';

/** Most days ahead that slots are opened for and shown. */
export const MOST_DAYS_AHEAD = 60;
/** Most open appointments of one phone at one centre. */
export const MOST_OF_A_PHONE = 2;

/** 预约时段: a window, a day and times in Asia/Shanghai, `HH:MM`. */
export interface Period {
  window: string;
  day: Day;
  begins: string;
  ends: string;
}

/** A slot that can be booked. */
export interface Slot extends Period {
  id: string;
  /** Most appointments. */
  capacity: number;
  /** 延时服务: outside the centre's working hours. */
  afterHours: boolean;
  /** Appointments that take a place. */
  booked: number;
  /** Number of the last appointment in this slot; cancelled ones keep theirs. */
  last: number;
  /** Why the desk closed it; null while it is open. */
  closedFor: string | null;
}

const article = ARTICLES.appointments;

/** The instant a time of a day falls on. @param time `HH:MM` in Asia/Shanghai */
export function instantOf(day: Day, time: string): Date {
  const [hours = '0', minutes = '0'] = time.split(':');
  return new Date(startOfDay(day).getTime() + (Number(hours) * 60 + Number(minutes)) * 60_000);
}

/**
 * Who keeps the windows sets slots for all of them; a chief for the windows of the own department.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireSlotKeeper(viewer: Viewer, window: ServiceWindow, tier: Tier): void {
  if (permittedRole({ ...viewer, roles: viewer.roles.filter((r) => r !== 'CHIEF') }, 'KEEP_SLOTS', tier)) return;
  requireOneOf(viewer, window.department === null ? [] : [window.department], tier);
}

/**
 * Checks that a slot may be opened. On a day of rest all service is after hours (延时服务); on other days the desk says so,
 * because each centre has hours of its own.
 * @param others slots of the same window and day
 * @throws {ProblemError} BAD_INPUT for times that have passed, end before they begin, or lie too far ahead, and for a
 * day of rest without the mark; OFFICE_CONFLICT where the window is not open that day or has a slot at that time
 */
export function requireNewSlot(
  slot: Period & { afterHours: boolean },
  window: ServiceWindow,
  others: readonly Period[],
  { now, calendar }: { now: Date; calendar: OfficialCalendar },
): void {
  const { day, begins, ends, afterHours } = slot;
  if (ends <= begins) throw badInput('ends', `A slot from ${begins} can't end at ${ends}.`);
  if (instantOf(day, begins) <= now) throw badInput('days', `${day} ${begins} has passed.`);
  if (daysBetween(dayOf(now), day) > MOST_DAYS_AHEAD) {
    throw badInput('days', `${day} is more than ${MOST_DAYS_AHEAD} days ahead.`);
  }
  if (!afterHours && !isWorkday(day, calendar)) {
    throw badInput('afterHours', `${day} is a day of rest: service on it is after hours.`);
  }
  if (!holdsOn(window, day)) {
    throw problem('OFFICE_CONFLICT', `Window ${window.code} is not open on ${day}.`, { article, field: 'window' });
  }
  const other = others.find((o) => o.begins < ends && begins < o.ends);
  if (!other) return;
  const taken = `Window ${window.code} has a slot from ${other.begins} to ${other.ends} on ${day}.`;
  throw problem('OFFICE_CONFLICT', taken, { article, field: 'begins' });
}

/**
 * Checks that a slot's capacity may change: those who booked keep their places.
 * @throws {ProblemError} OFFICE_CONFLICT, SLOT_CLOSED
 */
export function requireCapacity(slot: Slot, capacity: number): void {
  requireOpenSlot(slot);
  if (capacity >= slot.booked) return;
  const message = `${slot.booked} have booked; close the slot to call them off.`;
  throw problem('OFFICE_CONFLICT', message, { article, field: 'capacity' });
}

/** @throws {ProblemError} SLOT_CLOSED */
export function requireOpenSlot(slot: Slot): void {
  if (slot.closedFor === null) return;
  throw problem('SLOT_CLOSED', `The desk closed this slot: ${slot.closedFor}`, { article, field: 'slot' });
}

/**
 * A slot is closed for a reason, which who booked it reads.
 * @throws {ProblemError} REASON_MISSING, BAD_INPUT
 */
export function requireClosingReason(reason: string): void {
  if (reason === '') {
    throw problem('REASON_MISSING', 'Say why the slot is closed: who booked it reads that.', {
      article,
      field: 'reason',
    });
  }
  requireNoPersonalData(reason, 'reason');
}

/**
 * A desk's appointments are read by its own people and by the supervisors over it.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireAppointmentReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requireReaderOver(viewer, 'READ_APPOINTMENTS', node, divisions);
  if (viewer.division === node || viewer.roles.includes('SUPERVISOR')) return;
  throw problem('FORBIDDEN', `Appointments at ${node} are not open to ${viewer.division}.`, { article, node });
}

/**
 * Checks that one more may book a slot: until it begins, while it has places, and while the phone has fewer than
 * {@link MOST_OF_A_PHONE} open appointments here.
 * @param ofPhone open appointments of this phone
 * @throws {ProblemError} SLOT_CLOSED, SLOT_FULL, APPOINTMENT_LIMIT
 */
export function requireBookable(slot: Slot, ofPhone: number, now: Date): void {
  requireOpenSlot(slot);
  if (instantOf(slot.day, slot.begins) <= now) {
    throw problem('SLOT_CLOSED', `This slot began at ${slot.begins} on ${slot.day}.`, { article, field: 'slot' });
  }
  if (slot.booked >= slot.capacity) {
    throw problem('SLOT_FULL', 'This slot has no place left.', { article, field: 'slot' });
  }
  if (ofPhone < MOST_OF_A_PHONE) return;
  const message = `This phone has ${ofPhone} open appointments here; cancel one or keep it first.`;
  throw problem('APPOINTMENT_LIMIT', message, { article, field: 'phone' });
}

/**
 * Checks that an event may happen now: a slot is cancelled until it begins, its booker comes on its day, and is missed
 * only when it has ended.
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function requireTime(event: AppointmentEvent, { day, begins, ends }: Period, now: Date): void {
  const refuse = (why: string) => problem('ILLEGAL_STEP', why, { article });
  if (event === 'CANCEL' && instantOf(day, begins) <= now)
    throw refuse(`The appointment began at ${begins} on ${day}.`);
  if (event === 'ARRIVE' && dayOf(now) !== day) throw refuse(`The appointment is on ${day}.`);
  if (event === 'MISS' && now < instantOf(day, ends)) throw refuse(`The appointment lasts until ${ends} on ${day}.`);
}

/** The number of the nth appointment in a slot: `331022103-Y-20261201-A1-0900-03`. */
export function appointmentNumber(node: string, { window, day, begins }: Period, nth: number): string {
  return `${node}-Y-${day.replaceAll('-', '')}-${window}-${begins.replace(':', '')}-${String(nth).padStart(2, '0')}`;
}

const badInput = (field: string, message: string) => problem('BAD_INPUT', message, { article, field });
