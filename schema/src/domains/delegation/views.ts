import type { DivisionCode } from '../../kernel/divisions.ts';
import type { GrantAnswer, GrantRequest } from './messages.ts';
import type { Route } from '../../case/competence.ts';
import type { GrantRecord } from './rules.ts';
import { view } from '../../operation/operation.ts';
import type { GrantState } from './words.ts';

/** A grant as one node has it today. */
export interface GrantView extends GrantRecord {
  grantJws: string;
  state: GrantState;
  answeredBy: DivisionCode;
}

export interface GrantRequestView extends GrantRequest {
  /** The grantor's decline; null while it did not. */
  declined: GrantAnswer | null;
}

export interface CompetenceView extends Route {
  item: string;
  place: DivisionCode;
  answeredBy: DivisionCode;
}

export const Competence = view<CompetenceView>('Competence');
export const Delegation = view<GrantView>('Delegation');
export const DelegationRequest = view<GrantRequestView>('DelegationRequest', {
  type: 'DelegationRequestPayload',
  field: 'request',
});
