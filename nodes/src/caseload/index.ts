/** 专人承办: which person of the desk handles which case, and what each has in hand. */
export { caseloadHandlers } from './handlers.ts';
