import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { LogActor } from '../../case/log-line.ts';
import { NODE_ACTOR } from '../../case/log-line.ts';
import type { ProjectAgent, ProjectEntry, ProjectLead } from './log.ts';
import type { ProjectPhase } from './words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { Post } from '../../case/step-rules.ts';
import { actAs, requireReason } from '../../case/step-rules.ts';
import { requireOneOf } from '../../operation/permissions.ts';
import type { ProjectCase, ProjectFile, ProjectOrder } from './rules.ts';
import { phaseAfter, phaseOf, requireOpenProject } from './rules.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';
import type { Succession } from '../../case/successions.ts';

/** A line to write: actor and data; the store adds number, time, chain and signature. */
export type ProjectDraft = ProjectEntry & { actor: LogActor };

const { projects: article } = ARTICLES;
const bad = (message: string, field: string) => problem('BAD_INPUT', message, { article, field });

export interface Registration {
  name: string;
  amountFen: number;
  /** The place where it is built; within the division of the node that keeps it. */
  place: DivisionCode;
  /** 立项. */
  on: Day;
}

/**
 * Registers a project (项目登记) in its first phase.
 * @throws {ProblemError} FORBIDDEN, UNKNOWN_DIVISION, NOT_COMPETENT, BAD_INPUT
 */
export function registerProject(desk: Post, { name, amountFen, place, on }: Registration): ProjectDraft[] {
  const actor = actAs(desk, 'KEEP_PROJECT', null);
  requireWithin(desk, place, 'place');
  requireNotLater(on, dayOf(desk.now));
  requireAmount(amountFen);
  return [{ action: 'REGISTERED', actor, data: { name, amountFen, place, on } }];
}

/**
 * Changes name or amount, for a reason; the former values stay in the log.
 * @throws {ProblemError} PROJECT_ENDED, REASON_MISSING, NO_CHANGE, BAD_INPUT
 */
export function amendProject(
  desk: Post,
  file: ProjectFile,
  change: { name: string | null; amountFen: number | null; reason: string },
): ProjectDraft[] {
  const actor = actAs(desk, 'KEEP_PROJECT', null);
  requireOpenProject(file, file.id, 'id');
  requireReason(change.reason, article);
  const { name, amountFen } = { name: change.name ?? file.name, amountFen: change.amountFen ?? file.amountFen };
  requireAmount(amountFen);
  if (name === file.name && amountFen === file.amountFen) {
    throw problem('NO_CHANGE', 'Name and amount are as they were.', { article, field: 'name' });
  }
  return [{ action: 'AMENDED', actor, data: { name, amountFen, reason: change.reason } }];
}

/**
 * Moves a project to its next phase: one at a time, never back, never before the former phase's day, never in the
 * future.
 * @throws {ProblemError} PROJECT_ENDED, PHASE_OUT_OF_ORDER, BAD_INPUT
 */
export function reachPhase(desk: Post, file: ProjectFile, phase: ProjectPhase, on: Day): ProjectDraft[] {
  const actor = actAs(desk, 'KEEP_PROJECT', null);
  requireOpenProject(file, file.id, 'id');
  const last = phaseOf(file);
  const next = phaseAfter(last.phase);
  if (phase !== next) {
    const may = next ? `${next} follows` : 'nothing follows';
    throw problem('PHASE_OUT_OF_ORDER', `The project is at ${last.phase}: ${may}, not ${phase}.`, {
      article,
      field: 'phase',
    });
  }
  requireNotLater(on, dayOf(desk.now));
  if (on < last.on) throw bad(`${phase} on ${on} lies before ${last.phase} on ${last.on}.`, 'on');
  return [{ action: 'PHASE_REACHED', actor, data: { phase, on } }];
}

/**
 * Makes a project a key project (重点项目) or ends that, by the head, for a ground (a list's number and year).
 * @throws {ProblemError} PROJECT_ENDED, REASON_MISSING, NO_CHANGE
 */
export function flagKeyProject(desk: Post, file: ProjectFile, key: boolean, ground: string): ProjectDraft[] {
  const actor = actAs(desk, 'FLAG_PROJECT', null);
  requireOpenProject(file, file.id, 'id');
  requireReason(ground, ARTICLES.greenChannel);
  if (key === (file.key !== null)) {
    throw problem('NO_CHANGE', key ? 'It is a key project.' : 'It is no key project.', { article, field: 'key' });
  }
  return [{ action: key ? 'KEY_FLAGGED' : 'KEY_UNFLAGGED', actor, data: { ground } }];
}

export interface NewOrder {
  node: DivisionCode;
  department: string | null;
  text: string;
  dueOn: Day;
}

export interface Dispatch {
  lead: ProjectLead;
  agent: ProjectAgent | null;
  orders: readonly NewOrder[];
}

/**
 * Dispatches a project (派单): its lead, its proxy agent, and the orders to lower nodes or departments here, with their
 * deadlines.
 * @throws {ProblemError} PROJECT_ENDED, UNKNOWN_DIVISION, NOT_COMPETENT, BAD_INPUT
 */
