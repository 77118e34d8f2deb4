import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import { isClosed } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { mayFollow } from '../../case/case-life.ts';
import type { CaseAgent } from '../proxy/rules.ts';
import { isSameAgent } from '../proxy/rules.ts';
import type { PersonRef } from './rules.ts';

/** 代办员缺岗: an agent's absence, from a day to a day. */
export interface Absence {
  id: string;
  agent: PersonRef;
  from: Day;
  /** The last day. */
  until: Day;
  reason: string;
  /** The first day the agent was back early; null if the absence was not ended early. */
  endedOn: Day | null;
  /** The stand-in by the roster; null if there is none, and the township's proxy team takes over. */
  standIn: PersonRef | null;
}

/** Whether the agent is away on a day. */
export function isAway({ from, until, endedOn }: Absence, day: Day): boolean {
  return from <= day && day <= until && (endedOn === null || day < endedOn);
}

/** Whether the absence is over on a day. */
export function isBack({ until, endedOn }: Absence, day: Day): boolean {
  return until < day || (endedOn !== null && endedOn <= day);
}

/**
 * Where an absent agent's case goes: to another agent, who looks after it at whichever desk it is; to the township's
 * team together with its custody (帮办接办); or nowhere, and the desk's clerks go on with it.
 */
export type PassOn = { way: 'AGENT'; to: CaseAgent } | { way: 'TAKE_OVER'; to: DivisionCode } | { way: 'LEFT' };

/**
 * Where a case of an absent agent goes. A stand-in gets it at once. Without a stand-in a village's case goes to its
 * township's team. The case is handed over if the village holds it and it is not accepted yet; if the township has held
 * it, the team only becomes its agent. A decided case that waits in the village for its delivery stays, since the
 * applicant collects the result there.
 * @param node the agent's desk
 */
export function passOn(node: DivisionCode, file: CaseFile, standIn: PersonRef | null, divisions: Divisions): PassOn {
  if (standIn) return { way: 'AGENT', to: { node, ...standIn } };
  const { tier, parent } = divisions.get(node);
  const team = { sub: null, name: null };
  // a township's own agent belongs to its team
  if (tier !== 'VILLAGE' || parent === null) return { way: 'AGENT', to: { node, ...team } };
  if (file.custodian === node) {
    return mayFollow('TRANSFERRED', file.state) ? { way: 'TAKE_OVER', to: parent } : { way: 'LEFT' };
  }
  return file.holders.includes(parent) ? { way: 'AGENT', to: { node: parent, ...team } } : { way: 'LEFT' };
}

/**
 * Whether a case passed on goes back to the agent after the absence: it is open, no other agent has taken it since, its
 * custody has not gone to the township's team, and the agent is still in the roster.
 */
export function comesBack(file: CaseFile, passedTo: CaseAgent, agentInRoster: boolean): boolean {
  if (isClosed(file.state) || !file.proxy || file.proxy.consent.revokedAt !== null) return false;
  return agentInRoster && isSameAgent(file.proxy.agent, passedTo);
}

/**
 * Checks that an absence can be recorded.
 * @throws {ProblemError} BAD_INPUT, REASON_MISSING, ABSENCE_CONFLICT
 */
export function requireAbsence(
  made: Pick<Absence, 'agent' | 'from' | 'until' | 'reason'>,
  kept: readonly Absence[],
  today: Day,
): void {
  const article = ARTICLES.standIns;
  if (made.until < made.from) {
    throw problem('BAD_INPUT', `An absence from ${made.from} can't end on ${made.until}.`, { field: 'until' });
  }
  if (made.until < today) throw problem('BAD_INPUT', 'An absence that is over passes nothing on.', { field: 'until' });
  if (made.reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { article, field: 'reason' });
  const open = kept.filter((a) => a.agent.sub === made.agent.sub && !isBack(a, today));
  if (open.some((a) => a.from <= made.until && made.from <= a.until)) {
    throw problem('ABSENCE_CONFLICT', `${made.agent.name} is away in that time already.`, { article, field: 'from' });
  }
}
