import type { appointments, AppointmentView, Slot } from '@liandong/schema/domains/appointments';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { SuccessionOf } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { askerFor } from '@liandong/schema/domains/enquiries';
import { problem } from '@liandong/schema/kernel';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { trackingHash } from '../slips/index.ts';
import type { StoredAppointment } from './appointment-store.ts';
import { findAppointment, findSlot } from './appointment-store.ts';

export interface AppointmentsParts {
  node: DivisionCode;
  divisions: Divisions;
  /** The calendar in force now. */
  calendar: () => OfficialCalendar;
  successionOf: SuccessionOf;
  now: () => Date;
}

export type AppointmentHandlers = NodeHandlers<typeof appointments>;

/** @throws {ProblemError} NOT_FOUND */
export async function getSlot(queries: NodeQueries, id: string): Promise<Slot> {
  const slot = await findSlot(queries, id);
  if (slot) return slot;
  throw problem('NOT_FOUND', `${queries.node} has no such slot.`, { node: queries.node, field: 'slot' });
}

/**
 * The appointment of a number and its code.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code
 */
export async function getBooked(queries: NodeQueries, number: string, code: string): Promise<StoredAppointment> {
  const stored = await findAppointment(queries, number.trim());
  if (stored?.codeHash === trackingHash(stored?.number ?? '', code.trim().toUpperCase())) return stored;
  throw unknownAppointment(queries.node);
}

export const unknownAppointment = (node: DivisionCode) =>
  problem('NOT_FOUND', 'No appointment has this number and code.', { node });

/** @param viewer null for the booker, who is shown no personal data */
export function viewOf(node: DivisionCode, viewer: Viewer | null, stored: StoredAppointment): AppointmentView {
  const { number, item, state, bookedAt, name, phone, slot } = stored;
  const { window, day, begins, ends, afterHours, closedFor } = slot;
  const isKnown = viewer !== null && (name !== null || phone !== null);
  return {
    number,
    item,
    window,
    day,
    begins,
    ends,
    afterHours,
    state,
    bookedAt,
    calledOffFor: state === 'CALLED_OFF' ? closedFor : null,
    booker: isKnown ? askerFor(viewer, node, { name, phone }) : null,
    division: node,
  };
}
