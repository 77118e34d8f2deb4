/** 名册: agents, stand-ins, absences and the moves of their cases. */
export { findToldChanges } from './absence-store.ts';
export { settleAbsences } from './absent-cases.ts';
export { rosterHandlers } from './handlers.ts';
export { rosterLookup } from './lookup.ts';
export { logChange } from './post-log.ts';
export { findPosts } from './roster-store.ts';
export { findStandings } from './standings.ts';
