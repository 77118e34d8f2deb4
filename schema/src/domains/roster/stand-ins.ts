import { vocabulary } from '../../kernel/vocabulary.ts';
import { problem } from '../../kernel/errors.ts';
import type { Role, Tier } from '../../kernel/words.ts';
import { ROLE_LABELS } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Action, Viewer } from '../../operation/permissions.ts';
import { PERMISSIONS } from '../../operation/permissions.ts';

/** AB角: a stand-in for an absent person in a post, with dates. */
export interface StandIn {
  /** The post in which the B stands in. */
  role: Role;
  /** The A: the person whose post it is. */
  absent: { sub: string; name: string };
  /** The department the post belongs to; null for a post of the whole desk. */
  department: string | null;
  /** The B: subject of the person who stands in. */
  standIn: string;
  from: Day;
  /** The last day. */
  until: Day;
}

/** A stand-in in a desk's register. */
export interface KeptStandIn extends StandIn {
  id: string;
  standInName: string;
  /** The day it was ended early; it has no effect from then on. */
  endedOn: Day | null;
  /** The absence of an agent that caused it; null if a chief named it. */
  absence: string | null;
}

/** Posts that may have a stand-in: those that handle cases or money, never a supervisor's. */
export const STAND_IN_ROLES = ['AGENT', 'CLERK', 'CASHIER', 'CHIEF', 'DEPUTY_HEAD', 'HEAD'] as const satisfies Role[];
export type StandInRole = (typeof STAND_IN_ROLES)[number];
export const STAND_IN_ROLE_LABELS: Record<StandInRole, string> = {
  AGENT: ROLE_LABELS.AGENT,
  CLERK: ROLE_LABELS.CLERK,
  CASHIER: ROLE_LABELS.CASHIER,
  CHIEF: ROLE_LABELS.CHIEF,
  DEPUTY_HEAD: ROLE_LABELS.DEPUTY_HEAD,
  HEAD: ROLE_LABELS.HEAD,
};
export const STAND_IN_ROLE = vocabulary('StandInRole', 'AB角岗位: posts that are stood in for.', STAND_IN_ROLE_LABELS);

/** Posts by rank, from the one that keeps the stand-ins of all below it. */
const RANKS: readonly Role[] = ['CHIEF', 'DEPUTY_HEAD', 'HEAD'];

/** Whether the stand-in is valid on a day. */
export function standsOn(s: Pick<KeptStandIn, 'from' | 'until' | 'endedOn'>, day: Day): boolean {
  return s.from <= day && day <= s.until && (s.endedOn === null || day < s.endedOn);
}

/**
 * The post that allows the action and in which a person stands in today; undefined if there is none. Only people of the
 * same department stand in for a department's post, and never a supervisor, who reads everything and handles nothing.
 */
export function standInFor(
  viewer: Viewer,
  action: Action,
  tier: Tier,
  standIns: readonly StandIn[],
  today: Day,
): StandIn | undefined {
  if (viewer.roles.includes('SUPERVISOR')) return undefined;
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

/**
 * Checks that a chief may name this stand-in, beside the existing ones.
 * @param keeper the post that keeps stand-ins: it fills no post above its own
 * @throws {ProblemError} BAD_INPUT, FORBIDDEN, WRONG_DEPARTMENT, STAND_IN_CONFLICT
 */
export function requireStandIn(
  keeper: Pick<Viewer, 'sub' | 'department'> & { role: Role },
  made: StandIn,
  kept: readonly KeptStandIn[],
): void {
  const article = ARTICLES.standIns;
  if (made.until < made.from) {
    throw problem('BAD_INPUT', `A term from ${made.from} can't end on ${made.until}.`, { field: 'until' });
  }
  if (made.standIn === made.absent.sub) {
    throw problem('BAD_INPUT', "A person can't stand in for themselves.", { field: 'standIn.sub', article });
  }
  if (made.standIn === keeper.sub) {
    throw problem('FORBIDDEN', "A person can't name themselves for a post; another chief or the head does.", {
      article,
    });
  }
  if (RANKS.indexOf(made.role) > Math.max(0, RANKS.indexOf(keeper.role))) {
    const [post, by] = [ROLE_LABELS[made.role], ROLE_LABELS[keeper.role]];
    throw problem('FORBIDDEN', `A stand-in for ${post} is named in that post or above, not by ${by}.`, { article });
  }
  if (keeper.department !== null && made.department !== keeper.department) {
    throw problem('WRONG_DEPARTMENT', `${keeper.department} names stand-ins for its own posts only.`, {
      article,
      field: 'department',
    });
  }
  const meets = ({ from, until, endedOn }: KeptStandIn) =>
    from <= made.until && made.from <= until && (endedOn === null || (made.from < endedOn && from < endedOn));
  const open = kept.filter((s) => s.role === made.role && meets(s));
  if (open.some((s) => s.absent.sub === made.absent.sub && s.department === made.department)) {
    throw problem('STAND_IN_CONFLICT', `${made.absent.name} has a stand-in in that time already.`, {
      article,
      field: 'from',
    });
  }
  if (open.some((s) => s.absent.sub === made.standIn)) {
    throw problem('STAND_IN_CONFLICT', 'The stand-in is absent in that time and has a stand-in of their own.', {
      article,
      field: 'standIn.sub',
    });
  }
}
