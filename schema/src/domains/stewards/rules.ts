import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import { isSocialCreditCode } from '../../kernel/identity-numbers.ts';
import type { Role } from '../../kernel/words.ts';
import type { Action, Viewer } from '../../operation/permissions.ts';
import { requireOwnCase, requireOwnDesk, requirePermission, requireReaderOver } from '../../operation/permissions.ts';

/** How long a pass opens an enterprise's cases at other desks, ms: a steward who leaves reads no further. */
export const PASS_MS = 15 * 60_000;

const article = ARTICLES.stewards;

/** A person, by the issuer and subject of their token. */
export interface StewardRef {
  issuer: string;
  sub: string;
}

/** What the desk's registers say of a person on one day. */
export interface AgentStanding {
  /** Whether the desk keeps posts for the person, past ones included. */
  keepsPosts: boolean;
  /** Whether one of them is in force with the post of an agent. */
  isAgent: boolean;
  /** Whether the roster has the person: today, at another time alone, or never. */
  roster: 'TODAY' | 'OTHERWISE' | 'NEVER';
}

/** 管家凭证, as the steward's desk signs it. */
export const stewardPassSchema = z.object({
  /** The enterprise's id at the steward's desk. */
  enterprise: z.string().max(100),
  /** Its unified social credit code. */
  code: z.string().max(18),
  node: z.string().refine(isDivisionCode),
  issuer: z.string().max(500),
  sub: z.string().max(200),
  until: z.iso.datetime(),
});
export type StewardPass = z.output<typeof stewardPassSchema>;

/**
 * @param code in the form that is stored
 * @throws {ProblemError} BAD_INPUT, which does not repeat the code
 */
export function requireCreditCode(code: string): void {
  if (isSocialCreditCode(code)) return;
  throw problem('BAD_INPUT', 'code: is no unified social credit code; 18 signs with the right check character.', {
    article: ARTICLES.socialCreditCode,
    field: 'code',
  });
}

/**
 * The post in which a person names stewards. A county's are of the centre, which no department keeps.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT
 */
export function requireStewardKeeper(viewer: Viewer, node: DivisionCode, divisions: Divisions): Role {
  requireOwnCase(viewer, null);
  requireOwnDesk(viewer, node);
  const { tier } = divisions.get(node);
  const role = requirePermission(viewer, 'KEEP_STEWARDS', tier);
  requireCentre(viewer, node, divisions);
  return role;
}

/** @throws {ProblemError} WRONG_DEPARTMENT */
function requireCentre({ department }: Viewer, node: DivisionCode, divisions: Divisions): void {
  if (divisions.get(node).tier !== 'COUNTY' || department === null) return;
  throw problem('WRONG_DEPARTMENT', `The centre keeps its stewards, not ${department}.`, { article });
}

/**
 * Who reads a desk's list of stewards: those who name them, and supervisors above.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT
 */
export function requireStewardsReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requireOwnCase(viewer, null);
  requireReaderOver(viewer, 'READ_STEWARDS', node, divisions);
  if (viewer.roles.includes('SUPERVISOR')) return;
  requireOwnDesk(viewer, node);
  requireCentre(viewer, node, divisions);
}

/**
 * The person named stands at the desk as an agent: by a post in force, or by the roster where the desk keeps no posts for
 * the person.
 * @throws {ProblemError} NOT_IN_ROSTER
 */
export function requireAgentHere(standing: AgentStanding): void {
  if (standsAsAgent(standing) && (standing.keepsPosts || standing.roster === 'TODAY')) return;
  throw problem('NOT_IN_ROSTER', 'A steward is an agent of this desk: give the post first, or write the roster.', {
    article,
    field: 'steward.sub',
  });
}

/** Whether a steward named before still stands as an agent of the desk, as far as its registers say. */
export function standsAsAgent({ keepsPosts, isAgent, roster }: AgentStanding): boolean {
  return keepsPosts ? isAgent && roster !== 'OTHERWISE' : roster !== 'OTHERWISE';
}

