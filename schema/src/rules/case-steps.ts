import type { DivisionCode } from '../divisions.ts';
import type { Problem } from '../errors.ts';
import { ProblemError, problem } from '../errors.ts';
import type { LogActor, Material, MissingMaterial } from '../messages/log-line.ts';
import { NODE_ACTOR } from '../messages/log-line.ts';
import type { ConsentWay, GrantStage, Opinion, Outcome, WindowStage } from '../vocabulary.ts';
import { CASE_STATE_LABELS } from '../vocabulary.ts';
import { ARTICLES } from './articles.ts';
import { dayOf } from './calendar.ts';
import type { CaseFile } from './case-state.ts';
import { asAcceptor, asDecider, notCompetent, rerouting, reroutedFirst, standsOn } from './case-grants.ts';
import { isOrgan, mayReview, missingMaterials, nameOf } from './case-state.ts';
import type { Implementation, Item } from './catalogue.ts';
import { isInForce, requireInForce } from './catalogue.ts';
import { noticeDueAt } from './clock.ts';
import type { Desk, LineDraft, Step } from './desk.ts';
import { requireIntake, route } from './competence.ts';
import type { CaseFacts } from './delegation.ts';
import { NO_FACTS } from './delegation.ts';
import { NO_OFFICES, holdersOf, holdsOn, requireWindowAuthority } from './offices.ts';
import type { Action } from './permissions.ts';
import { requireDepartment, requireOwnDesk, requirePermission } from './permissions.ts';

export type { Desk, LineDraft, Step };

/** 救济途径: a refusal names reconsideration and litigation (Art. 38). */
export const REMEDIES =
  '如不服本决定,可自收到决定之日起六十日内申请行政复议,或者自收到决定之日起六个月内提起行政诉讼。';

/** What an application asks for, as far as the rules see it: no personal data. */
export interface Filing {
  number: string;
  place: DivisionCode;
  application: string;
  consent: { way: ConsentWay; givenAt: string } | null;
  materials: Material[];
  facts?: CaseFacts;
}

/**
 * Takes an application in (收件).
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, ITEM_NOT_IN_FORCE, COMPETENCE_UNRESOLVED, NOT_COMPETENT,
 * CONSENT_MISSING, MATERIAL_UNRELATED: all that apply to the input at once
 */
export function fileCase(desk: Desk, filing: Filing): Step {
  const { item, node, divisions, now } = desk;
  const actor = actAs(desk, 'FILE_CASE');
  requireInForce(item, dayOf(now));
  const { facts = NO_FACTS } = filing;
  const found = route(item, filing.place, divisions, desk.grants, facts);
  requireIntake(item, node, found, divisions);
  if (node === found.acceptor) requireOffice(desk);
  refuseAll([...consentFaults(actor, filing, now, item), ...unrelatedMaterials(desk.implementation, filing.materials)]);
  return oneLine({
    action: 'FILED',
    actor,
    note: null,
    data: {
      number: filing.number,
      item: item.code,
      itemVersion: item.version,
      itemKind: item.kind,
      place: filing.place,
      acceptor: found.acceptor,
      decider: found.decider,
      power: found.power,
      through: found.through,
      facts,
      application: filing.application,
      consent: filing.consent,
      materials: filing.materials,
    },
  });
}

/** Hands in what the one-time notice asked for (补正); part of it may come later. */
export function supplementCase(desk: Desk, file: CaseFile, materials: Material[], note: string | null): Step {
  const actor = atOwnCase(desk, file, 'SUPPLEMENT_CASE');
  requireState(file, ['AWAITING_SUPPLEMENT']);
  refuseAll(unrelatedMaterials(desk.implementation, materials));
  if (materials.length === 0) throw problem('BAD_INPUT', 'A supplement needs a material.', { field: 'materials' });
  return oneLine({ action: 'SUPPLEMENTED', actor, note, data: { materials } });
}

/**
 * Names all missing materials once (一次告知, Art. 32) and gives the case back to the desk that took it in, where the
 * resident is.
 * @throws {ProblemError} SUPPLEMENT_REPEATED, SUPPLEMENT_TOO_LATE, SUPPLEMENT_INCOMPLETE, GRANT_NOT_IN_EFFECT
 */
