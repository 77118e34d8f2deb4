import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { Tier } from '../../kernel/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requireOneOf, requireReaderOver } from '../../operation/permissions.ts';
import { instantOf } from '../appointments/rules.ts';
import type { ServiceWindow } from '../offices/rules.ts';
import { holdsOn } from '../offices/rules.ts';
import { afterQueueEvent } from './states.ts';
import type { QueueState } from './words.ts';

/** What a visitor came for: an item, or a department when they named none. */
export interface QueueService {
  item: string | null;
  /** The department, as the catalogue names it for the item. */
  department: string;
  done: boolean;
}

/** 排队号 of a visitor on one day. It names no person. */
export interface QueueNumber {
  day: Day;
  /** Its place among the numbers of the day. */
  serial: number;
  number: string;
  services: readonly QueueService[];
  /** The times of the appointment it was taken with, `HH:MM`; null without one. */
  appointment: { begins: string; ends: string } | null;
  takenAt: Date;
  state: QueueState;
  /** The window that called it last. */
  window: string | null;
  calledAt: Date | null;
  /** How often it was called at that window. */
  calls: number;
}

/** Whether a window serves what a visitor came for. */
export type Serves = (service: QueueService) => boolean;

const article = ARTICLES.queue;

/** The number of a place of the day: `A012`; with an appointment `Y013`, for several items (联办) `L014`. */
export function numberOf(serial: number, { services, appointment }: Pick<QueueNumber, 'services' | 'appointment'>) {
  const sign = appointment ? 'Y' : services.length > 1 ? 'L' : 'A';
  return `${sign}${String(serial).padStart(3, '0')}`;
}

/**
 * Those who wait, in the order they are called (叫号顺序): first who was served in part and goes on to the next window,
 * then appointments between their begin and end, the earlier begin first, then all others as they came. An appointment
 * before its begin or after its end has its place by when the number was taken.
 */
export function inOrder(numbers: readonly QueueNumber[], now: Date): QueueNumber[] {
  const rank = ({ services, appointment, day }: QueueNumber) => {
    if (services.some(({ done }) => done)) return 0;
    const isDue =
      appointment !== null && instantOf(day, appointment.begins) <= now && now < instantOf(day, appointment.ends);
    return isDue ? 1 : 2;
  };
  const begin = (number: QueueNumber) => (rank(number) === 1 ? (number.appointment?.begins ?? '') : '');
  return numbers
    .filter(({ state }) => state === 'WAITING')
    .toSorted((a, b) => rank(a) - rank(b) || begin(a).localeCompare(begin(b)) || a.serial - b.serial);
}

/**
 * The number a window calls next: the first in the order that waits for something the window serves. A number for
 * several items (联合叫号) may be called by every window that serves one of them, one window at a time; a window that
 * serves all of them finishes it at once, and otherwise it goes from window to window in turn.
 * @throws {ProblemError} NOT_FOUND when nobody waits for this window
 */
export function nextNumber(numbers: readonly QueueNumber[], serves: Serves, now: Date): QueueNumber {
  const next = inOrder(numbers, now).find((number) => waitsFor(number, serves));
  if (next) return next;
  throw problem('NOT_FOUND', 'No visitor waits for this window.', { article });
}

/** Whether something is left of a number that a window serves. */
export function waitsFor({ services }: QueueNumber, serves: Serves): boolean {
  return services.some((service) => !service.done && serves(service));
}

/**
 * Calls a number at a window: the next one, the same again, or one that was passed and whose visitor came after all.
 * @param all the numbers of the day
 * @throws {ProblemError} ILLEGAL_STEP while the window has another number to finish or to pass, and for a number that is
 * at another window or waits for another
 */
export function callAt(
  number: QueueNumber,
  window: string,
  all: readonly QueueNumber[],
  serves: Serves,
  now: Date,
): QueueNumber {
  const open = all.find(
    (other) => other.state === 'CALLED' && other.window === window && other.serial !== number.serial,
  );
  if (open) throw illegal(`Window ${window} called ${open.number}: finish it or pass it first.`);
  if (number.state === 'CALLED' && number.window !== window) {
    throw illegal(`${number.number} is at window ${number.window ?? ''}.`);
  }
  if (!waitsFor(number, serves)) throw illegal(`${number.number} does not wait for window ${window}.`);
  const again = number.window === window && number.state !== 'WAITING';
  const state = afterQueueEvent(number.state, 'CALL');
  return { ...number, state, window, calledAt: now, calls: again ? number.calls + 1 : 1 };
}

/**
 * A number that is called again must have been called: who waits is called in turn.
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function requireCalledBefore({ number, state }: QueueNumber): void {
  if (state === 'WAITING') throw illegal(`${number} waits for its turn.`);
}

/** Passes a number whose visitor does not come (过号). @throws {ProblemError} ILLEGAL_STEP */
export function passed(number: QueueNumber): QueueNumber {
  return { ...number, state: afterQueueEvent(number.state, 'PASS') };
}

/**
 * Ends the service at the window that called a number. It is finished when nothing is left; otherwise it waits for the
 * window of what is left, ahead of all who were not served yet.
 * @param serves what the window serves
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function servedAt(number: QueueNumber, serves: Serves): QueueNumber {
  const services = number.services.map((service) => ({ ...service, done: service.done || serves(service) }));
  const event = services.every(({ done }) => done) ? 'FINISH' : 'GO_ON';
  return { ...number, services, state: afterQueueEvent(number.state, event) };
}

/**
 * A person calls for the window they sit at; who has none, for one of the own department.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT; OFFICE_CONFLICT where the window is not open today
 */
export function requireAtWindow(viewer: Viewer, window: ServiceWindow, tier: Tier, now: Date): void {
  if (!holdsOn(window, dayOf(now))) {
    throw problem('OFFICE_CONFLICT', `Window ${window.code} is not open today.`, { article, field: 'window' });
  }
  if (viewer.window !== undefined) {
    if (viewer.window === window.code) return;
    throw problem('FORBIDDEN', `This person sits at window ${viewer.window}, not at ${window.code}.`, { article });
  }
  if (window.department !== null) requireOneOf(viewer, [window.department], tier);
}

/**
 * A desk's queue is read by its own people and by the supervisors over it; the board is open to all.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireQueueReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requireReaderOver(viewer, 'READ_QUEUE', node, divisions);
  if (viewer.division === node || viewer.roles.includes('SUPERVISOR')) return;
  throw problem('FORBIDDEN', `The queue of ${node} is not open to ${viewer.division}.`, { article, node });
}

const illegal = (why: string) => problem('ILLEGAL_STEP', why, { article });
