/** 查阅记录: who read which personal data, written before it is shown. */
export { readsHandlers } from './handlers.ts';
export { noteCommandRead, readsLog } from './reads-log.ts';
export type { CommandReader } from './reads-log.ts';
