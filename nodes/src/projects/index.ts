export { ProjectKeeper } from './project-keeper.ts';
export { findKeptBy, findStanding } from './project-store.ts';
export { projectsService } from './projects-service.ts';
