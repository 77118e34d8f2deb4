/** Papers drawn as pages and print sheets, in processes of their own. */
export { MAX_SHEET_INPUT } from './limits.ts';
export { Renderer } from './renderer.ts';
export type { Drawing, SheetPaper, SheetTask } from './tasks.ts';
