import { problem } from '../kernel/errors.ts';
import type { DivisionCode, Divisions } from '../kernel/divisions.ts';
import type { Role, Tier } from '../kernel/words.ts';
import { ROLE_LABELS, TIER_LABELS } from '../kernel/words.ts';
import {
  CASE_DUTIES,
  delegationDuties,
  DOMAIN_DUTIES,
  feeDuties,
  figureDuties,
  hearingDuties,
  jointDuties,
  projectDuties,
  proxyDuties,
  readsDuties,
  REGISTER_DUTIES,
  rosterDuties,
  sharingDuties,
} from '../domains/duties.ts';
import type { Duty } from './duties.ts';
import { AGENCIES, EVERYWHERE, GRASSROOTS, ORGANS } from './duties.ts';
import { ARTICLES } from '../kernel/articles.ts';

/** The caller, from a verified token. */
export interface Viewer {
  /** Issuer of the token: a subject is one person at its issuer alone. */
  issuer: string;
  /** Subject of the token: a person's stable id there. */
  sub: string;
  name: string;
  /** The division whose node the person works at. */
  division: DivisionCode;
  roles: readonly Role[];
  /** The department whose window the person sits at (民政); null at a comprehensive window (综合窗口). */
  department: string | null;
  /**
   * The centre's window the person sits at; there, only what departments authorized it for is done. Left out for a
   * department's own people.
   */
  window?: string;
  /** The applicant on whose behalf the person acts (RFC 8693 `act`); left out if the person acts for themselves. */
  actsFor?: string;
  /** Number of the one case the token is for; left out if the token is not limited to a case. */
  onlyCase?: string;
}

/**
 * The actions of each post, by tier; an action that is not listed is refused. Supervisors read everything and handle
 * nothing. Source: 政务服务中心岗位职责制度; 行政许可法 Art. 24 (organs only).
 */
const TABLE = {
  ...CASE_DUTIES,
  ...delegationDuties,
  READ_CASE: {
    AGENT: AGENCIES,
    CLERK: EVERYWHERE,
    CHIEF: ORGANS,
    DEPUTY_HEAD: ORGANS,
    HEAD: ORGANS,
    SUPERVISOR: ORGANS,
  },
  ...figureDuties,
  ...sharingDuties,
  ...readsDuties,
  ...REGISTER_DUTIES,
  ...jointDuties,
  ...feeDuties,
  ...proxyDuties,
  ...rosterDuties,
  ...DOMAIN_DUTIES,
  ...projectDuties,
  ...hearingDuties,
} as const satisfies Record<string, Duty>;

/** Actions of people (办理动作). */
export type Action = keyof typeof TABLE;
export const PERMISSIONS: Readonly<Record<Action, Duty>> = TABLE;
export const ACTIONS = Object.keys(TABLE) as readonly Action[];

/**
 * The caller, if the operation needs a login.
 * @throws {ProblemError} UNAUTHENTICATED
 */
export function signedIn(viewer: Viewer | null): Viewer {
  if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
  return viewer;
}

/** The viewer's first role that may do the action at the tier; undefined when none may. */
export function permittedRole(viewer: Viewer, action: Action, tier: Tier): Role | undefined {
  return viewer.roles.find((role) => PERMISSIONS[action][role]?.includes(tier));
}

/**
 * The role the viewer acts in.
 * @throws {ProblemError} FORBIDDEN when none of the viewer's roles may do it at this tier.
 */
export function requirePermission(viewer: Viewer, action: Action, tier: Tier): Role {
  const role = permittedRole(viewer, action, tier);
  if (role === undefined) {
    const posts = viewer.roles.map((r) => `${r} ${ROLE_LABELS[r]}`).join(', ') || 'nobody';
    throw problem('FORBIDDEN', `${posts} may not ${action} at a ${tier} node (${TIER_LABELS[tier]}).`, {
      article: ARTICLES.postDuties,
    });
  }
  return role;
}

/**
 * A token issued for one case, by its applicant's slip, is refused in other cases and where no case is concerned.
 * @param number the case's; null if no case is concerned
 * @throws {ProblemError} FORBIDDEN
 */
export function requireOwnCase({ onlyCase }: Viewer, number: string | null): void {
  if (onlyCase === undefined || onlyCase === number) return;
  throw problem('FORBIDDEN', `This token is for case ${onlyCase} alone.`, { article: ARTICLES.proxyConsent });
}

/**
 * A desk is worked by its own people only.
 * @throws {ProblemError} FORBIDDEN when the viewer belongs to another division.
 */
export function requireOwnDesk(viewer: Viewer, node: DivisionCode): void {
  if (viewer.division !== node) {
    throw problem('FORBIDDEN', `A person of ${viewer.division} can't work at the desk of ${node}.`, {
      article: ARTICLES.postDuties,
    });
  }
}

/**
 * The departments that share an item, from `民政;残联(审核)` or `市场监管(牵头)`.
 */
