import type { DivisionCode } from '../../kernel/divisions.ts';
import type { MissingMaterial } from '../../case/log-line.ts';
import type { CaseState } from '../../case/words.ts';
import { view } from '../../operation/operation.ts';
import type { AgentWait } from './agent-cases.ts';
import type { CaseAgent, ProxyConsent, ProxyContact } from './rules.ts';

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

/** An event reported for a case, and its state in the log now. */
export interface ProxyToldView {
  handling: ProxyHandlingView;
  /** The custodian that will record it; null if it is already recorded. */
  carriedTo: DivisionCode | null;
}

/** A case that was asked for. It comes by a hand-off of its own, or stays if the village no longer holds it. */
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
  /** Null for people who do not handle the case, and if only its progress is known here. */
  applicant: string | null;
  agent: CaseAgent;
  state: CaseState;
  custodian: DivisionCode;
  inTransitTo: DivisionCode | null;
  waits: AgentWait[];
  /** The next deadline: of a waiting task, or of the running limit; null if there is none. */
  dueAt: Date | null;
  /** Days of the promise left; null before acceptance. */
  remainingDays: number | null;
  missing: MissingMaterial[];
  /** When the last line of its log came in here. */
  lastAt: Date;
  answeredBy: DivisionCode;
}

export const ProxyHandling = view<ProxyHandlingView>('ProxyHandling');
export const AgentCase = view<AgentCaseView>('AgentCase');
/** The reported event; its payload has two fields and is written by hand. */
export const ProxyTold = view<ProxyToldView>('ProxyTold');
export const TakeOver = view<TakeOverView>('TakeOver', { type: 'TakeOverCasesPayload', field: 'asked' });
