/** 查阅记录: who read which personal data, written before it is shown. */
export { noteCommandRead, readsService } from './reads-service.ts';
export type { CommandReader } from './reads-service.ts';