export function departmentsOf(department: string): string[] {
  return department.split(';').map((part) => part.replace(/\(.*\)$/, '').trim());
}

/**
 * At city and county a window acts for its own department only; a township's or village's comprehensive window
 * (综合窗口) acts for all.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireDepartment(viewer: Viewer, department: string, tier: Tier): void {
  requireOneOf(viewer, departmentsOf(department), tier);
}

/**
 * Checks that the person sits at a window of one of these departments or bureaus, or at a comprehensive one (综合窗口).
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireOneOf(viewer: Viewer, departments: readonly string[], tier: Tier): void {
  const comprehensive = viewer.department === null && GRASSROOTS.includes(tier);
  if (comprehensive || (viewer.department !== null && departments.includes(viewer.department))) return;
  throw problem(
    'WRONG_DEPARTMENT',
    `The item belongs to ${departments.join(', ')}; this person sits at ${viewer.department ?? 'no department'}'s window.`,
    { article: ARTICLES.postDuties },
  );
}

/**
 * The desks that hold or held a case read it; supervisors read the cases held in their division. Others are refused,
 * also the neighbouring village.
 * @param holders every node that held the case so far
 * @throws {ProblemError} FORBIDDEN
 */
export function requireCaseReader(viewer: Viewer, holders: readonly DivisionCode[], divisions: Divisions): Role {
  const role = requirePermission(viewer, 'READ_CASE', divisions.get(viewer.division).tier);
  const supervised = () =>
    viewer.roles.includes('SUPERVISOR') && holders.some((desk) => divisions.isWithin(desk, viewer.division));
  if (!holders.includes(viewer.division) && !supervised()) {
    throw problem('FORBIDDEN', `The case does not concern the desk of ${viewer.division}.`, {
      article: ARTICLES.postDuties,
    });
  }
  return role;
}

/** Those who handle cases; supervisors and those who keep the catalogue do not. */
const HANDLING_ROLES: readonly Role[] = ['AGENT', 'CLERK', 'CHIEF', 'DEPUTY_HEAD', 'HEAD'];

/**
 * Whether the viewer is one of the people who handle the case: of a desk that holds or held it, and not its supervisor.
 * They see forms, addresses and statements, and may have one number at a time shown in the clear.
 */
export function isOfHandlingDesk(viewer: Viewer, holders: readonly DivisionCode[]): boolean {
  return holders.includes(viewer.division) && viewer.roles.some((r) => HANDLING_ROLES.includes(r));
}

/**
 * Checks that the viewer may see one number in the clear: a person who handles the case, in one of the posts for it.
 * @param holders the desks that handle it
 * @throws {ProblemError} FORBIDDEN
 */
export function requireClearReader(viewer: Viewer, holders: readonly DivisionCode[], divisions: Divisions): void {
  requirePermission(viewer, 'SHOW_PERSONAL_DATA', divisions.get(viewer.division).tier);
  if (isOfHandlingDesk(viewer, holders)) return;
  throw problem(
    'FORBIDDEN',
    `Numbers are shown in the clear to the desks that handle the case, not to ${viewer.division}.`,
    {
      article: ARTICLES.statutoryDuty,
    },
  );
}

/**
 * Figures are read for the viewer's own division and the places in it.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireFiguresReader(viewer: Viewer, division: DivisionCode, divisions: Divisions): void {
  requirePermission(viewer, 'READ_FIGURES', divisions.get(viewer.division).tier);
  if (!divisions.isWithin(division, viewer.division)) {
    throw problem('FORBIDDEN', `The figures of ${division} are not open to ${viewer.division}.`, {
      article: ARTICLES.postDuties,
    });
  }
}

/**
 * A desk's registers are read by its own people and by the levels above it.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireReaderOver(viewer: Viewer, action: Action, division: DivisionCode, divisions: Divisions): void {
  requirePermission(viewer, action, divisions.get(viewer.division).tier);
  if (!divisions.isWithin(division, viewer.division)) {
    throw problem('FORBIDDEN', `What ${division} keeps is not open to ${viewer.division}.`, {
      article: ARTICLES.postDuties,
    });
  }
}

/**
 * Checks the person's division for registers that a chief keeps: the desk's own people may, and a township's people for
 * its villages, which have no chief.
 * @throws {ProblemError} FORBIDDEN when the viewer belongs to another division
 */
export function requireKeptDesk(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  const { tier, parent } = divisions.get(node);
  if (tier === 'VILLAGE' && parent === viewer.division) return;
  requireOwnDesk(viewer, node);
}

/**
 * Checks the person's post for registers a chief keeps on the desk's people: at the desk itself, and at a township for
 * its villages, which have no chief.
 * @returns the post it is kept in
 * @throws {ProblemError} FORBIDDEN
 */
export function requireKeeper(viewer: Viewer, action: Action, node: DivisionCode, divisions: Divisions): Role {
  requireKeptDesk(viewer, node, divisions);
  return requirePermission(viewer, action, divisions.get(viewer.division).tier);
}
