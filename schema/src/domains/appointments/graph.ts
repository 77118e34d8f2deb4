import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import type { Asker } from '../enquiries/rules.ts';
import { appointments } from './operations.ts';
import type { AppointmentView, BookedAppointmentView, SlotView } from './views.ts';
import { APPOINTMENT_STATE } from './words.ts';

/** Fields of role offices for appointments (预约服务). */
export function addAppointments(role: RoleBuilder): void {
  const { builder, enumOf, refs } = role;
  const { Division, ItemStub } = refs;
  const AppointmentSlot = builder.objectRef<SlotView>('AppointmentSlot').implement({
    description: '预约时段. Times are HH:MM in Asia/Shanghai.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      window: t.exposeID('window', { nullable: false }),
      windowName: t.exposeString('windowName', { nullable: false }),
      place: t.exposeString('place', { description: 'Where the window is.' }),
      day: t.field({ type: 'Date', nullable: false, resolve: (s) => s.day }),
      begins: t.exposeString('begins', { nullable: false }),
      ends: t.exposeString('ends', { nullable: false }),
      afterHours: t.exposeBoolean('afterHours', { nullable: false, description: '延时服务' }),
      capacity: t.exposeInt('capacity', { nullable: false }),
      left: t.int({
        nullable: false,
        description: 'Places left.',
        resolve: (s) => (s.closedFor === null ? s.capacity - s.booked : 0),
      }),
      closedFor: t.exposeString('closedFor', { description: 'Why the desk closed it; null while it is open.' }),
      division: t.field({ type: Division, resolve: (s) => s.division }),
    }),
  });
  const Booker = builder.objectRef<Asker>('AppointmentBooker').implement({
    description: 'Who booked; the name is masked outside the desk, the phone everywhere.',
    fields: (t) => ({ name: t.exposeString('name'), phone: t.exposeString('phone') }),
  });
  const Appointment = builder.objectRef<AppointmentView>('Appointment').implement({
    description: '预约',
    fields: (t) => ({
      number: t.exposeID('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (a) => ({ code: a.item, via: a.division }) }),
      window: t.exposeID('window', { nullable: false }),
      day: t.field({ type: 'Date', nullable: false, resolve: (a) => a.day }),
      begins: t.exposeString('begins', { nullable: false }),
      ends: t.exposeString('ends', { nullable: false }),
      afterHours: t.exposeBoolean('afterHours', { nullable: false, description: '延时服务' }),
      state: t.field({ type: enumOf(APPOINTMENT_STATE), nullable: false, resolve: (a) => a.state }),
      bookedAt: t.field({ type: 'DateTime', nullable: false, resolve: (a) => a.bookedAt }),
      calledOffFor: t.exposeString('calledOffFor', { description: 'Why the desk called it off.' }),
      booker: t.field({
        type: Booker,
        description: 'For the desk; null for the public, and 30 days after the appointment.',
        resolve: (a) => a.booker,
      }),
      division: t.field({ type: Division, resolve: (a) => a.division }),
    }),
  });
  const BookedAppointment = builder.objectRef<BookedAppointmentView>('BookedAppointment').implement({
    fields: (t) => ({
      appointment: t.field({ type: Appointment, nullable: false, resolve: (b) => b.appointment }),
      code: t.exposeString('code', {
        nullable: false,
        description: 'Opens and cancels the appointment with its number; shown once.',
      }),
    }),
  });
  addOperations(role, appointments, { AppointmentSlot, Appointment, BookedAppointment });
}
