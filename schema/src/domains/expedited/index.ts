/** 特急、绿色通道: cases that go by a shorter limit. */
export { expedited } from './operations.ts';
export { isUrgent, urgentDueAt } from './rules.ts';