export function requestSupplement(desk: Desk, given: CaseFile, asked: MissingMaterial[], note: string | null): Step {
  const actor = atOwnCase(desk, given, 'REQUEST_SUPPLEMENT');
  return asAcceptor(desk, given, (file) => notice(desk, file, actor, asked, note));
}

function notice(desk: Desk, file: CaseFile, actor: LogActor, asked: MissingMaterial[], note: string | null): Step {
  requireState(file, ['FILED']);
  if (file.supplement) {
    throw problem(
      'SUPPLEMENT_REPEATED',
      `Missing materials were named on ${dayOf(file.supplement.at)}; that is done once.`,
      {
        article: ARTICLES.oneTimeNotice,
      },
    );
  }
  const due = noticeDueAt(file.materialsInAt, desk.calendar);
  if (desk.now > due.at) {
    throw problem(
      'SUPPLEMENT_TOO_LATE',
      `Missing materials had to be named by ${dayOf(due.at)}; the case counts as accepted.`,
      {
        article: ARTICLES.oneTimeNotice,
      },
    );
  }
  refuseAll(
    unrelatedMaterials(
      desk.implementation,
      asked.map((a) => ({ name: a.material })),
      'missing',
    ),
  );
  const unnamed = missingMaterials(file, desk.implementation.materials).filter(
    (name) => !asked.some((a) => a.material === name),
  );
  if (unnamed.length > 0) {
    throw problem('SUPPLEMENT_INCOMPLETE', `Also missing and not named: ${unnamed.join('、')}.`, {
      article: ARTICLES.oneTimeNotice,
      field: 'missing',
    });
  }
  if (asked.length === 0) throw problem('BAD_INPUT', 'Nothing is missing, nothing was named.', { field: 'missing' });
  const line: LineDraft = { action: 'SUPPLEMENT_REQUESTED', actor, note, data: { missing: asked } };
  if (desk.node === file.filingNode) return oneLine(line);
  const back = { to: file.filingNode, epoch: file.epoch + 1 };
  return { lines: [line, { action: 'RETURNED', actor, note: '退回补正', data: back }], handOff: back };
}

/**
 * Accepts (受理). After the five days for the notice ran out, acceptance counts from the day the materials came in.
 * @throws {ProblemError} NOT_COMPETENT, GRANT_NOT_IN_EFFECT, ITEM_NOT_IN_FORCE, MATERIALS_MISSING
 */
export function acceptCase(desk: Desk, given: CaseFile, note: string | null): Step {
  const actor = atOwnCase(desk, given, 'ACCEPT_CASE');
  departmentAt(desk, 'ACCEPT');
  return asAcceptor(desk, given, (file) => {
    requireState(file, ['FILED']);
    const deemed = desk.now > noticeDueAt(file.materialsInAt, desk.calendar).at;
    requireInForce(desk.item, dayOf(deemed ? file.materialsInAt : desk.now));
    const missing = missingMaterials(file, desk.implementation.materials);
    if (missing.length > 0 && !deemed) {
      throw problem('MATERIALS_MISSING', `Not handed in: ${missing.join('、')}.`, {
        article: ARTICLES.oneTimeNotice,
        field: 'materials',
      });
    }
    return acceptance(desk, file, actor, deemed, note);
  });
}

/**
 * The acceptance the law itself brings about when nothing was named within five working days (逾期不告知的,自收到申请材料
 * 之日起即为受理); null while there is still time, when the case is past it, when the item was not in force that day, or
 * when the grant to accept it ended: the organ it then goes up to has it accepted as from the same day.
 */
export function deemAccepted(desk: Omit<Desk, 'viewer'>, file: CaseFile): Step | null {
  const here = file.custodian === desk.node && file.inTransitTo === null && file.acceptor === desk.node;
  if (!here || file.state !== 'FILED' || !standsOn(desk, file, 'ACCEPT')) return null;
  if (desk.now <= noticeDueAt(file.materialsInAt, desk.calendar).at) return null;
  if (!isInForce(desk.item, dayOf(file.materialsInAt))) return null;
  return acceptance(desk, file, NODE_ACTOR, true, '逾期未一次告知,视为受理');
}

