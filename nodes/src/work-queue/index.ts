/** 待办队列: lists of cases by what falls due first. */
export type { CaseFilter, HandledBy } from './case-queue.ts';
export { queuePage } from './case-queue.ts';
