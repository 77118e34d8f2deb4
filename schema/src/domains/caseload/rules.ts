import { ARTICLES } from '../../kernel/articles.ts';
import { problem, ProblemError } from '../../kernel/errors.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { isOrgan } from '../../case/case-file.ts';
import { actAs, requireCustody, requireOrganDesk } from '../../case/step-rules.ts';
import type { StepContext } from '../../case/step-context.ts';
import { isClosed } from '../../case/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { StandIn } from '../roster/stand-ins.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { Tier } from '../../kernel/words.ts';
import type { RosterStanding } from '../roster/rules.ts';
import { inRoster } from '../roster/rules.ts';
import type { HandlerStanding } from './words.ts';

/** A person of a desk: a subject is one person at the issuer of the token alone. */
export interface Handler {
  issuer: string;
  sub: string;
  name: string;
}

/** 承办人 of a case at the desk that holds it. */
export interface CaseHandler extends Handler {
  since: Date;
  /** Name of the person who claimed or assigned it. */
  by: string;
}

/** The context of a desk's assignment steps. */
export interface HandlerContext extends StepContext {
  handler: CaseHandler | null;
  /** The handler's standing today; PRESENT if the case has no handler. */
  standing: HandlerStanding;
}

const article = ARTICLES.postDuties;

/** Whether both are the same person. */
export function isHandler(one: Pick<Handler, 'issuer' | 'sub'>, other: Pick<Handler, 'issuer' | 'sub'>): boolean {
  return one.issuer === other.issuer && one.sub === other.sub;
}

/**
 * Subjects of the people whom a person stands in for on the day of `now` (AB角). Registers of posts know subjects only.
 */
export function standsInFor(standIns: readonly StandIn[], now: Date): string[] {
  const day = dayOf(now);
  return [...new Set(standIns.filter(({ from, until }) => from <= day && day <= until).map((s) => s.absent.sub))];
}

/**
 * Claims a case without a handler, for a person who works on it at the desk that holds it.
 * @throws {ProblemError} FORBIDDEN, NOT_CUSTODIAN, CASE_IN_TRANSIT, WRONG_DEPARTMENT, ILLEGAL_STEP, HANDLED_BY_ANOTHER
 */
export function claim(context: HandlerContext, file: CaseFile): Handler {
  requireHere(context, file, 'CLAIM_CASE');
  const { viewer, handler, standing } = context;
  if (handler && !isHandler(handler, viewer) && standing === 'PRESENT') throw taken(handler);
  return handlerOf(viewer);
}

/**
 * Gives a case to a colleague. Its handler may do so, a stand-in of the handler, and a person who assigns the desk's
 * cases. If the handler is absent or has left, anyone who may claim the case may pass it on.
 * @throws {ProblemError} FORBIDDEN, NOT_CUSTODIAN, CASE_IN_TRANSIT, WRONG_DEPARTMENT, ILLEGAL_STEP, HANDLED_BY_ANOTHER
 */
export function assign(context: HandlerContext, file: CaseFile, to: Handler): Handler {
  requireMover(context, file);
  return to;
}

/**
 * Gives a case up; it then waits for another handler.
 * @throws {ProblemError} as {@link assign}
 */
export function release(context: HandlerContext, file: CaseFile): null {
  requireMover(context, file);
  if (context.handler === null) {
    throw problem('NO_CHANGE', `Case ${file.number} has no handler.`, { article, field: 'id' });
  }
  return null;
}

/**
 * Checks that a person who is given a case works at this desk, as far as its roster of agents shows. In a village all
 * people are agents; elsewhere the roster knows only agents, and the chief knows the others.
 * @throws {ProblemError} NOT_IN_ROSTER
 */
export function requireKnownAtDesk({ kept, entry }: RosterStanding, tier: Tier, day: Day): void {
  const gone = entry !== null && !inRoster(entry, day);
  if (!gone && !(kept && entry === null && tier === 'VILLAGE')) return;
  throw problem('NOT_IN_ROSTER', 'The roster of this desk does not have the person today.', { article, field: 'to' });
}

/** The viewer as a handler. */
export function handlerOf({ issuer, sub, name }: Viewer): Handler {
  return { issuer, sub, name };
}

function requireMover(context: HandlerContext, file: CaseFile): void {
  const { viewer, handler, standing, standIns, now } = context;
  if (mayAssign(context, file)) return;
  requireHere(context, file, 'CLAIM_CASE');
  const own = handler !== null && (isHandler(handler, viewer) || standsInFor(standIns, now).includes(handler.sub));
  if (own || (handler !== null && standing !== 'PRESENT')) return;
  if (handler) throw taken(handler);
  throw problem('FORBIDDEN', `Case ${file.number} has no handler: claim it, or have a chief assign it.`, { article });
}

/** Whether the person assigns cases at this desk, including this one. */
function mayAssign(context: HandlerContext, file: CaseFile): boolean {
  try {
    requireHere(context, file, 'ASSIGN_HANDLER');
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'FORBIDDEN') return false;
    throw error;
  }
}

function requireHere(context: HandlerContext, file: CaseFile, action: 'CLAIM_CASE' | 'ASSIGN_HANDLER'): void {
  const { role } = actAs(context, action, file);
  requireCustody(context.node, file);
  if (isOrgan(context.node, file)) requireOrganDesk(context, file, role);
  if (!isClosed(file.state)) return;
  throw problem('ILLEGAL_STEP', `Case ${file.number} is ${file.state}; it needs no handler any more.`);
}

function taken({ name }: Handler): ProblemError {
  return problem('HANDLED_BY_ANOTHER', `${name} handles the case.`, { article, field: 'id' });
}
