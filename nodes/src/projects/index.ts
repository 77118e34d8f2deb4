/** 项目: kept by county or city, told to every node concerned, their cases over all tiers. */
export { handOverProjects } from './closing.ts';
export { projectHandlers } from './handlers.ts';
export { ProjectKeeper } from './project-keeper.ts';
export { casesInProjectsOf, findKeptBy, findOwn, findProject, findStanding, lockProjects } from './project-store.ts';
export type { ApprovalParts } from './approval-views.ts';
export { approvalOf } from './approval-views.ts';
