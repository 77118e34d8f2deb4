import type { DivisionCode } from '../kernel/divisions.ts';
import type { Grant } from '../domains/delegation/messages.ts';
import type { OfficialCalendar } from '../kernel/calendar.ts';
import type { Desk } from '../case/step-context.ts';
import type { Implementation, Item } from '../domains/catalogue/catalogue.ts';
import { NO_OFFICES } from '../domains/offices/rules.ts';
import { departmentsOf } from '../operation/permissions.ts';
import type { RosterStanding } from '../domains/roster/rules.ts';
import { NO_ROSTER } from '../domains/roster/rules.ts';
import type { StandIn } from '../domains/roster/stand-ins.ts';
import { NO_SUCCESSION } from '../case/successions.ts';
import type { Role } from '../kernel/words.ts';
import { at, calendar, divisions, implementationOf, itemOf } from './fixtures.ts';
import { person } from './people.ts';

export interface DeskAs {
  now?: Date;
  item?: Item;
  implementation?: Implementation;
  /** The window's department; the item's own at county and city, none below, when left out. */
  department?: string | null;
  sub?: string;
  calendar?: OfficialCalendar;
  /** The person's own desk, if another one. */
  of?: DivisionCode;
  /** Those in effect; none when left out. */
  grants?: readonly Grant[];
  standIns?: readonly StandIn[];
  roster?: RosterStanding;
}

/** A desk with a person who sits at the right window, unless told otherwise. */
export function deskOf(node: DivisionCode, roles: Role | readonly Role[], as: DeskAs = {}): Desk {
  const item = as.item ?? itemOf('3310-MZ-001');
  const [own = null] = node.length === 6 ? departmentsOf(item.department) : [];
  const department = as.department === undefined ? own : as.department;
  return {
    node,
    viewer: person(as.of ?? node, roles, department, as.sub),
    now: as.now ?? at('2026-03-03'),
    divisions,
    calendar: as.calendar ?? calendar,
    item,
    implementation: as.implementation ?? implementationOf(item),
    grants: as.grants ?? [],
    successionOf: NO_SUCCESSION,
    offices: NO_OFFICES,
    project: null,
    standIns: as.standIns ?? [],
    roster: as.roster ?? NO_ROSTER,
  };
}
