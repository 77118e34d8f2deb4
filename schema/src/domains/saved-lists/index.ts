/** 常用列表: lists of cases as people arranged them, shared within a desk. */
export { savedListsDomain } from './operations.ts';
export { MOST_LISTS, requireList, requireListOwner } from './rules.ts';
export type { SavedListView } from './views.ts';
export { CASE_COLUMN } from './words.ts';
export type { CaseColumn } from './words.ts';
