import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type { Asker } from '../enquiries/rules.ts';
import type { Period, Slot } from './rules.ts';
import type { AppointmentState } from './words.ts';

/** 预约时段 for display. */
export interface SlotView extends Slot {
  windowName: string;
  /** Where the window is; null until the node has said it. */
  place: string | null;
  division: DivisionCode;
}

/** 预约 for display. */
export interface AppointmentView extends Period {
  number: string;
  /** Code of the item. */
  item: string;
  afterHours: boolean;
  state: AppointmentState;
  bookedAt: Date;
  /** Why the desk called it off. */
  calledOffFor: string | null;
  /** Null for the public, and when it has been forgotten. */
  booker: Asker | null;
  division: DivisionCode;
}

/** An appointment that was just booked, with the code that opens it; the code is shown once. */
export interface BookedAppointmentView {
  appointment: AppointmentView;
  code: string;
}

export const AppointmentSlot = view<SlotView>('AppointmentSlot', { type: 'SlotPayload', field: 'slot' });
export const AppointmentSlots = view<SlotView>('AppointmentSlot', { type: 'SlotsPayload', field: 'slots' });
export const Appointment = view<AppointmentView>('Appointment');
export const BookedAppointment = view<BookedAppointmentView>('BookedAppointment', {
  type: 'BookedAppointmentPayload',
  field: 'booked',
});
