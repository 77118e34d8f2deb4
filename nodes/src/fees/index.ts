export { feeEntries, feesService } from './fees-service.ts';
