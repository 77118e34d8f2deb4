import { ARTICLES } from '../../kernel/articles.ts';
import { problem } from '../../kernel/errors.ts';
import type { AppointmentState } from './words.ts';

/** What may happen to an appointment: its booker cancels it, the desk closes the slot, the booker comes or does not. */
export type AppointmentEvent = 'CANCEL' | 'CALL_OFF' | 'ARRIVE' | 'MISS';

/** Who was marked as missing may still come that day. A state without an event is the last. */
const NEXT: Record<AppointmentState, Partial<Record<AppointmentEvent, AppointmentState>>> = {
  BOOKED: { CANCEL: 'CANCELLED', CALL_OFF: 'CALLED_OFF', ARRIVE: 'ARRIVED', MISS: 'MISSED' },
  MISSED: { ARRIVE: 'ARRIVED' },
  ARRIVED: {},
  CANCELLED: {},
  CALLED_OFF: {},
};

/**
 * The state after an event.
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function afterEvent(state: AppointmentState, event: AppointmentEvent): AppointmentState {
  const next = NEXT[state][event];
  if (next) return next;
  throw problem('ILLEGAL_STEP', `An appointment that is ${state} can't ${event}.`, { article: ARTICLES.appointments });
}

/** Whether an appointment in this state takes a place of its slot. */
export function takesPlace(state: AppointmentState): boolean {
  return state !== 'CANCELLED' && state !== 'CALLED_OFF';
}