function acceptance(
  desk: Omit<Desk, 'viewer'>,
  file: CaseFile,
  actor: LogActor,
  deemed: boolean,
  note: string | null,
): Step {
  const { item, implementation } = desk;
  return oneLine({
    action: 'ACCEPTED',
    actor,
    note,
    data: {
      from: dayOf(deemed ? file.materialsInAt : desk.now),
      deemed,
      itemVersion: item.version,
      implementationVersion: implementation.version,
      promised: implementation.promised,
      statutory: item.statutory,
    },
  });
}

/** Does not accept (不予受理), with the reason and the remedies. */
export function refuseCase(desk: Desk, given: CaseFile, reason: string): Step {
  const actor = atOwnCase(desk, given, 'REFUSE_CASE');
  return asAcceptor(desk, given, (file) => {
    requireState(file, ['FILED']);
    requireReason(reason, ARTICLES.writtenAcceptance);
    return oneLine({ action: 'NOT_ACCEPTED', actor, note: reason, data: { reason, remedies: REMEDIES } });
  });
}

/**
 * Reviews (审查) at the accepting or the deciding desk; the deciding one also where another's review stands for its own.
 * @param amountFen the amount as the review assesses it, in fen; the cap of a grant goes by it from then on
 */
export function reviewCase(
  desk: Desk,
  file: CaseFile,
  opinion: Opinion,
  note: string | null,
  amountFen: number | null = null,
): Step {
  const actor = atOwnCase(desk, file, 'REVIEW_CASE');
  if (!mayReview(desk.node, file)) requireState(file, ['ACCEPTED']);
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  departmentAt(desk, 'REVIEW');
  if (opinion === 'REJECT') requireReason(note ?? '', ARTICLES.reasonsForRefusal);
  return oneLine({ action: 'REVIEWED', actor, note, data: { opinion, ...(amountFen === null ? {} : { amountFen }) } });
}

/**
 * Decides (决定): the chief representative, never a person who accepted or reviewed (一审一核).
 * @throws {ProblemError} REVIEW_MISSING, SAME_PERSON, REASON_MISSING, GRANT_NOT_IN_EFFECT
 */
export function decideCase(
  desk: Desk,
  given: CaseFile,
  outcome: Outcome,
  reason: string | null,
  minutes: string | null = null,
): Step {
  const actor = atOwnCase(desk, given, 'DECIDE_CASE');
  const borrowed = given.state === 'REVIEWED' && given.reviews.at(-1)?.node !== desk.node;
  const stages: GrantStage[] = borrowed ? ['REVIEW', 'DECIDE'] : ['DECIDE'];
  return asDecider(desk, given, stages, (file) => decision(desk, file, actor, { outcome, reason, minutes }));
}

interface Decided {
  outcome: Outcome;
  reason: string | null;
  minutes: string | null;
}

function decision(desk: Desk, file: CaseFile, actor: LogActor, { outcome, reason, minutes }: Decided): Step {
  const reviewer = file.reviews.at(-1)?.node;
  const reviewed = reviewer === desk.node || reviewer === file.through.review?.grantee;
  if (file.state === 'ACCEPTED' || (file.state === 'REVIEWED' && !reviewed)) {
    throw problem('REVIEW_MISSING', `${desk.node} has not reviewed the case yet.`, { article: ARTICLES.twoPersons });
  }
  requireState(file, ['REVIEWED']);
  const handled = [file.acceptance?.actor.sub, ...file.reviews.map((r) => r.actor.sub)];
  if (handled.includes(actor.sub)) {
    throw problem('SAME_PERSON', 'Whoever accepted or reviewed a case does not decide it.', {
      article: ARTICLES.twoPersons,
    });
  }
  if (outcome === 'REFUSED') requireReason(reason ?? '', ARTICLES.reasonsForRefusal);
  if (desk.item.collectiveDecision && !minutes) {
    throw problem('MINUTES_MISSING', `${desk.item.code} is decided together; name the minutes of the meeting.`, {
      article: ARTICLES.collectiveDecision,
      field: 'minutes',
    });
  }
  const remedies = outcome === 'REFUSED' ? REMEDIES : null;
  const use = file.through.decide;
  const department = departmentAt(desk, 'DECIDE');
  return oneLine({
    action: 'DECIDED',
    actor,
    note: reason,
    data: {
      outcome,
      reason,
      remedies,
      inNameOf: nameOf(file),
      ...(department === null ? {} : { department }),
      ...(minutes === null ? {} : { minutes }),
      ...(use ? { grant: use.id } : {}),
    },
  });
}

