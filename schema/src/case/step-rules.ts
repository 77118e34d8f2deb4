import type { DivisionCode } from '../kernel/divisions.ts';
import type { Problem } from '../kernel/errors.ts';
import { problem, ProblemError } from '../kernel/errors.ts';
import type { LogActor } from './log-line.ts';
import type { HandOffAction, LogAction } from './log-words.ts';
import type { Role, WindowStage } from '../kernel/words.ts';
import { CASE_STATE_LABELS } from './words.ts';
import { ARTICLES } from '../kernel/articles.ts';
import type { Day } from '../kernel/calendar.ts';
import { dayOf } from '../kernel/calendar.ts';
import type { CaseFile } from './case-file.ts';
import { isOrgan, openProcedures } from './case-file.ts';
import { requireJointSettled } from '../domains/joint/rules.ts';
import { CASE_EVENTS } from './case-life.ts';
import type { Implementation } from '../domains/catalogue/catalogue.ts';
import type { Desk, LineDraft, Step } from './step-context.ts';
import { holdersOf, holdsOn, requireWindowAuthority } from '../domains/offices/rules.ts';
import type { Action } from '../operation/permissions.ts';
import {
  permittedRole,
  requireDepartment,
  requireOwnCase,
  requireOwnDesk,
  requirePermission,
} from '../operation/permissions.ts';
import { requireConsent } from '../domains/proxy/rules.ts';
import type { RosterStanding } from '../domains/roster/rules.ts';
import { requireRostered } from '../domains/roster/rules.ts';
import { standInFor } from '../domains/roster/stand-ins.ts';

/** 救济途径: a refusal names reconsideration and litigation (Art. 38). */
export const REMEDIES =
  '如不服本决定,可自收到决定之日起六十日内申请行政复议,或者自收到决定之日起六个月内提起行政诉讼。';

export function handOff(
  line: { action: HandOffAction; actor: LogActor; note: string | null },
  to: DivisionCode,
  file: CaseFile,
  said: { takenOver?: true } = {},
): Step {
  const [open] = openProcedures(file);
  if (open) {
    throw problem('PROCEDURE_OPEN', `Procedure ${open.number} (${open.kind}) has not ended; the case stays here.`, {
      article: ARTICLES.excludedTime,
    });
  }
  // once the law has decided, joint handling need not be settled
  if (!file.decision) requireJointSettled(file.joint);
  const round = { to, epoch: file.epoch + 1 };
  return { lines: [{ ...line, data: { ...round, ...said } }], handOff: round };
}

export function oneLine(line: LineDraft): Step {
  return { lines: [line], handOff: null };
}

/** Whether one person did two steps. A stand-in counts as both persons: the one who acts, and the one who is absent. */
export function isSamePerson(one: LogActor, other: LogActor): boolean {
  const personsOf = (actor: LogActor) => [actor.sub, ...(actor.for ? [actor.for.sub] : [])];
  return personsOf(one).some((sub) => personsOf(other).includes(sub));
}

/** The people who accepted or reviewed a case, second persons included. */
export function handlersOf(file: CaseFile): LogActor[] {
  return [
    ...(file.acceptance ? [file.acceptance.actor] : []),
    ...file.reviews.flatMap(({ actor, second }) => [actor, ...(second ? [{ ...second, role: null }] : [])]),
  ];
}

/** The subject of a step: a case with its item, or an item alone. */
export interface Subject {
  item: string;
  /** The case's number; null if there is no case yet. */
  number: string | null;
}

/** The parts of the context that determine who acts at a desk. */
export type Post = Pick<Desk, 'node' | 'viewer' | 'now' | 'divisions' | 'standIns' | 'roster'>;

/**
 * Finds the actor and the post: the person's own, or the one they stand in for (AB角). The roster says who may act as
 * agent; a contracted helper stands in for agents only.
 * @param about null if it concerns no case and no item
 * @throws {ProblemError} FORBIDDEN, also for a token of another case; NOT_IN_ROSTER, HELPER_LIMITED, TRAINING_LAPSED,
 * ITEM_WITHHELD if no other post of the person allows it
 */
export function actAs(desk: Post, action: Action, about: Subject | null): LogActor & { role: Role } {
  requireOwnDesk(desk.viewer, desk.node);
  requireOwnCase(desk.viewer, about?.number ?? null);
  const item = about?.item ?? null;
  const { viewer, divisions, node, standIns, roster, now } = desk;
  const { tier } = divisions.get(node);
  const { sub, name } = viewer;
  const day = dayOf(now);
  const behalf = viewer.actsFor === undefined ? {} : { for: { sub: viewer.actsFor, name: null } };
  const { role: own, barred } = ownPost(desk, action, item);
  if (own !== undefined) return { sub, name, role: own, ...behalf };
  const helper = roster.entry?.employment === 'CONTRACTED';
  const post = standInFor(viewer, action, tier, helper ? standIns.filter((s) => s.role === 'AGENT') : standIns, day);
  if (post?.role === 'AGENT') requireStandInAgent(roster, action, item, day);
  if (post) return { sub, name, role: post.role, for: post.absent };
  if (barred) throw barred;
  return { sub, name, role: requirePermission(viewer, action, tier) };
}

/**
 * The person's own post for the action. If only the roster stands in the way, the reason why they can't act as agent.
 */
function ownPost({ viewer, divisions, node, roster, now }: Post, action: Action, item: string | null) {
  const { tier } = divisions.get(node);
  const role = permittedRole(viewer, action, tier);
  if (role !== 'AGENT') return { role };
  try {
    requireRostered(roster, action, item, dayOf(now));
    return { role };
  } catch (barred) {
    if (!(barred instanceof ProblemError)) throw barred;
    const others = { ...viewer, roles: viewer.roles.filter((r) => r !== 'AGENT') };
    return { role: permittedRole(others, action, tier), barred };
  }
}

