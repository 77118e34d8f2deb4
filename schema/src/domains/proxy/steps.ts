import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { LogActor } from '../../case/log-line.ts';
import type { AgentChangeReason, ConsentWay, ContactParty, ContactWay } from './words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { hasPart } from '../../case/case-file.ts';
import type { Desk, LineDraft, Step } from '../../case/step-context.ts';
import type { CaseAgent } from './rules.ts';
import { isSameAgent, requireConsent, requireNoPersonalData } from './rules.ts';
import { mayTransfer } from '../handling/hand-off.ts';
import type { Post } from '../../case/step-rules.ts';
import { actAs, handOff, oneLine, requireCustody, requireFollows, requireReason } from '../../case/step-rules.ts';

/** One contact to be recorded. */
export interface Contact {
  with: ContactParty;
  way: ContactWay;
  what: string;
}

/** An event of proxy handling, reported at a desk that may no longer hold the case. */
export type ProxyEvent =
  | { action: 'CONTACTED'; data: Contact }
  | { action: 'CONSENT_REVOKED'; data: { way: ConsentWay; reason: string | null } }
  | { action: 'AGENT_CHANGED'; data: AgentChange };

/** 代办交接: the former and the new agent, and the reason. */
export interface AgentChange {
  change: string;
  from: CaseAgent;
  to: CaseAgent;
  reason: AgentChangeReason;
}

/**
 * The person who reports a contact or a revocation, at the desk that took the case in or at the one that holds it.
 * @throws {ProblemError} FORBIDDEN, NOT_COMPETENT
 */
export function proxyTeller(
  desk: Post,
  file: CaseFile,
  event: Exclude<ProxyEvent, { action: 'AGENT_CHANGED' }>,
): LogActor {
  const actor = actAs(desk, event.action === 'CONTACTED' ? 'LOG_CONTACT' : 'REVOKE_CONSENT', file);
  if (!hasPart(desk.node, file)) {
    throw problem('NOT_COMPETENT', `${desk.node} never held ${file.id}.`, { article: ARTICLES.proxyConsent });
  }
  proxyEvent(file, actor, event, desk.now);
  return actor;
}

/**
 * Records a contact of the agent (代办联系记录), or the applicant's revocation of the consent, at the desk that holds the
 * case.
 * @throws {ProblemError} CONSENT_MISSING for a case without proxy handling; CONSENT_REVOKED, CONSENT_EXPIRED, BAD_INPUT
 */
export function proxyEvent(file: CaseFile, actor: LogActor, event: ProxyEvent, now: Date): Step {
  requireFollows(file, event.action);
  if (!file.proxy) {
    throw problem('CONSENT_MISSING', 'The case has no proxy agent.', { article: ARTICLES.proxyConsent });
  }
  if (file.proxy.consent.revokedAt) requireConsent(file.proxy, dayOf(now));
  switch (event.action) {
    case 'CONTACTED':
      requireConsent(file.proxy, dayOf(now));
      requireNoPersonalData(event.data.what, 'what');
      break;
    case 'CONSENT_REVOKED':
      requireNoPersonalData(event.data.reason ?? '', 'reason');
      break;
    case 'AGENT_CHANGED':
      requireChange(file, event.data);
      break;
    default:
      event satisfies never;
  }
  const line: LineDraft = { ...event, actor, note: null };
  return oneLine(line);
}

/** @throws {ProblemError} CONSENT_MISSING, NOT_COMPETENT for a desk that never held the case, ILLEGAL_STEP */
function requireChange(file: CaseFile, { from, to }: AgentChange): void {
  const { id, proxy } = file;
  if (!hasPart(to.node, file)) {
    throw problem('NOT_COMPETENT', `${to.node} never held ${id}.`, { article: ARTICLES.proxyConsent });
  }
  if (proxy && !isSameAgent(proxy.agent, from)) {
    throw problem('ILLEGAL_STEP', `${id} is looked after by ${proxy.agent.name ?? proxy.agent.node} by now.`);
  }
}

/** Whether a township's proxy team may take a case over from a desk: only from a village of its own. */
export function mayTakeOver(township: DivisionCode, from: DivisionCode, divisions: Divisions): boolean {
  return divisions.find(township)?.tier === 'TOWNSHIP' && mayTransfer({ node: township, divisions }, from);
}

/**
 * Hands a village's case over to its township's proxy team (帮办接办). Either a person of the team asked for it, who is its
 * agent from then on, or the village's agent is absent and has no stand-in.
 * @param by the person who asked at the township, or who recorded the absence
 * @throws {ProblemError} NOT_COMPETENT, NOT_CUSTODIAN, CASE_IN_TRANSIT, ILLEGAL_STEP, REASON_MISSING
 */
export function takeOverCase(
  { node, divisions }: Pick<Desk, 'node' | 'divisions'>,
  file: CaseFile,
  township: DivisionCode,
  by: LogActor,
  reason: string,
  asked = true,
): Step {
  if (!mayTakeOver(township, node, divisions)) {
    throw problem('NOT_COMPETENT', `${township} takes over cases of its own villages only, not of ${node}.`, {
      article: ARTICLES.postDuties,
    });
  }
  requireReason(reason, ARTICLES.postDuties);
  requireCustody(node, file);
  requireFollows(file, 'TRANSFERRED');
  return handOff({ action: 'TRANSFERRED', actor: by, note: reason }, township, file, asked ? { takenOver: true } : {});
}
