/** 统计: figures from facts with their watermarks, standardization, project figures. */
export { recordStandardization } from './standardization.ts';
export type { FiguresParts } from './figures.ts';
export { countFacts, figuresService } from './figures.ts';
