import { problem } from '../../kernel/errors.ts';
import type { FiledData, LogActor, LogEntry, LogLine } from '../../case/log-line.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { ConsentWay, ContactParty, ContactWay } from './words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';

/** 委托: the powers the applicant gave, and until when. */
export interface ProxyConsent {
  way: ConsentWay;
  givenAt: Date;
  /** The agent's powers; null in logs of an earlier form. */
  scope: string | null;
  /** Its first day; null for the day it was given. */
  from: Day | null;
  /** Its last day; null until the case ends. */
  until: Day | null;
  revokedAt: Date | null;
}

/** 联系记录: one contact of the agent. */
export interface ProxyContact {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  with: ContactParty;
  way: ContactWay;
  what: string;
}

/** 代办员 of one case: a person, or the proxy team of a desk if none of its people is named. */
export interface CaseAgent {
  node: DivisionCode;
  /** Null for the desk's whole team. */
  sub: string | null;
  name: string | null;
}

/** 代办: the proxy handling in a case's log. */
export interface ProxyHandling {
  consent: ProxyConsent;
  contacts: ProxyContact[];
  /** The case's agent, at whichever desk the case is. */
  agent: CaseAgent;
  /** The agent before the case was handed to another desk, until that desk has it. */
  agentBefore: CaseAgent | null;
  /** Ids of the changes of agent in its log. */
  changes: string[];
}

/**
 * The proxy handling after a filing. Filing a draft keeps an earlier revocation and all contacts.
 * @param filer the person who takes the case in, and is its agent from then on
 */
export function proxyOf(
  consent: FiledData['consent'],
  before: ProxyHandling | null,
  filer: CaseAgent,
): ProxyHandling | null {
  if (!consent) return before;
  const { way, givenAt, scope = null, from = null, until = null } = consent;
  const given = { way, givenAt: new Date(givenAt), scope, from, until };
  const goesOn = before ?? { contacts: [], agent: filer, agentBefore: null, changes: [] };
  return { ...goesOn, consent: { ...given, revokedAt: before?.consent.revokedAt ?? null } };
}

/**
 * The proxy handling while the case is under way to another desk of its township. The person who took it over is its
 * agent from then on; if it was only handed over, that desk's team is.
 */
export function afterTransfer(
  proxy: ProxyHandling | null,
  { actor, data: { to, takenOver } }: Pick<LogLine & { action: 'TRANSFERRED' }, 'actor' | 'data'>,
): ProxyHandling | null {
  if (!proxy) return null;
  const agent = takenOver ? { node: to, sub: actor.sub, name: actor.name } : { node: to, sub: null, name: null };
  return { ...proxy, agent, agentBefore: proxy.agent };
}

/** The proxy handling after a hand-off has arrived, or was refused and had no effect. */
export function afterArrival(proxy: ProxyHandling | null, refused: boolean): ProxyHandling | null {
  if (!proxy?.agentBefore) return proxy;
  return { ...proxy, agent: refused ? proxy.agentBefore : proxy.agent, agentBefore: null };
}

/** The lines of proxy handling. */
export const PROXY_ACTIONS = ['CONTACTED', 'CONSENT_REVOKED', 'AGENT_CHANGED'] as const;

type ProxyLine = Extract<LogEntry, { action: (typeof PROXY_ACTIONS)[number] }>;

/** The proxy handling after one more of its lines; null if the line is not allowed. */
export function afterProxyLine(
  proxy: ProxyHandling | null,
  line: ProxyLine & { node: DivisionCode; actor: LogActor },
  at: Date,
): ProxyHandling | null {
  if (!proxy || proxy.consent.revokedAt) return null;
  switch (line.action) {
    case 'CONTACTED': {
      const contact = { at, node: line.node, actor: line.actor, ...line.data };
      return { ...proxy, contacts: [...proxy.contacts, contact] };
    }
    case 'CONSENT_REVOKED':
      return { ...proxy, consent: { ...proxy.consent, revokedAt: at } };
    case 'AGENT_CHANGED': {
      const { change, from, to } = line.data;
      if (!isSameAgent(from, proxy.agent)) return null;
      return { ...proxy, agent: to, changes: [...proxy.changes, change] };
    }
    default:
      return line satisfies never;
  }
}

export function isSameAgent(one: CaseAgent, other: CaseAgent): boolean {
  return one.node === other.node && one.sub === other.sub;
}

/**
 * An agent acts only while the applicant's consent is in effect (民法典 Art. 173: an agency ends with its term and with
 * its revocation). A case without a consent belongs to the desk, and passes.
 * @throws {ProblemError} CONSENT_REVOKED, CONSENT_EXPIRED
 */
export function requireConsent(
  proxy: { consent: Pick<ProxyConsent, 'from' | 'until' | 'revokedAt'> } | null,
  today: Day,
): void {
  if (!proxy) return;
  const { from, until, revokedAt } = proxy.consent;
  const article = ARTICLES.proxyEnds;
  if (revokedAt) {
    throw problem('CONSENT_REVOKED', "The applicant took the consent back; the desk's clerks go on with the case.", {
      article,
    });
  }
  if (until !== null && until < today) {
    throw problem('CONSENT_EXPIRED', `The applicant's consent ended on ${until}.`, { article });
  }
  if (from !== null && from > today) {
    throw problem('CONSENT_MISSING', `The applicant's consent begins on ${from}.`, { article: ARTICLES.proxyConsent });
  }
}

/** Seven digits and more in a row: a phone, an identity number, a bank account, a case's own number. */
const LONG_NUMBER = /[\d\uFF10-\uFF19](?:[\s-]?[\d\uFF10-\uFF19]){6,}/;

/**
 * Every desk on the case's way reads the log, so the text on a contact must not have a person's identity or phone
 * number.
 * @throws {ProblemError} BAD_INPUT
 */
export function requireNoPersonalData(text: string, field: string): void {
  if (!LONG_NUMBER.test(text)) return;
  throw problem('BAD_INPUT', 'Write down what it was about; no phone, identity or account numbers.', {
    article: ARTICLES.leastData,
    field,
  });
}
