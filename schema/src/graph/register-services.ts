import type { DivisionCode } from '../kernel/divisions.ts';
import type { AdmissionEntry, Fee, FeeChange } from '../domains/admission/rules.ts';
import type { ListEntry } from '../domains/admission/published-lists.ts';
import type { LegalBasis, LegalBasisChange, LegalBasisTask } from '../domains/legal-bases/rules.ts';
import type { Viewer } from '../operation/permissions.ts';
import type { AdmissionState, ListKind } from '../domains/catalogue/words.ts';
import type { Audience } from '../domains/catalogue/item-words.ts';
import type { AdmitItemInput, ChangeFeeInput, ExemptItemInput } from '../domains/admission/inputs.ts';
import type { ChangeLegalBasisInput, ConfirmLegalBasisInput } from '../domains/legal-bases/inputs.ts';

/** A delegation of an item that rests on a changed basis. */
export interface AffectedGrant {
  id: string;
  grantor: DivisionCode;
  grantee: DivisionCode;
}

export type LegalBasisTaskView = LegalBasisTask;

/** A change of the law as one node sees it: the nodes that lie in its division. */
export interface LegalBasisChangeView {
  change: LegalBasisChange;
  tasks: LegalBasisTaskView[];
  grants: AffectedGrant[];
  answeredBy: DivisionCode;
}

export interface LegalBasesService {
  /** What an item rests on, by its newest published version here; empty where its basis names nothing. */
  basesOf(item: string): Promise<LegalBasis[]>;
  /** @param most 1 to 200 */
  changes(viewer: Viewer | null, most: number): Promise<LegalBasisChangeView[]>;
  change(viewer: Viewer | null, input: ChangeLegalBasisInput): Promise<LegalBasisChangeView>;
  confirm(viewer: Viewer | null, input: ConfirmLegalBasisInput): Promise<LegalBasisChangeView>;
}

/** Where one item stands at a node. */
export interface AdmittedItemView {
  item: string;
  state: AdmissionState;
  entry: AdmissionEntry | null;
}

/** 进驻情况 of a node on a day: every item it accepts or decides, and its fees. */
export interface AdmissionView {
  division: DivisionCode;
  day: string;
  items: AdmittedItemView[];
  fees: Fee[];
  /** Newest first. */
  feeChanges: FeeChange[];
}

export interface AdmissionService {
  admission(): Promise<AdmissionView>;
  publishedList(kind: ListKind, audience: Audience | null): Promise<ListEntry[]>;
  admit(viewer: Viewer | null, input: AdmitItemInput): Promise<AdmissionView>;
  exempt(viewer: Viewer | null, input: ExemptItemInput): Promise<AdmissionView>;
  changeFee(viewer: Viewer | null, input: ChangeFeeInput): Promise<AdmissionView>;
}
