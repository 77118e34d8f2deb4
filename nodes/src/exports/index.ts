/** Cases exported with their proofs. */
export { exportCase } from './case-export.ts';
export type { ExportOptions } from './case-export.ts';
