/** Papers drawn as pages and print sheets, in processes of their own. */
export { Renderer } from './renderer.ts';
export type { Drawing, SheetPaper, SheetTask } from './tasks.ts';
