import type { ProjectStage } from './words.ts';

/**
 * 牵头部门 by stage of a construction project (投资建设项目): natural resources lead up to the planning permits, housing
 * and construction from the building permit on. Source: {@link ARTICLES.projectLeads}, as 徐州 carries it out.
 */
export const STAGE_LEADS: Readonly<Record<ProjectStage, string>> = {
  LAND_PLANNING: '自然资源和规划',
  CONSTRUCTION_PLANNING: '自然资源和规划',
  CONSTRUCTION: '住房城乡建设',
  COMPLETION: '住房城乡建设',
};
