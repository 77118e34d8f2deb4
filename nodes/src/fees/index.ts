/** 统一收费: bills, payments, waivers, refunds, receipt numbers, the day's reconciliation. */
export { feeEntries, feesService } from './fees-service.ts';
