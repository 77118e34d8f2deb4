export { feesService } from './fees-service.ts';
