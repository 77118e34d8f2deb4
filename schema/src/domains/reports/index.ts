/** 转报: cases that an organ outside the city decides, reviewed and passed on by the competent one. */
export { reports } from './operations.ts';
export { mayRecordResult, reportDueAt } from './rules.ts';
export { reportView } from './views.ts';
