/** 专人承办: which person of a desk handles which case; the desk's own bookkeeping. */
export { caseload } from './operations.ts';
export { assign, claim, handlerOf, isHandler, release, requireKnownAtDesk, standsInFor } from './rules.ts';
export type { CaseHandler, Handler, HandlerContext } from './rules.ts';
export type { CaseloadView, HandlerView } from './views.ts';
export type { HandlerFilter, HandlerStanding } from './words.ts';
