import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, requiredDivision, word } from '../../operation/fields.ts';
import { dayInput, optionalDay, phone, text, timeInput } from '../../operation/input-parts.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { clearAnswerOfAppointment, personalOfAppointment } from '../../operation/personal-field.ts';
import { ASKED_DIVISION, NAMED_DIVISION } from '../../operation/route.ts';
import { windowCode } from '../offices/operations.ts';
import { purpose } from '../reads/rules.ts';
import { ClearNumber } from '../reads/views.ts';
import { Appointment, AppointmentSlot, AppointmentSlots, BookedAppointment } from './views.ts';
import { APPOINTMENT_STATE, ATTENDED } from './words.ts';

const article = ARTICLES.appointments;
const slip = { number: text(80), code: text(20) };
const SLIP_ROUTE = { by: 'prefix', argument: 'number', copyAt: null } as const;
const capacity = z.int().min(1).max(500);
const slotId = z.uuid().meta({ scalar: 'ID' });

/** Open slots that did not end yet, full ones too. @throws {ProblemError} BAD_INPUT for more than 60 days */
export const appointmentSlots = query('appointmentSlots', {
  zh: '预约时段',
  about: "a centre's open slots with the places left, also those of an item alone. Needs no login.",
  by: 'PUBLIC',
  article,
  input: {
    division: requiredDivision,
    item: z.string().max(50).nullish().meta({ scalar: 'ID', description: 'Slots of the windows that serve it.' }),
    from: optionalDay.meta({ description: 'Today when left out.' }),
    until: optionalDay.meta({ description: 'The last day; 60 days ahead when left out.' }),
  },
  route: NAMED_DIVISION,
  answer: listOf(AppointmentSlot),
});

/** @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code */
export const appointment = query('appointment', {
  zh: '预约查询',
  about: 'an appointment by its number and code. Needs no login.',
  by: 'PUBLIC',
  article,
  input: slip,
  route: SLIP_ROUTE,
  answer: Appointment,
});

/** By window and time. @throws {ProblemError} FORBIDDEN */
export const listAppointments = query('appointments', {
  zh: '预约名单',
  about: "a desk's appointments of a day, for its people and the supervisors over it.",
  by: 'READ_APPOINTMENTS',
  article,
  input: { division: askedDivision, day: dayInput },
  route: ASKED_DIVISION,
  answer: listOf(Appointment),
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, REASON_MISSING, BAD_INPUT */
export const showBookerPhone = query('showBookerPhone', {
  zh: '查看预约人电话',
  about: 'in the clear, at the desk it was booked at; the purpose is written into the log of reads first.',
  by: 'SHOW_PERSONAL_DATA',
  article: ARTICLES.readsAudited,
  input: { number: z.string().max(80), purpose },
  route: SLIP_ROUTE,
  answer: ClearNumber,
});

/**
 * Opens the same slot on several days; it succeeds for all or for none.
 * @throws {ProblemError} NOT_FOUND, WRONG_DEPARTMENT, OFFICE_CONFLICT, BAD_INPUT
 */
export const openSlots = mutation('openSlots', {
  zh: '设置预约时段',
  about: 'of a window, on one day or several; a day of rest has after-hours service (延时服务) alone.',
  by: 'KEEP_SLOTS',
  article,
  input: {
    window: windowCode,
    days: z.array(dayInput).min(1).max(31),
    begins: timeInput,
    ends: timeInput,
    capacity: capacity.meta({ description: 'Most appointments.' }),
    afterHours: z.boolean().meta({ description: '延时服务: outside the working hours of the centre.' }),
  },
  answer: listOf(AppointmentSlots),
});

/** @throws {ProblemError} NOT_FOUND, WRONG_DEPARTMENT, SLOT_CLOSED; OFFICE_CONFLICT below the places that are taken */
export const changeSlot = mutation('changeSlot', {
  zh: '调整预约名额',
  by: 'KEEP_SLOTS',
  article,
  input: { id: slotId, capacity },
  answer: AppointmentSlot,
});

/** @throws {ProblemError} NOT_FOUND, WRONG_DEPARTMENT, SLOT_CLOSED, REASON_MISSING, BAD_INPUT */
export const closeSlot = mutation('closeSlot', {
  zh: '关闭预约时段',
  about: 'it is not booked any more, and who booked it is called off and reads the reason.',
  by: 'KEEP_SLOTS',
  article,
  input: {
    id: slotId,
    // may be empty: the rule refuses that, and cites its source
    reason: z.string().trim().max(500).meta({ description: 'Those who booked can read it.' }),
  },
  answer: AppointmentSlot,
});

/**
 * A place in a slot, for one more until it is full.
 * @throws {ProblemError} NOT_FOUND, ITEM_UNKNOWN, ITEM_NOT_IN_FORCE, WINDOW_UNAUTHORIZED, SLOT_CLOSED, SLOT_FULL,
 *   APPOINTMENT_LIMIT
 */
export const bookAppointment = mutation('bookAppointment', {
  zh: '预约',
  about: 'answers with a number and a code, which is shown once. Needs no login.',
  by: 'PUBLIC',
  article,
  input: {
    division: requiredDivision,
    slot: slotId,
    item: id(50),
    name: text(50).meta({ description: 'Shown to the desk alone.' }),
    phone: phone.meta({ description: 'Shown to the desk alone; one phone has two open appointments at most.' }),
  },
  route: { by: 'division', path: ['input', 'division'], otherwise: null },
  // the public is not logged in: the key belongs to the slot
  keyHolder: ({ slot }) => `slot:${slot}`,
  answer: BookedAppointment,
});

/**
 * Gives the place back, until the slot begins.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code; ILLEGAL_STEP
 */
export const cancelAppointment = mutation('cancelAppointment', {
  zh: '取消预约',
  about: ', by number and code, until it begins. Needs no login.',
  by: 'PUBLIC',
  article,
  input: slip,
  flat: true,
  route: SLIP_ROUTE,
  keyHolder: ({ number }) => `slip:${number}`,
  answer: Appointment,
});

/** @throws {ProblemError} NOT_FOUND; ILLEGAL_STEP for a state or a time at which it can't be */
export const markAppointment = mutation('markAppointment', {
  zh: '到场登记',
  about: 'whether the booker came on the day, or missed the appointment (爽约) when it has ended.',
  by: 'MARK_APPOINTMENT',
  article,
  input: { number: text(80), attended: word(APPOINTMENT_STATE, ATTENDED) },
  answer: Appointment,
});

export const appointments = domain('appointments', {
  zh: '预约服务',
  role: 'offices',
  personal: {
    'Appointment.booker': personalOfAppointment('name', 'phone'),
    'Query.showBookerPhone': clearAnswerOfAppointment('Appointment.booker.phone'),
  },
  operations: {
    appointmentSlots,
    appointment,
    appointments: listAppointments,
    showBookerPhone,
    openSlots,
    changeSlot,
    closeSlot,
    bookAppointment,
    cancelAppointment,
    markAppointment,
  },
});
