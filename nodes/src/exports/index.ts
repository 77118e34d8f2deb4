export { exportCase } from './case-export.ts';
export type { ExportOptions } from './case-export.ts';
