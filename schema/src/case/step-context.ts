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
 * Everything a step is judged by. No member is optional, so a caller must give all of it, and no default hides a
 * forgotten one.
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
  /** Successors of closed nodes. */
  successionOf: SuccessionOf;
  /** The node's windows, the departments' authorizations for them, and the holders of transferred powers. */
  offices: Offices;
  /** The case's project as this node was told of it; null if it has none, or this node does not know it. */
  project: ProjectStanding | null;
  /** Stand-ins at this desk (AB角). */
  standIns: readonly StandIn[];
  /** The person's standing in the desk's roster of agents. */
  roster: RosterStanding;
}

/**
 * The context in which the node itself judges a case, when a limit ran out or another node answered: no person acts.
 */
export type CaseContext = Omit<StepContext, 'viewer' | 'standIns' | 'roster'>;

/** The name of {@link StepContext} until the last rule is renamed. */
export type Desk = StepContext;

/** A line to write: actor and data; the case's store adds number, time, chain and signature. */
export type LineDraft = LogEntry & { actor: LogActor; note: string | null };

/**
 * A request about a case that another desk holds. That desk learns of the requester and the reason, and writes the
 * line; this node writes nothing.
 */
export interface Wish {
  wish: 'WITHDRAWAL' | 'RECALL';
  actor: LogActor;
  reason: string;
}

/** The result of a step: its lines, the case's receiver if one of them hands it off, and the application's new text. */
export interface Step {
  lines: [LineDraft, ...LineDraft[]];
  handOff: { to: DivisionCode; epoch: number } | null;
  /** Its digest stands in a line that corrects the application. Only such a step has it. */
  application?: string;
}
