/** 项目: kept by county or city, told to every node concerned, their cases over all tiers. */
export { handOverProjects } from './closing.ts';
export { ProjectKeeper } from './project-keeper.ts';
export { casesInProjectsOf, findKeptBy, findOwn, findStanding, lockProjects } from './project-store.ts';
export { projectsService } from './projects-service.ts';
