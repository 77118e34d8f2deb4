/** 辖区办件: one list of cases over the nodes of a division, for supervisors. */
export { cursorOf, positionOf } from './cursor.ts';
export type { NodePart, AskedPage } from './merging.ts';
export { MOST_BEHIND, pageAsked, pageOfParts } from './merging.ts';
export { subtreeCases } from './operations.ts';
export type { CaseRow, CasesAsked, CasesPart, CasesWithinFilter, Places, Position, QueueList } from './parts.ts';
export { casesPartSchema, placesOf, QUEUE_LISTS } from './parts.ts';
export type { CasesCoverage, CasesWithinLookup, CasesWithinPage, CaseWithin } from './views.ts';
