import type { DivisionCode } from '../divisions.ts';
import type { CaseAgent, ProxyConsent, ProxyContact } from '../rules/proxy.ts';
import type { Viewer } from '../rules/permissions.ts';
import type { LogContactInput, RevokeConsentInput, TakeOverCasesInput } from './proxy-inputs.ts';

/** 代办 of one case, as this node knows it. */
export interface ProxyHandlingView {
  id: string;
  number: string;
  custodian: DivisionCode;
  consent: ProxyConsent;
  agent: CaseAgent;
  contacts: ProxyContact[];
  answeredBy: DivisionCode;
}

/** What was told of a case, and where it stands in the log now. */
export interface ProxyToldView {
  handling: ProxyHandlingView;
  /** The desk that holds the case and will write it there; null where it is written already. */
  carriedTo: DivisionCode | null;
}

/** A case asked for; it comes by a hand-off of its own, or stays where the village no longer holds it. */
export interface TakeOverView {
  id: string;
  /** The village that was asked. */
  from: DivisionCode;
}

/** 代办: what agents and their applicants tell of a case, wherever it is. */
export interface ProxyService {
  /** @throws {ProblemError} NOT_FOUND, FORBIDDEN; CONSENT_MISSING for a case nobody handles by proxy */
  ofCase(viewer: Viewer | null, id: string): Promise<ProxyHandlingView>;
  /** @throws {ProblemError} CONSENT_MISSING, CONSENT_REVOKED, CONSENT_EXPIRED, NOT_COMPETENT, CASE_IN_TRANSIT, BAD_INPUT */
  logContact(viewer: Viewer | null, input: LogContactInput): Promise<ProxyToldView>;
  /** @throws {ProblemError} CONSENT_MISSING, CONSENT_REVOKED, NOT_COMPETENT, CASE_IN_TRANSIT, BAD_INPUT */
  revokeConsent(viewer: Viewer | null, input: RevokeConsentInput): Promise<ProxyToldView>;
  /**
   * Asks villages of one's own township for cases, all of them or none.
   * @throws {ProblemError} NOT_COMPETENT for each case that is not of such a village, REASON_MISSING, FORBIDDEN
   */
  takeOver(viewer: Viewer | null, input: TakeOverCasesInput): Promise<TakeOverView[]>;
}
