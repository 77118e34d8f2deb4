export type { Subject } from './failures.ts';
export { Failures } from './failures.ts';
export type { KeyPage } from './readable-page.ts';
export { readablePage } from './readable-page.ts';
