/** 待办队列: lists of cases by what falls due first, and the rows that benchmarks fill them with. */
export type { CaseFilter, HandledBy } from './case-queue.ts';
export { queuePage } from './case-queue.ts';
export { fillCases } from './case-rows.ts';
