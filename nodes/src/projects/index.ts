export { ProjectKeeper } from './project-keeper.ts';
export { findKeptBy, findStanding, lockProjects } from './project-store.ts';
export { projectsService } from './projects-service.ts';
