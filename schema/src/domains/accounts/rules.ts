import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { Role, Tier } from '../../kernel/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { ACTIONS, PERMISSIONS } from '../../operation/permissions.ts';
import type { DeskPost } from './views.ts';

/** How long a one-time code may be used, ms. */
export const CODE_MS = 24 * 3_600_000;
/** Wrong secrets for a name in a row before further ones wait. */
export const FREE_FAILURES = 10;
/** How long the next try waits then, ms: short, since strangers can cause it. */
export const LOCKED_MS = 60_000;

/** Shortest and longest password, UTF-16 units (NIST SP 800-63B-4 §3.1.1.2 asks for 15 without a second factor, or 8). */
export const PASSWORD_LENGTH = { min: 10, max: 128 } as const;
/** A password has this many different characters. */
const FEWEST_DIFFERENT = 5;

/** @example baojia-agent */
export const USERNAME = /^[a-z][a-z0-9.-]{2,38}[a-z0-9]$/;

/** The subject of a person's tokens: two desks may give the same name. @example baojia-agent@331022103201 */
export const subjectOf = (username: string, node: DivisionCode): string => `${username}@${node}`;

/**
 * The desk a full sign-in name says, and the name without it; the name alone says no desk.
 * @example baojia-agent@331022103201
 */
export function signInName(written: string): { username: string; home: DivisionCode | null } {
  const name = written.trim();
  const at = name.lastIndexOf('@');
  const home = name.slice(at + 1).toUpperCase();
  if (at < 1 || !isDivisionCode(home)) return { username: name.toLowerCase(), home: null };
  return { username: name.slice(0, at).toLowerCase(), home };
}

/**
 * A password that is not among the first an attacker tries.
 * @throws {ProblemError} BAD_INPUT
 */
export function requirePassword(next: string, person: { username: string; name: string }): void {
  const fault = weaknessOf(next, [person.username, person.name]);
  if (fault !== null) throw problem('BAD_INPUT', `The password ${fault}; choose another.`, { field: 'password' });
}

/** Why a password is weak; null if it is not. @param names that it may not contain */
function weaknessOf(next: string, names: readonly string[]): string | null {
  const said = next.toLowerCase();
  if (next.length < PASSWORD_LENGTH.min) return `has fewer than ${PASSWORD_LENGTH.min} characters`;
  if (next.length > PASSWORD_LENGTH.max) return `has more than ${PASSWORD_LENGTH.max} characters`;
  if (new Set(said).size < FEWEST_DIFFERENT) return `has fewer than ${FEWEST_DIFFERENT} different characters`;
  return names.some((name) => said.includes(name.toLowerCase())) ? 'contains the name' : null;
}

/** Whether a post has anything to do at desks of a tier. */
export const worksAt = (role: Role, tier: Tier): boolean =>
  ACTIONS.some((action) => PERMISSIONS[action][role]?.includes(tier) ?? false);

/**
 * A post that fits its desk.
 * @throws {ProblemError} BAD_INPUT for roles without duties there, or a term that ends before it begins
 */
export function requirePost(
  { roles, from, until }: Pick<DeskPost, 'roles' | 'from' | 'until'>,
  node: DivisionCode,
  tier: Tier,
): void {
  const idle = roles.find((role) => !worksAt(role, tier));
  if (idle) throw problem('BAD_INPUT', `A ${idle} has nothing to do at ${node} (${tier}).`, { field: 'roles' });
  if (until !== null && until < from) {
    throw problem('BAD_INPUT', `The post would end on ${until}, before it begins on ${from}.`, { field: 'until' });
  }
}

/** Whether a post is in force on a day. */
export const isHeld = ({ from, until }: Pick<DeskPost, 'from' | 'until'>, day: Day): boolean =>
  from <= day && (until === null || day <= until);

/**
 * Administrators do not give or take what is their own; a colleague or the desk above does.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireAnother(viewer: Viewer, { issuer, sub }: Pick<DeskPost, 'issuer' | 'sub'>): void {
  if (viewer.issuer !== issuer || viewer.sub !== sub) return;
  throw problem('FORBIDDEN', 'Another administrator changes the own login and posts.', {
    article: ARTICLES.postDuties,
  });
}

/**
 * A desk keeps an administrator; the last one's post is ended by a desk above.
 * @param held posts in force at the desk, with those that end
 * @param ending their ids
 * @throws {ProblemError} LAST_ADMINISTRATOR
 */
export function requireAdministratorLeft(
  viewer: Viewer,
  node: DivisionCode,
  held: readonly Pick<DeskPost, 'id' | 'roles'>[],
  ending: readonly string[],
): void {
  if (viewer.division !== node) return;
  const keeps = ({ roles }: Pick<DeskPost, 'roles'>) => roles.includes('ADMINISTRATOR');
  const left = held.filter((post) => keeps(post) && !ending.includes(post.id));
  const ends = held.some((post) => keeps(post) && ending.includes(post.id));
  if (!ends || left.length > 0) return;
  throw problem(
    'LAST_ADMINISTRATOR',
    `${node} would have no administrator; an administrator of a desk above does it.`,
    {
      article: ARTICLES.postDuties,
      node,
    },
  );
}

/** What a token says of a person's post. */
type Claimed = Pick<Viewer, 'roles' | 'department' | 'window' | 'actsFor'>;

/**
 * A token whose post ended, or was changed, is worth nothing any more at the desk that keeps its people's posts.
 * @param held the person's posts at the desk in force today
 * @throws {ProblemError} POST_ENDED
 */
export function requireHeldPost(claimed: Claimed, node: DivisionCode, held: readonly DeskPost[]): void {
  const covers = (post: DeskPost) =>
    claimed.roles.every((role) => post.roles.includes(role)) &&
    // a token that acts for an applicant names neither
    (claimed.actsFor !== undefined ||
      (post.department === claimed.department && post.window === (claimed.window ?? null)));
  if (held.some(covers)) return;
  throw problem('POST_ENDED', `The post this token names at ${node} has ended or changed; sign in again.`, {
    article: ARTICLES.postDuties,
    node,
  });
}
