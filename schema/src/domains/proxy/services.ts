import type { DivisionCode } from '../../kernel/divisions.ts';
import type { MissingMaterial } from '../../case/log-line.ts';
import type { AgentWait } from './agent-cases.ts';
import type { CaseAgent, ProxyConsent, ProxyContact } from './rules.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { CaseState } from '../../case/words.ts';
import type { Page, PageRequest } from '../../operation/answers.ts';
import type { LogContactInput, RevokeConsentInput, TakeOverCasesInput } from './inputs.ts';

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

/** One case of an agent's list, from what the agent's own desk knows. */
export interface AgentCaseView {
  id: string;
  number: string;
  item: string;
  /** Null for whoever does not handle the case, and where only its progress is known here. */
  applicant: string | null;
  agent: CaseAgent;
  state: CaseState;
  custodian: DivisionCode;
  inTransitTo: DivisionCode | null;
  waits: AgentWait[];
  /** When the next thing ends: what waits, or the limit that runs; null where nothing does. */
  dueAt: Date | null;
  /** Days of the promise left; null before acceptance. */
  remainingDays: number | null;
  missing: MissingMaterial[];
  /** When the last line of its log came in here. */
  lastAt: Date;
  answeredBy: DivisionCode;
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
  /**
   * An agent's open cases over all tiers, and closed ones whose first-asked report waits; what ends first comes first.
   * @param agent subject of the agent; null for whoever asks
   * @throws {ProblemError} FORBIDDEN, BAD_INPUT
   */
  agentCases(viewer: Viewer | null, agent: string | null, page: PageRequest): Promise<Page<AgentCaseView>>;
}
