/** Work over many cases or nodes that goes on after a failure, logs it once and counts it. */
export type { Subject } from './failures.ts';
export { Failures } from './failures.ts';
export type { KeyPage } from './readable-page.ts';
export { readablePage } from './readable-page.ts';
