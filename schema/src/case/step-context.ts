import type { DivisionCode, Divisions } from '../kernel/divisions.ts';
import type { Grant } from '../domains/delegation/messages.ts';
import type { LogActor, LogEntry } from './log-line.ts';
import type { OfficialCalendar } from '../kernel/calendar.ts';
import type { Implementation, Item } from '../domains/catalogue/catalogue.ts';
import type { Offices } from '../domains/offices/rules.ts';
import type { Viewer } from '../operation/permissions.ts';
import type { ProjectStanding } from '../domains/projects/rules.ts';
import type { RosterStanding } from '../domains/roster/rules.ts';
import type { StandIn } from '../domains/roster/stand-ins.ts';
import type { SuccessionOf } from './successions.ts';

/**
 * What every step is judged by. No member is optional: whoever runs a step says all of it, and a rule never meets a
 * default that hides what was forgotten.
 */
export interface StepContext {
  node: DivisionCode;
  viewer: Viewer;
  now: Date;
  divisions: Divisions;
  calendar: OfficialCalendar;
  item: Item;
  implementation: Implementation;
  /** Grants in effect today, as this node knows them. */
  grants: readonly Grant[];
  /** Who took the place of closed nodes. */
  successionOf: SuccessionOf;
  /** The node's windows, what departments authorized them for, and who holds whose powers. */
  offices: Offices;
  /** The case's project as this node was told of it; null if it has none, or the node knows nothing of it. */
  project: ProjectStanding | null;
  /** Who stands in for whom at this desk (AB角). */
  standIns: readonly StandIn[];
  /** How the person stands in the roster of the desk's agents. */
  roster: RosterStanding;
}

/** What the node itself judges a case by, where a limit ran out or another node answered: nobody acts. */
export type CaseContext = Omit<StepContext, 'viewer' | 'standIns' | 'roster'>;

/** The name of {@link StepContext} until the last rule is renamed. */
export type Desk = StepContext;

/** A line to be written: who and what; the case's store adds number, time, chain and signature. */
export type LineDraft = LogEntry & { actor: LogActor; note: string | null };

/**
 * What the rule says of a case that another desk holds: that desk is told who wishes it and why, and writes the line. Here
 * nothing is written.
 */
export interface Wish {
  wish: 'WITHDRAWAL' | 'RECALL';
  actor: LogActor;
  reason: string;
}

/** What a step leads to: its lines, and where the case goes when one of them hands it off. */
export interface Step {
  lines: [LineDraft, ...LineDraft[]];
  handOff: { to: DivisionCode; epoch: number } | null;
}
