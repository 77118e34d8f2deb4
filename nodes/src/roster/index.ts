/** 名册: agents, stand-ins, absences and what became of their cases. */
export { settleAbsences } from './absent-cases.ts';
export { rosterService } from './roster-service.ts';
export { findPosts, findToldChanges } from './roster-store.ts';
export { findStandings } from './standings.ts';
