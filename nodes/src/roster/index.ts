export { settleAbsences } from './absent-cases.ts';
export { rosterService } from './roster-service.ts';
export { findPosts, findToldChanges } from './roster-store.ts';
