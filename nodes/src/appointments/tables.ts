import type { AppointmentState } from '@liandong/schema/domains/appointments';
import type { RowOf } from '../db/table.ts';
import { boolean, day, instant, integer, nullable, sealed, table, text, textOf, uuid } from '../db/table.ts';

/** Times of windows that can be booked. */
export const appointmentSlotsTable = table('appointment_slots', ['id'], {
  id: uuid,
  windowCode: text,
  day,
  begins: text,
  ends: text,
  capacity: integer,
  afterHours: boolean,
  booked: integer,
  last: integer,
  closedFor: nullable(text),
  /** Subject of the person who opened it. */
  openedBy: text,
});
export type SlotRow = RowOf<typeof appointmentSlotsTable>;

/** Who booked a slot; name and phone are forgotten 30 days after the day. */
export const appointmentsTable = table('appointments', ['number'], {
  number: text,
  slot: uuid,
  day,
  item: text,
  state: textOf<AppointmentState>(),
  bookedAt: instant,
  codeHash: text,
  name: sealed(nullable(text)),
  phone: sealed(nullable(text)),
  phoneDigest: nullable(text),
  markedBy: nullable(text),
});
export type AppointmentRow = RowOf<typeof appointmentsTable>;
