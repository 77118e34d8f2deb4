/** 内部备注: notes of desks on cases, sealed, carried with the case, kept as long as it. */
export { noteHandlers } from './handlers.ts';
export { NoteReceiver, carriedNotes, notesForRestored } from './note-messages.ts';
