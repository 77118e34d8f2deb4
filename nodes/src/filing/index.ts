/** 收件 at a node: applications taken in, drafts, supplements, and the applicant's queries with number and code. */
export { filingView } from './filing-views.ts';
export { filingHandlers } from './handlers.ts';
export { filingLookup } from './lookup.ts';
export { newApplication } from './new-application.ts';
export { getTracked, setTrackingCode } from './tracking.ts';
