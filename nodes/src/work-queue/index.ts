/** 待办队列: lists of cases in the order of their limits. */
export type { CaseFilter, HandledBy } from './case-queue.ts';
export { queuePage } from './case-queue.ts';
export { hostQueue } from './host-queue.ts';
