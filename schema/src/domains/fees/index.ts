/** 统一收费: bills, payments, waivers, refunds, the day's reconciliation. */
export { fees } from './operations.ts';
export { feeEntryOf, feeTotalsOf, reconciliationCsv } from './reconciliation.ts';
export type { FeeEntry, FeeEntryAction } from './reconciliation.ts';
export { dueOf, sumsOf } from './rules.ts';
export { FEE_ACTIONS } from './state.ts';
export type { FeeLine } from './state.ts';
export { payFees, receiptUsed } from './steps.ts';
export type { CaseFeesView } from './views.ts';
