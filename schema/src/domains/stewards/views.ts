import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type { NextItem } from '../projects/approvals.ts';
import type { ProjectCaseView } from '../projects/views.ts';
import type { Asker } from '../enquiries/rules.ts';

/** 管家: the person of the desk who looks after an enterprise. */
export interface Steward {
  sub: string;
  name: string;
  since: Date;
}

/** An enterprise's open cases, as far as one desk knows them, and what can be applied for next. */
export interface EnterpriseApprovals {
  cases: ProjectCaseView[];
  nextItems: NextItem[];
}

/** An enterprise with a steward at a desk. */
export interface EnterpriseView {
  id: string;
  /** The desk whose steward it has. */
  division: DivisionCode;
  name: string;
  /** Its unified social credit code, masked. */
  code: string;
  /** 联络员: the enterprise's own person; the phone is masked. */
  contact: Asker;
  /** Null where the steward's post ended: the chief names another. */
  steward: Steward | null;
  namedBy: string;
  namedAt: Date;
  /** Null while it lasts. */
  ended: { at: Date; reason: string } | null;
  /** Null for people who neither are its steward nor supervise the desk. */
  approvals(): Promise<EnterpriseApprovals | null>;
}

/** 管家凭证: shows other desks of the division whose steward the person is. */
export interface StewardPassView {
  pass: string;
  until: Date;
}

/** An enterprise's cases that one desk holds. */
export interface EnterpriseCasesView extends EnterpriseApprovals {
  answeredBy: DivisionCode;
}

export const Enterprise = view<EnterpriseView>('Enterprise');
export const StewardPass = view<StewardPassView>('StewardPass');
export const EnterpriseCases = view<EnterpriseCasesView>('EnterpriseCases');
