/** 统一收费: bills, payments, waivers, refunds, the day's reconciliation. */
export { feeEntryOf, feeTotalsOf, reconciliationCsv } from './reconciliation.ts';
export type { FeeEntry, FeeEntryAction } from './reconciliation.ts';
export { dueOf, scheduleOf, sumsOf } from './rules.ts';
export type { CaseFeesView, FeesService } from './services.ts';
export { FEE_ACTIONS } from './state.ts';
export type { FeeLine } from './state.ts';
export { billFees, grantWaiver, payFees, proposeWaiver, receiptUsed, refundFees } from './steps.ts';
