import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type * as rules from './rules.ts';

/** A delegation of an item that rests on a changed basis. */
export interface AffectedGrant {
  id: string;
  grantor: DivisionCode;
  grantee: DivisionCode;
}

/** A change of the law as one node sees it, with the nodes in its division. */
export interface LegalBasisChangeView {
  change: rules.LegalBasisChange;
  tasks: rules.LegalBasisTask[];
  grants: AffectedGrant[];
  answeredBy: DivisionCode;
}

export const LegalBasis = view<rules.LegalBasis>('LegalBasis');
export const LegalBasisChange = view<LegalBasisChangeView>('LegalBasisChange', {
  type: 'LegalBasisPayload',
  field: 'change',
});
