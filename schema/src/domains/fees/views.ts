import type { DivisionCode } from '../../kernel/divisions.ts';
import { listOf, view } from '../../operation/operation.ts';
import type { FeeLedger, FeeSums } from './rules.ts';
import type { FeeEntry, FeeTotals } from './reconciliation.ts';

/** A case's charges and payments, as one node knows them. Amounts in fen. */
export interface CaseFeesView {
  id: string;
  number: string;
  item: string;
  fees: FeeLedger;
  sums: FeeSums;
  dueFen: number;
  answeredBy: DivisionCode;
}

/** 日对账 of one fee window. */
export interface FeeReconciliationView {
  division: DivisionCode;
  day: string;
  window: string;
  entries: FeeEntry[];
  totals: FeeTotals;
  /** The entries as CSV, with a last line of totals; amounts in fen. */
  csv: string;
}

export const CaseFees = view<CaseFeesView>('CaseFees', { type: 'CaseFeesPayload', field: 'fees' });
/** The cases that were paid with one receipt. */
export const PaidFees = listOf(view<CaseFeesView>('CaseFees', { type: 'PayFeesPayload', field: 'fees' }));
export const FeeReconciliation = view<FeeReconciliationView>('FeeReconciliation');
