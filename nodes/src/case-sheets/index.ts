/** 列表导出: lists of cases as Excel workbooks. */
export { caseSheetHandlers } from './handlers.ts';
export { sheetOfCases } from './sheet.ts';
