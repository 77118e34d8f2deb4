import type { DivisionCode } from '../../kernel/divisions.ts';
import type { GrantAnswer, GrantRequest } from './messages.ts';
import type { Route } from '../../case/competence.ts';
import type { CaseFacts, GrantRecord } from './rules.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { GrantState } from './words.ts';
import type { AnswerGrantInput, EndDelegationInput, GrantPowerInput, RequestPowerInput } from '../../graph/inputs.ts';

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

export interface DelegationService {
  /** @throws {ProblemError} ITEM_UNKNOWN, UNKNOWN_DIVISION, COMPETENCE_UNRESOLVED */
  competence(item: string, place: DivisionCode, facts: CaseFacts): Promise<CompetenceView>;
  list(item: string | null): Promise<GrantView[]>;
  requests(viewer: Viewer | null): Promise<GrantRequestView[]>;
  grant(viewer: Viewer | null, input: GrantPowerInput): Promise<GrantView>;
  request(viewer: Viewer | null, input: RequestPowerInput): Promise<GrantRequestView>;
  declineRequest(viewer: Viewer | null, input: EndDelegationInput): Promise<GrantRequestView>;
  answer(viewer: Viewer | null, input: AnswerGrantInput): Promise<GrantView>;
  revoke(viewer: Viewer | null, input: EndDelegationInput): Promise<GrantView>;
  handBack(viewer: Viewer | null, input: EndDelegationInput): Promise<GrantView>;
}
