/** 内部备注: what desks note on a case for each other and their supervisors; no part of the signed log. */
export { caseNoteSchema, noteSchema } from './messages.ts';
export type { CaseNoteMessage, Note } from './messages.ts';
export { notes } from './operations.ts';
export { requireNoteReader, writeNote } from './rules.ts';
export type { CaseNoteView } from './views.ts';