/** An agent's stand-in need not be an agent. A contracted helper's limits also apply when standing in. */
function requireStandInAgent(roster: RosterStanding, action: Action, item: string | null, day: Day): void {
  if (roster.entry) requireRostered(roster, action, item, day);
}

/**
 * As {@link actAs} for one case: an agent acts only while the applicant's consent is in effect; after that the person
 * needs another post.
 * @throws {ProblemError} CONSENT_REVOKED, CONSENT_EXPIRED
 */
function actOn(desk: Desk, file: CaseFile, action: Action): LogActor {
  const actor = actAs(desk, action, file);
  if (actor.role !== 'AGENT') return actor;
  try {
    requireConsent(file.proxy, dayOf(desk.now));
    return actor;
  } catch (ended) {
    const others = { ...desk.viewer, roles: desk.viewer.roles.filter((role) => role !== 'AGENT') };
    const { tier } = desk.divisions.get(desk.node);
    const role = permittedRole(others, action, tier);
    if (role === undefined) throw ended;
    return { sub: actor.sub, name: actor.name, role };
  }
}

/** Checks that the person may do it, the case rests at this desk, and the item belongs to the person's department. */
export function atOwnCase(desk: Desk, file: CaseFile, action: Action): LogActor {
  const actor = actOn(desk, file, action);
  requireCustody(desk.node, file);
  // a desk that takes in for others helps with every department's items; steps of the organ belong to the department
  if (isOrgan(desk.node, file)) requireOrganDesk(desk, file, actor.role);
  return actor;
}

/**
 * Whether a person acts for the proxy office of a county's centre (代办科): as agent, of no department. It takes in and
 * looks after cases of every department, as an applicant would; accepting, reviewing and deciding is no agent's.
 */
export function isProxyOffice(
  { viewer, node, divisions }: Pick<Desk, 'viewer' | 'node' | 'divisions'>,
  role: Role | null,
): boolean {
  const { department, window } = viewer;
  return role === 'AGENT' && department === null && window === undefined && divisions.get(node).tier === 'COUNTY';
}

/**
 * Checks the person's office for a step of a case at its organ: the department's, or the proxy office for cases that
 * agents of this desk look after.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireOrganDesk(desk: OfficeDesk, file: CaseFile, role: Role | null): void {
  if (!isProxyOffice(desk, role)) {
    requireOffice(desk);
  } else if (file.proxy?.agent.node !== desk.node) {
    throw problem('WRONG_DEPARTMENT', 'The proxy office handles the cases that agents of this desk look after.', {
      article: ARTICLES.postDuties,
    });
  }
}

export function requireCustody(node: DivisionCode, file: CaseFile): void {
  if (file.custodian !== node) {
    throw problem('NOT_CUSTODIAN', `${node} does not hold the case; ${file.custodian} does.`, {
      custodian: file.custodian,
    });
  }
  if (file.inTransitTo === null) return;
  throw problem('CASE_IN_TRANSIT', `The case is under way to ${file.inTransitTo} and can't be changed.`);
}

/** The parts of the context that say whose office the person sits at. */
type OfficeDesk = Pick<Desk, 'viewer' | 'node' | 'divisions' | 'item' | 'offices' | 'now'>;

/**
 * Checks that the item belongs to the person's department or to the bureau that holds its powers (26 枚公章归一), or that a
 * department authorized the person's window for it.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireOffice({ viewer, node, divisions, item, offices, now }: OfficeDesk): void {
  const day = dayOf(now);
  const serves = offices.authorities.some((a) => a.window === viewer.window && a.item === item.code && holdsOn(a, day));
  if (serves) return;
  requireDepartment(viewer, holdersOf(item, offices.transfers, day).join(';'), divisions.get(node).tier);
}

/**
 * The department in whose name a person does a stage; null at a comprehensive window of a township.
 * @throws {ProblemError} WINDOW_UNAUTHORIZED at a window that no department authorized for it
 */
export function departmentAt({ viewer, offices, item, now }: Desk, stage: WindowStage): string | null {
  if (viewer.window === undefined) return viewer.department;
  return requireWindowAuthority(offices, item, viewer.window, stage, dayOf(now)).inNameOf;
}

/**
 * Checks that the line may follow the case's state ({@link CASE_EVENTS}).
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function requireFollows(file: CaseFile, action: LogAction): void {
  const { from } = CASE_EVENTS[action];
  if (from.includes(file.state)) return;
  throw problem(
    'ILLEGAL_STEP',
    `The case is ${file.state} ${CASE_STATE_LABELS[file.state]}; ${action} needs ${from.join(' or ')}.`,
  );
}

export function requireReason(reason: string, article: string): void {
  if (reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { article, field: 'reason' });
}

export function unrelatedMaterials(
  implementation: Implementation,
  given: readonly { name: string }[],
  field = 'materials',
): Problem[] {
  return given.flatMap(({ name }, index): Problem[] => {
    if (implementation.materials.some((m) => m.name === name)) return [];
    return [
      {
        code: 'MATERIAL_UNRELATED',
        message: `"${name}" is no material of ${implementation.item}; it takes ${implementation.materials.map((m) => m.name).join('、')}.`,
        article: ARTICLES.noUnrelatedMaterials,
        field: `${field}.${index}.${field === 'missing' ? 'material' : 'name'}`,
        node: null,
      },
    ];
  });
}

export function refuseAll(problems: Problem[]): void {
  const [first, ...rest] = problems;
  if (first) throw new ProblemError([first, ...rest]);
}