/** Subjects of those whose enterprises a person follows: their own, and those of agents they stand in for. */
export function stewardsFor(
  { sub }: Pick<Viewer, 'sub'>,
  standIns: readonly { role: string; absent: { sub: string } }[],
): string[] {
  return [...new Set([sub, ...standIns.filter(({ role }) => role === 'AGENT').map(({ absent }) => absent.sub)])];
}

/** An enterprise, as far as rules judge by it. */
export interface StewardedBy {
  steward: StewardRef | null;
}

/**
 * Whether a person reads an enterprise's cases: its steward, who stands in for them, or a supervisor over the desk.
 * @param follows from {@link stewardsFor}
 */
export function mayFollow(
  viewer: Viewer,
  { steward }: StewardedBy,
  node: DivisionCode,
  divisions: Divisions,
  follows: readonly string[],
): boolean {
  if (viewer.actsFor !== undefined || viewer.onlyCase !== undefined) return false;
  if (viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division)) return true;
  const own = viewer.division === node && viewer.roles.includes('AGENT');
  return own && steward !== null && steward.issuer === viewer.issuer && follows.includes(steward.sub);
}

/** @throws {ProblemError} FORBIDDEN */
export function requireFollower(...asked: Parameters<typeof mayFollow>): void {
  const [viewer, , node, divisions] = asked;
  requirePermission(viewer, 'READ_ENTERPRISES', divisions.get(viewer.division).tier);
  if (mayFollow(...asked)) return;
  throw problem('FORBIDDEN', `The enterprise has another steward, or none, at ${node}.`, { article });
}

/**
 * Who records the enterprise's contact: those who name stewards, and its steward.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT
 */
export function requireContactKeeper(...asked: Parameters<typeof mayFollow>): void {
  const [viewer, , node, divisions] = asked;
  requireOwnDesk(viewer, node);
  const { tier } = divisions.get(node);
  requirePermission(viewer, 'KEEP_ENTERPRISE_CONTACT', tier);
  if (viewer.roles.includes('AGENT') && mayFollow(...asked)) return;
  requireStewardKeeper(viewer, node, divisions);
}

/** What a verified pass says, and which node signed it. */
export interface ShownPass {
  signer: DivisionCode;
  pass: StewardPass;
}

/**
 * A pass opens an enterprise's cases to the person it was given to, at desks within the division of the desk that gave
 * it, for a while. One answer for every fault.
 * @param shown null where it is no pass that a node signed
 * @throws {ProblemError} FORBIDDEN
 */
export function requirePass(
  viewer: Viewer,
  shown: ShownPass | null,
  { node, divisions, now, action }: { node: DivisionCode; divisions: Divisions; now: Date; action: Action },
): StewardPass {
  requirePermission(viewer, action, divisions.get(viewer.division).tier);
  const given =
    shown !== null &&
    shown.signer === shown.pass.node &&
    divisions.isWithin(node, shown.pass.node) &&
    divisions.isWithin(shown.pass.node, viewer.division) &&
    shown.pass.issuer === viewer.issuer &&
    shown.pass.sub === viewer.sub &&
    new Date(shown.pass.until) > now;
  if (given) return shown.pass;
  throw problem('FORBIDDEN', `The pass opens no cases at ${node}, or is over: ask for one again.`, {
    article,
    field: 'pass',
  });
}

/** @throws {ProblemError} STEWARD_CONFLICT */
export function requireUnstewarded(known: boolean): void {
  if (!known) return;
  throw problem('STEWARD_CONFLICT', 'The enterprise is on this desk’s list already; change its steward there.', {
    article,
    field: 'code',
  });
}

/** @throws {ProblemError} STEWARD_CONFLICT where it has ended */
export function requireLasting({ ended }: { ended: unknown }): void {
  if (ended === null) return;
  throw problem('STEWARD_CONFLICT', 'This has ended; name a steward for the enterprise again.', {
    article,
    field: 'id',
  });
}

/** @throws {ProblemError} REASON_MISSING */
export function requireStewardReason(reason: string): void {
  if (reason !== '') return;
  throw problem('REASON_MISSING', 'Give the reason.', { article, field: 'reason' });
}
