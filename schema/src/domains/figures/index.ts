/** 统计: facts, rollups, standardization, project figures. */
export { MEASURES, factSchema, factsOf } from './facts.ts';
export type { Fact, Measure } from './facts.ts';
export { projectFactOf, projectFactSchema, projectFiguresOf, totalDaysOf } from './project-figures.ts';
export type { ProjectFact, ProjectFigures } from './project-figures.ts';
export { figures } from './operations.ts';
export type { Figures, ProjectRollupView, ProxyFigures, RollupView, StandardizationView, Watermark } from './views.ts';
export { standardizationOf, standardizationSchema } from './standardization.ts';
export type { Standardization } from './standardization.ts';
