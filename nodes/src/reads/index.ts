/** 查阅记录: which person read which personal data, recorded before the data is shown. */
export { readsHandlers } from './handlers.ts';
export { noteCommandRead, notePurposedRead, notePurposedReads, readsLog } from './reads-log.ts';
export type { CommandReader } from './reads-log.ts';
