export { jointService, lapseSilentParties } from './joint-service.ts';
