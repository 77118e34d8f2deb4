import type { DivisionCode, Divisions } from '../divisions.ts';
import type { Grant } from '../messages/delegation.ts';
import type { LogActor, LogEntry } from '../messages/log-line.ts';
import type { OfficialCalendar } from './calendar.ts';
import type { Implementation, Item } from './catalogue.ts';
import type { Offices } from './offices.ts';
import type { Viewer } from './permissions.ts';
import type { ProjectStanding } from './projects.ts';
import type { RosterStanding } from './roster.ts';
import type { StandIn } from './stand-ins.ts';
import type { SuccessionOf } from './successions.ts';

/** What every step is judged by: the desk, the person, the moment, the register, the calendar and the item. */
export interface Desk {
  node: DivisionCode;
  viewer: Viewer;
  now: Date;
  divisions: Divisions;
  calendar: OfficialCalendar;
  item: Item;
  implementation: Implementation;
  /** Grants in effect today, as this node knows them. */
  grants?: readonly Grant[];
  /** Who took the place of closed nodes. */
  successionOf?: SuccessionOf;
  /** The node's windows, what departments authorized them for, and who holds whose powers. */
  offices?: Offices;
  /** The project of the case, as this node was told of it; left out where the case has none or nothing is known of it. */
  project?: ProjectStanding;
  /** Who stands in for whom at this desk (AB角). */
  standIns?: readonly StandIn[];
  /** How the person stands in the roster of the desk's agents. */
  roster?: RosterStanding;
}

/** A line to be written: who and what; the case's store adds number, time, chain and signature. */
export type LineDraft = LogEntry & { actor: LogActor; note: string | null };

/** What a step leads to: its lines, and where the case goes when one of them hands it off. */
export interface Step {
  lines: [LineDraft, ...LineDraft[]];
  handOff: { to: DivisionCode; epoch: number } | null;
}
