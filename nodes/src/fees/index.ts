/** 统一收费: bills, payments, waivers, refunds, receipt numbers, the day's reconciliation. */
export { feeEntries } from './fee-entries.ts';
export { feeHandlers, feesOf, feesReader } from './handlers.ts';
