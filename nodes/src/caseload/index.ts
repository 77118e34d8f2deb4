/** 专人承办: which person of the desk handles which case, and how many cases each has. */
export { caseloadHandlers } from './handlers.ts';
