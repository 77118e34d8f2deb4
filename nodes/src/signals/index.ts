/** 提醒 at a node: written with what they tell of, numbered, read by its people, and forgotten in time. */
export { tellDue } from './due-tomorrow.ts';
export { signalHandlers } from './handlers.ts';
export { SignalNumbering } from './numbering.ts';
export { forgetSignals } from './retention.ts';
export { SignalBook } from './signal-book.ts';
