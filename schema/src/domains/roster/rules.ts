import { problem } from '../../kernel/errors.ts';
import type { Employment, Role, RosterGap } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import type { Action, Viewer } from '../../operation/permissions.ts';
import { requireKeeper } from '../../operation/permissions.ts';

/** 培训: the subject of a training, its day, and until when it is valid. */
export interface Training {
  what: string;
  on: Day;
  /** Its last day; null if it does not end. */
  validUntil: Day | null;
}

/** A person of a desk, by the subject of their token. */
export interface PersonRef {
  sub: string;
  name: string;
}

/** 代办员名册: one agent of a place. */
export interface RosterAgent extends PersonRef {
  employment: Employment;
  /** Codes of items this agent does not handle: sensitive ones, and ones that need staff. */
  withheld: readonly string[];
  from: Day;
  /** The last day; null until it is ended. */
  until: Day | null;
  /** The B of this post (AB角), who stands in while the agent is absent. */
  standIn: PersonRef | null;
  training: readonly Training[];
}

/** A person's standing in the roster of their desk. */
export interface RosterStanding {
  /** Whether the place keeps a roster. From its first entry on, only listed people may act as agents. */
  kept: boolean;
  entry: RosterAgent | null;
}

/** Standing at a place without a roster: no person needs an entry. */
export const NO_ROSTER: RosterStanding = { kept: false, entry: null };

/** Whether an agent is in the roster on a day. */
export function inRoster({ from, until }: RosterAgent, day: Day): boolean {
  return from <= day && (until === null || day <= until);
}

/** Whether one of an agent's trainings is valid on a day. */
export function isTrained({ training }: Pick<RosterAgent, 'training'>, day: Day): boolean {
  return training.some((t) => t.on <= day && (t.validUntil === null || day <= t.validUntil));
}

/**
 * Actions a contracted helper (聘用、编外人员) may do as agent: take in, carry on and hand out cases, and keep the contacts.
 * Only staff may give a case away, end it, speak for the applicant or look into registers. Decisions of an organ are
 * for staff too (《行政许可法》第二十四条: powers go to organs).
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
 * Checks by the roster that a person may act as agent. Where a place keeps a roster, the person must be in it. A
 * contracted helper needs valid training and may do only some actions. An item withheld from a person is refused.
 * Lapsed training does not bar staff, so that a village with one agent can go on; it is listed as a gap.
 * @param item the case's item, null if the action concerns none
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
 * The post in which a person keeps a roster: a chief of the desk, one of the township above a village. A county's roster
 * is that of its proxy office (代办科), which no department keeps.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT
 */
export function requireRosterKeeper(viewer: Viewer, node: DivisionCode, divisions: Divisions): Role {
  const role = requireKeeper(viewer, 'KEEP_ROSTER', node, divisions);
  if (divisions.get(node).tier !== 'COUNTY' || viewer.department === null) return role;
  const { department } = viewer;
  throw problem('WRONG_DEPARTMENT', `The centre keeps the roster of its agents, not ${department}.`, {
    article: ARTICLES.agentRoster,
  });
}

/** Gaps in a place's roster on a day; empty if it has an agent, a stand-in for each, and valid training. */
export function rosterGaps(roster: readonly RosterAgent[], day: Day): RosterGap[] {
  const agents = roster.filter((agent) => inRoster(agent, day));
  if (agents.length === 0) return ['NO_AGENT'];
  const gaps: RosterGap[] = [];
  if (agents.some((agent) => agent.standIn === null)) gaps.push('NO_STAND_IN');
  if (agents.some((agent) => !isTrained(agent, day))) gaps.push('TRAINING_LAPSED');
  return gaps;
}

/**
 * Checks an entry: its term runs forward, and the agent is not their own stand-in.
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
