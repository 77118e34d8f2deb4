import type { DivisionCode } from '../kernel/divisions.ts';
import type { LegalBasis, LegalBasisChange, LegalBasisTask } from '../domains/legal-bases/rules.ts';
import type { Viewer } from '../operation/permissions.ts';
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
