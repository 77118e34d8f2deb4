/** 阅卷: the papers of a case read on screen, by short-lived addresses. */
export { papers } from './operations.ts';
export { papersOf } from './rules.ts';
export type { Paper } from './rules.ts';
export { ADDRESS_MS, MAX_PAGE_BYTES } from './views.ts';
export { MAX_PART_BYTES } from '../../wire/sizes.ts';
export type { PaperAddressView, PaperPageView, PaperPartView } from './views.ts';
export { FILE_TYPES, isDrawn, isShownInline } from './words.ts';
export type { FileForm } from './words.ts';
