/** 列表导出: lists of cases as workbooks. */
export { cellOf } from './cells.ts';
export type { Cell, SheetCase } from './cells.ts';
export { caseSheets } from './operations.ts';
export { MAX_SHEET_BYTES, MOST_ROWS } from './views.ts';
export type { CasesSheetView } from './views.ts';
