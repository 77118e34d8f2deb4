/** 阅卷: the papers of a case read on screen, by short-lived addresses. */
export { papers } from './operations.ts';
export { papersOf } from './rules.ts';
export type { Paper } from './rules.ts';
export { ADDRESS_MS, MAX_PART_BYTES } from './views.ts';
export type { PaperAddressView, PaperPartView } from './views.ts';
export { isShownInline } from './words.ts';
