import type { DivisionCode } from '../../kernel/divisions.ts';
import type { FeeLedger, FeeSums } from './rules.ts';
import type { FeeEntry, FeeTotals } from './reconciliation.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { BillFeesInput, GrantWaiverInput, PayFeesInput, ProposeWaiverInput, RefundFeesInput } from './inputs.ts';

/** What a case costs and what came in for it, as one node knows it. Amounts in fen. */
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

export interface FeesService {
  /** Several at once: the members of a bundle are paid together. */
  ofCases(viewer: Viewer | null, ids: readonly string[]): Promise<CaseFeesView[]>;
  bill(viewer: Viewer | null, input: BillFeesInput): Promise<CaseFeesView>;
  /** One receipt for one case, or for several of one bundle; all of them or none. */
  pay(viewer: Viewer | null, input: PayFeesInput): Promise<CaseFeesView[]>;
  proposeWaiver(viewer: Viewer | null, input: ProposeWaiverInput): Promise<CaseFeesView>;
  grantWaiver(viewer: Viewer | null, input: GrantWaiverInput): Promise<CaseFeesView>;
  refund(viewer: Viewer | null, input: RefundFeesInput): Promise<CaseFeesView>;
  reconciliation(viewer: Viewer | null, day: string, window: string): Promise<FeeReconciliationView>;
}
