export { noteCommandRead, readsService } from './reads-service.ts';
export type { CommandReader } from './reads-service.ts';
