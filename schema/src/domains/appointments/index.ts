/** 预约服务: slots of windows, after-hours service, and who booked them. */
export { appointments } from './operations.ts';
export {
  appointmentNumber,
  instantOf,
  MOST_DAYS_AHEAD,
  requireAppointmentReader,
  requireBookable,
  requireCapacity,
  requireClosingReason,
  requireNewSlot,
  requireOpenSlot,
  requireSlotKeeper,
  requireTime,
} from './rules.ts';
export type { Period, Slot } from './rules.ts';
export { afterEvent, takesPlace } from './states.ts';
export type { AppointmentEvent } from './states.ts';
export type { AppointmentView, BookedAppointmentView, SlotView } from './views.ts';
export { APPOINTMENT_STATES } from './words.ts';
export type { AppointmentState } from './words.ts';
