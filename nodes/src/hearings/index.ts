export { hearingsService } from './hearings-service.ts';
