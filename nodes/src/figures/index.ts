/** 统计: figures from facts with their watermarks, standardization, project figures. */
export { recordStandardization } from './standardization.ts';
export { countFacts, figureHandlers } from './handlers.ts';
