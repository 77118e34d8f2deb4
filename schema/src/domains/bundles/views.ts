import type { DivisionCode } from '../../kernel/divisions.ts';
import type { BundleMemberStatus, BundleState, CaseState } from '../../case/words.ts';
import { view } from '../../operation/operation.ts';

export interface BundleMemberView {
  item: string;
  status: BundleMemberStatus;
  case: { id: string; number: string; state: CaseState; custodian: DivisionCode } | null;
  /** Why the clockwork could not file it yet; an error code. */
  fault: string | null;
}

/** 一件事进度: no personal data. */
export interface BundleView {
  id: string;
  item: string;
  node: DivisionCode;
  place: DivisionCode;
  filedAt: Date;
  state: BundleState;
  total: number;
  succeeded: number;
  failed: number;
  members: BundleMemberView[];
}

/** A bundle as it was filed, with the code its applicant follows it by. */
export interface FiledBundleView {
  bundle: BundleView;
  trackingCode: string;
}

export const Bundle = view<BundleView>('Bundle', { type: 'DeliverBundlePayload', field: 'bundle' });
/** Its payload has two fields and is written by hand. */
export const FiledBundle = view<FiledBundleView>('FiledBundle', { type: 'FileBundlePayload', field: 'bundle' });
