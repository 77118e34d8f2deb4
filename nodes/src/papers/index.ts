/** 阅卷: papers of cases read on screen, by short-lived addresses for one reader. */
export { papersHandlers } from './handlers.ts';
export { Renderer } from './rendering/index.ts';
