import { vocabulary } from '../../kernel/vocabulary.ts';

/** 预约状态. */
export const APPOINTMENT_STATES = ['BOOKED', 'ARRIVED', 'MISSED', 'CANCELLED', 'CALLED_OFF'] as const;
export type AppointmentState = (typeof APPOINTMENT_STATES)[number];
export const APPOINTMENT_STATE = vocabulary('AppointmentState', '预约状态', {
  BOOKED: '已预约',
  ARRIVED: '已到场',
  MISSED: '爽约',
  CANCELLED: '已取消',
  CALLED_OFF: '窗口取消',
} satisfies Record<AppointmentState, string>);

/** What the desk notes of an appointment. */
export const ATTENDED = ['ARRIVED', 'MISSED'] as const satisfies AppointmentState[];
