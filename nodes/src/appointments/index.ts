/** 预约服务: slots of windows, appointments booked by anybody, and how the desk marks them. */
export { arrive } from './bookings.ts';
export { appointmentHandlers } from './handlers.ts';
export { forgetBookers } from './forget-bookers.ts';
