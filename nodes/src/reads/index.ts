export { readsService } from './reads-service.ts';
