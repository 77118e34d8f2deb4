import { problem } from '../../kernel/errors.ts';
import type { Employment, RosterGap } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Action } from '../../operation/permissions.ts';

/** 培训: what an agent was trained in, when, and until when it holds. */
export interface Training {
  what: string;
  on: Day;
  /** Its last day; null where it does not end. */
  validUntil: Day | null;
}

/** Somebody of a desk, by the subject of their token. */
export interface PersonRef {
  sub: string;
  name: string;
}

/** 代办员名册: one agent of a place. */
export interface RosterAgent extends PersonRef {
  employment: Employment;
  /** Codes of items this agent does not handle: what is sensitive, what asks for staff. */
  withheld: readonly string[];
  from: Day;
  /** The last day; null until it is ended. */
  until: Day | null;
  /** The B of this post (AB角), who stands in while the agent is absent. */
  standIn: PersonRef | null;
  training: readonly Training[];
}

/** How somebody stands in the roster of their desk. */
export interface RosterStanding {
  /** Whether the place keeps a roster: closed from its first entry on. */
  kept: boolean;
  entry: RosterAgent | null;
}

/** A place that keeps no roster asks nobody to stand in it. */
export const NO_ROSTER: RosterStanding = { kept: false, entry: null };

/** Whether an agent stands in the roster on a day. */
export function inRoster({ from, until }: RosterAgent, day: Day): boolean {
  return from <= day && (until === null || day <= until);
}

/** Whether some training of an agent's holds on a day. */
export function isTrained({ training }: Pick<RosterAgent, 'training'>, day: Day): boolean {
  return training.some((t) => t.on <= day && (t.validUntil === null || day <= t.validUntil));
}

/**
 * What a contracted helper (聘用、编外人员) may do as agent: take in, carry on and hand out, and keep the contacts. What
 * gives a case away, ends it, speaks in the applicant's place or looks into registers is for staff, and so is everything
 * an organ decides (《行政许可法》第二十四条: powers go to organs).
 */
export const HELPER_ACTIONS: readonly Action[] = [
  'FILE_CASE',
  'SUPPLEMENT_CASE',
  'FORWARD_CASE',
  'DELIVER_CASE',
  'LOG_CONTACT',
  'REVOKE_CONSENT',
  'REPORT_ABSENCE',
  'CLAIM_CASE',
  'WRITE_NOTE',
];

/**
 * Whether somebody may act as agent by the roster: where a place keeps one, only who stands in it; a contracted helper
 * within limits, trained, and nobody for an item that is withheld from them. Training that lapsed bars no staff, so that
 * a village with one agent goes on; it is listed as a gap.
 * @param item the case's, null where the action is about none
 * @throws {ProblemError} NOT_IN_ROSTER, HELPER_LIMITED, TRAINING_LAPSED, ITEM_WITHHELD
 */
export function requireRostered(standing: RosterStanding, action: Action, item: string | null, day: Day): void {
  const { kept, entry } = standing;
  const article = ARTICLES.agentRoster;
  if (!kept) return;
  if (!entry || !inRoster(entry, day)) {
    throw problem('NOT_IN_ROSTER', 'This place keeps a roster of its agents, and this person is not in it today.', {
      article,
    });
  }
  if (entry.employment === 'CONTRACTED') {
    if (!HELPER_ACTIONS.includes(action)) {
      throw problem('HELPER_LIMITED', `A contracted helper may not ${action}; staff of the desk do.`, { article });
    }
    if (!isTrained(entry, day)) {
      throw problem('TRAINING_LAPSED', 'A contracted helper acts while their training holds; it is over.', { article });
    }
  }
  if (item !== null && entry.withheld.includes(item)) {
    throw problem('ITEM_WITHHELD', `${item} is withheld from this agent by the roster.`, { article });
  }
}

/**
 * What a place's roster lacks on a day; empty when it has an agent, a stand-in for each, and training that holds.
 */
export function rosterGaps(roster: readonly RosterAgent[], day: Day): RosterGap[] {
  const agents = roster.filter((agent) => inRoster(agent, day));
  if (agents.length === 0) return ['NO_AGENT'];
  const gaps: RosterGap[] = [];
  if (agents.some((agent) => agent.standIn === null)) gaps.push('NO_STAND_IN');
  if (agents.some((agent) => !isTrained(agent, day))) gaps.push('TRAINING_LAPSED');
  return gaps;
}

/**
 * Whether an entry can stand: its term runs forward, and nobody is their own stand-in.
 * @throws {ProblemError} BAD_INPUT
 */
export function requireRosterEntry(agent: Omit<RosterAgent, 'training'>): void {
  if (agent.until !== null && agent.until < agent.from) {
    throw problem('BAD_INPUT', `A term from ${agent.from} can't end on ${agent.until}.`, { field: 'until' });
  }
  if (agent.standIn?.sub === agent.sub) {
    throw problem('BAD_INPUT', "A person can't stand in for themselves.", {
      field: 'standIn.sub',
      article: ARTICLES.standIns,
    });
  }
}