/**
 * Forwards (上报): to the accepting organ, or with the review to the deciding one. Where a grant the case stood on has
 * ended, or its cap is passed, the log first says which way it goes now.
 */
export function forwardCase(desk: Desk, given: CaseFile, note: string | null): Step {
  const actor = atOwnCase(desk, given, 'FORWARD_CASE');
  const change = rerouting(desk, given);
  if (!change) return forwarding(desk, given, actor, note);
  return reroutedFirst(change, forwarding(desk, { ...given, ...change }, actor, note));
}

function forwarding(desk: Desk, file: CaseFile, actor: LogActor, note: string | null): Step {
  const { node } = desk;
  // whoever took it in sends it to the accepting organ, also a hall above it
  if (file.acceptance === null && node !== file.acceptor) {
    requireState(file, ['FILED']);
    return handOff({ action: 'FORWARDED', actor, note }, file.acceptor, file);
  }
  if (node === file.decider) {
    throw problem('NOT_COMPETENT', `${node} decides the case itself; there is nowhere to forward it.`);
  }
  if (file.state === 'ACCEPTED') {
    throw problem('REVIEW_MISSING', 'The lower organ reviews before it sends a case up.', {
      article: ARTICLES.firstReview,
    });
  }
  requireState(file, ['REVIEWED']);
  return handOff({ action: 'FORWARDED', actor, note }, file.decider, file);
}

/**
 * Returns (退回), with the reason: what is not accepted yet to the desk that took it in, what was reviewed below to the
 * organ that reviewed it. An accepted case is decided and does not go back to the desk that took it in.
 */
export function returnCase(desk: Desk, file: CaseFile, reason: string): Step {
  const actor = atOwnCase(desk, file, 'RETURN_CASE');
  requireReason(reason, ARTICLES.postDuties);
  const accepted = file.acceptance !== null;
  requireState(file, ['FILED', 'AWAITING_SUPPLEMENT', 'ACCEPTED', 'REVIEWED']);
  if (accepted && desk.node === file.acceptor) {
    throw problem('ILLEGAL_STEP', 'An accepted case is decided; it does not go back to the desk that took it in.', {
      article: ARTICLES.writtenAcceptance,
    });
  }
  const to = accepted ? file.acceptor : file.filingNode;
  if (to === desk.node) {
    throw problem('NOT_COMPETENT', `${desk.node} took the case in itself; there is nowhere to return it.`);
  }
  return handOff({ action: 'RETURNED', actor, note: reason }, to, file);
}

/**
 * Calls a case back (收回) from the grantee that would decide it: it goes to the organ that holds the power, as it is.
 * @param by who decided so at the grantor's
 * @throws {ProblemError} NOT_COMPETENT, NOT_CUSTODIAN, CASE_IN_TRANSIT, ILLEGAL_STEP
 */
export function recallCase(
  node: DivisionCode,
  file: CaseFile,
  grantor: DivisionCode,
  by: LogActor,
  reason: string,
): Step {
  if (file.through.decide?.grantor !== grantor) {
    throw problem('NOT_COMPETENT', `${file.id} is not decided under a grant of ${grantor}.`, {
      article: ARTICLES.delegation,
    });
  }
  requireCustody(node, file);
  requireState(file, ['FILED', 'AWAITING_SUPPLEMENT', 'ACCEPTED', 'REVIEWED']);
  const change = { acceptor: file.acceptor, decider: file.power, through: { ...file.through, decide: null } };
  const line: LineDraft = { action: 'REROUTED', actor: by, note: reason, data: change };
  // what is not accepted yet goes its way; it only ends elsewhere
  if (file.acceptance === null || node === file.power) return oneLine(line);
  const data = { to: file.power, epoch: file.epoch + 1 };
  return { lines: [line, { action: 'FORWARDED', actor: by, note: reason, data }], handOff: data };
}

