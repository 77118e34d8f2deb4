import type { Role, Tier } from '../vocabulary.ts';
import type { Day } from './calendar.ts';
import type { Action, Viewer } from './permissions.ts';
import { PERMISSIONS } from './permissions.ts';

/** AB角: who stands in for whom in a post, with dates. */
export interface StandIn {
  /** The post that is stood in for. */
  role: Role;
  /** The A: whose post it is. */
  absent: { sub: string; name: string };
  /** The department the post belongs to; null for a post of the whole desk. */
  department: string | null;
  /** The B: subject of the person who stands in. */
  standIn: string;
  from: Day;
  /** The last day. */
  until: Day;
}

/**
 * The post a person stands in for today that may do the action; undefined when there is none. A post of a department is
 * stood in for by that department's people.
 */
export function standInFor(
  viewer: Viewer,
  action: Action,
  tier: Tier,
  standIns: readonly StandIn[],
  today: Day,
): StandIn | undefined {
  return standIns.find(
    (s) =>
      s.standIn === viewer.sub &&
      s.absent.sub !== viewer.sub &&
      s.from <= today &&
      today <= s.until &&
      (s.department === null || s.department === viewer.department) &&
      PERMISSIONS[action][s.role]?.includes(tier) === true,
  );
}