export function dispatchProject(desk: Post, file: ProjectFile, { lead, agent, orders }: Dispatch): ProjectDraft[] {
  const actor = actAs(desk, 'DISPATCH_PROJECT', null);
  requireOpenProject(file, file.id, 'id');
  requireWithin(desk, lead.node, 'lead.node');
  if (desk.divisions.get(lead.node).tier === 'VILLAGE') {
    throw problem('NOT_COMPETENT', 'A village committee is no administrative organ and leads no project.', {
      article: ARTICLES.organsOnly,
      field: 'lead.node',
    });
  }
  if (agent) requireWithin(desk, agent.node, 'agent.node');
  const today = dayOf(desk.now);
  const made = orders.map((order, i): ProjectDraft => {
    requireWithin(desk, order.node, `orders.${i}.node`);
    if (order.node === desk.node && order.department === null) {
      throw bad('An order to the own node names its department.', `orders.${i}.department`);
    }
    if (order.dueOn < today) throw bad(`${order.dueOn} has passed.`, `orders.${i}.dueOn`);
    requireNoPersonalData(order.text, `orders.${i}.text`);
    return { action: 'ORDERED', actor, data: { order: file.orders.length + i + 1, ...order } };
  });
  return [{ action: 'DISPATCHED', actor, data: { lead, agent } }, ...made];
}

/**
 * The person who answers an order (交办答复). They belong to the node, and the department, that got the order.
 * @throws {ProblemError} NOT_FOUND, NOT_COMPETENT, WRONG_DEPARTMENT, ORDER_ANSWERED, REASON_MISSING
 */
export function answererOf(desk: Post, file: ProjectFile, number: number, answer: string): LogActor {
  const actor = actAs(desk, 'ANSWER_PROJECT', null);
  const order = requireOrder(file, number, desk.node);
  if (order.department !== null) {
    requireOneOf(desk.viewer, [order.department], desk.divisions.get(desk.node).tier);
  }
  requireReason(answer, article);
  requireNoPersonalData(answer, 'answer');
  return actor;
}

/**
 * Records an answer at the node that keeps the project.
 * @param node the node that was ordered and answers
 * @throws {ProblemError} NOT_FOUND, NOT_COMPETENT, ORDER_ANSWERED
 */
export function answerOrder(
  file: ProjectFile,
  node: DivisionCode,
  actor: LogActor,
  number: number,
  answer: string,
): ProjectDraft[] {
  requireOrder(file, number, node);
  return [{ action: 'ORDER_ANSWERED', actor, data: { order: number, node, answer } }];
}

function requireOrder({ orders }: ProjectFile, number: number, node: DivisionCode): ProjectOrder {
  const order = orders.find((o) => o.number === number);
  if (!order) throw problem('NOT_FOUND', `The project has no order ${number}.`, { article, field: 'order' });
  if (order.node !== node) {
    throw problem('NOT_COMPETENT', `Order ${number} is for ${order.node}, not ${node}.`, { article, field: 'order' });
  }
  if (!order.answer) return order;
  throw problem('ORDER_ANSWERED', `Order ${number} was answered; that is done once.`, { article, field: 'order' });
}

/** Project line for a case that was linked to the project; empty if the project already has the case. */
export function linkCase(file: ProjectFile, { id, ...linked }: ProjectCase): ProjectDraft[] {
  if (file.cases.some((c) => c.id === id)) return [];
  return [{ action: 'CASE_LINKED', actor: NODE_ACTOR, data: { case: id, ...linked } }];
}

/** Project line for a removed case; empty if the project does not have the case. */
export function unlinkCase(file: ProjectFile, id: string): ProjectDraft[] {
  if (!file.cases.some((c) => c.id === id)) return [];
  return [{ action: 'CASE_LEFT', actor: NODE_ACTOR, data: { case: id } }];
}

/** Project line for a node that refused a notice. */
export function refusedNotice(by: DivisionCode, code: string): ProjectDraft[] {
  return [{ action: 'NOTICE_REFUSED', actor: NODE_ACTOR, data: { by, code } }];
}

/**
 * Project line by which the successor of a closed keeper takes the project over (撤并承接); empty if another node keeps it.
 */
export function succeedProject(file: ProjectFile, { node, successor, closing, why }: Succession): ProjectDraft[] {
  if (file.node !== node) return [];
  return [{ action: 'SUCCEEDED', actor: NODE_ACTOR, data: { node, successor, closing, why } }];
}

/**
 * Ends a project that will not go on (项目终止); it takes no more cases or steps.
 * @throws {ProblemError} PROJECT_ENDED, REASON_MISSING
 */
export function endProject(desk: Post, file: ProjectFile, reason: string): ProjectDraft[] {
  const actor = actAs(desk, 'KEEP_PROJECT', null);
  requireOpenProject(file, file.id, 'id');
  requireReason(reason, article);
  return [{ action: 'ENDED', actor, data: { reason } }];
}

function requireWithin({ divisions, node }: Post, code: DivisionCode, field: string): void {
  if (!divisions.find(code)) throw problem('UNKNOWN_DIVISION', `${code} is no division.`, { field });
  if (divisions.isWithin(code, node)) return;
  throw problem('NOT_COMPETENT', `${code} does not lie within ${node}.`, { article, field });
}

function requireNotLater(on: Day, today: Day): void {
  if (on > today) throw bad(`${on} has not come yet.`, 'on');
}

function requireAmount(amountFen: number): void {
  if (Number.isSafeInteger(amountFen) && amountFen >= 0) return;
  throw bad('The amount is whole fen, not below 0.', 'amountFen');
}