/** Withdraws (撤回) at the applicant's wish, while nothing is decided. */
export function withdrawCase(desk: Desk, file: CaseFile, reason: string): Step {
  const actor = atOwnCase(desk, file, 'WITHDRAW_CASE');
  requireState(file, ['FILED', 'AWAITING_SUPPLEMENT', 'ACCEPTED', 'REVIEWED']);
  requireReason(reason, ARTICLES.postDuties);
  return oneLine({ action: 'WITHDRAWN', actor, note: reason, data: { reason, requestedAt: desk.node } });
}

// ---- what several steps share --------------------------------------------------------------------------------------

function handOff(
  line: { action: 'FORWARDED' | 'RETURNED'; actor: LogActor; note: string | null },
  to: DivisionCode,
  file: CaseFile,
): Step {
  const data = { to, epoch: file.epoch + 1 };
  return { lines: [{ ...line, data }], handOff: data };
}

function oneLine(line: LineDraft): Step {
  return { lines: [line], handOff: null };
}

function actAs(desk: Desk, action: Action): LogActor {
  requireOwnDesk(desk.viewer, desk.node);
  const role = requirePermission(desk.viewer, action, desk.divisions.get(desk.node).tier);
  return { sub: desk.viewer.sub, name: desk.viewer.name, role };
}

/** The person may do it, the case rests at this desk, and the item belongs to the person's department. */
function atOwnCase(desk: Desk, file: CaseFile, action: Action): LogActor {
  const actor = actAs(desk, action);
  requireCustody(desk.node, file);
  // whoever takes in for others helps with every department's items; the organ's own steps are the department's
  const organ = isOrgan(desk.node, file);
  if (organ) requireOffice(desk);
  return actor;
}

function requireCustody(node: DivisionCode, file: CaseFile): void {
  if (file.custodian !== node) {
    throw problem('NOT_CUSTODIAN', `${node} does not hold the case; ${file.custodian} does.`, {
      custodian: file.custodian,
    });
  }
  if (file.inTransitTo === null) return;
  throw problem('CASE_IN_TRANSIT', `The case is under way to ${file.inTransitTo} and can't be changed.`);
}

/**
 * The item belongs to the person's department, or to the bureau that holds its powers (26 枚公章归一), or a department
 * authorized the person's window for it.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
function requireOffice({ viewer, node, divisions, item, offices = NO_OFFICES, now }: Desk): void {
  const day = dayOf(now);
  const serves = offices.authorities.some((a) => a.window === viewer.window && a.item === item.code && holdsOn(a, day));
  if (serves) return;
  requireDepartment(viewer, holdersOf(item, offices.transfers, day).join(';'), divisions.get(node).tier);
}

/**
 * The department in whose name a person does a stage; null at a comprehensive window of a township.
 * @throws {ProblemError} WINDOW_UNAUTHORIZED at a window that no department authorized for it
 */
function departmentAt({ viewer, offices, item, now }: Desk, stage: WindowStage): string | null {
  if (viewer.window === undefined) return viewer.department;
  return requireWindowAuthority(offices ?? NO_OFFICES, item, viewer.window, stage, dayOf(now)).inNameOf;
}

function requireState(file: CaseFile, states: CaseFile['state'][]): void {
  if (states.includes(file.state)) return;
  throw problem(
    'ILLEGAL_STEP',
    `The case is ${file.state} ${CASE_STATE_LABELS[file.state]}; this step needs ${states.join(' or ')}.`,
  );
}

function requireReason(reason: string, article: string): void {
  if (reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { article, field: 'reason' });
}

function consentFaults(actor: LogActor, filing: Filing, now: Date, item: Item): Problem[] {
  const fault = (message: string, field: string): Problem => ({
    code: 'CONSENT_MISSING',
    message,
    article: ARTICLES.proxyConsent,
    field,
    node: null,
  });
  if (actor.role !== 'AGENT') return [];
  if (!item.proxyAllowed)
    return [{ ...fault(`${item.code} can't be handled by an agent.`, 'item'), code: 'FORBIDDEN' }];
  if (!filing.consent) return [fault("An agent files with the applicant's recorded consent only.", 'consent')];
  if (new Date(filing.consent.givenAt) > now) return [fault('The consent is dated in the future.', 'consent.givenAt')];
  return [];
}

function unrelatedMaterials(
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

function refuseAll(problems: Problem[]): void {
  const [first, ...rest] = problems;
  if (first) throw new ProblemError([first, ...rest]);
}
