import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import type { ProblemError } from '../../kernel/errors.ts';
import { problem } from '../../kernel/errors.ts';
import { filingNodeOf } from '../../kernel/identifiers.ts';
import type { LogActor } from '../../case/log-line.ts';
import type { ProjectAgent, ProjectLead, ProjectLine } from './log.ts';
import type { ProjectPhase } from './words.ts';
import { PROJECT_ACTION_LABELS, PROJECT_PHASES } from './words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requirePermission } from '../../operation/permissions.ts';

/** A phase a project has reached. */
export interface ReachedPhase {
  phase: ProjectPhase;
  /** The stated day it began. */
  on: Day;
  /** When it was recorded, and the person who did so. */
  at: Date;
  actor: LogActor;
}

/** 交办: an order to a node, or a department of it, for a project, and its answer. */
export interface ProjectOrder {
  /** 1, 2, 3 … within the project. */
  number: number;
  node: DivisionCode;
  department: string | null;
  text: string;
  dueOn: Day;
  orderedAt: Date;
  orderedBy: LogActor;
  answer: { text: string; at: Date; actor: LogActor } | null;
}

/** A case of a project when it was linked. */
export interface ProjectCase {
  id: string;
  number: string;
  item: string;
  filedOn: Day;
  acceptor: DivisionCode;
  decider: DivisionCode;
}

/** 项目: everything its log says, folded from the lines alone. */
export interface ProjectFile {
  id: string;
  /** The node that keeps it. */
  node: DivisionCode;
  /** Closed nodes that kept it before, the earliest first. */
  former: DivisionCode[];
  name: string;
  /** In fen. */
  amountFen: number;
  place: DivisionCode;
  /** Null until it is dispatched. */
  lead: ProjectLead | null;
  agent: ProjectAgent | null;
  /** 重点项目; null for other projects. */
  key: { ground: string; at: Date; actor: LogActor } | null;
  /** In order; the last is the current one. */
  phases: [ReachedPhase, ...ReachedPhase[]];
  orders: ProjectOrder[];
  cases: ProjectCase[];
  /** Nodes that refused a notice, with the code of their refusal. */
  refusals: { by: DivisionCode; code: string; at: Date }[];
  ended: { at: Date; reason: string; actor: LogActor } | null;
  seq: number;
  lastAt: Date;
}

/** The facts about its project that a case's desk must know. */
export interface ProjectStanding {
  id: string;
  key: boolean;
  ended: boolean;
}

export function standingOf({ id, key, ended }: ProjectFile): ProjectStanding {
  return { id, key: key !== null, ended: ended !== null };
}

/**
 * Folds a whole log.
 * @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP
 */
export function foldProject(lines: readonly ProjectLine[]): ProjectFile {
  const [first, ...rest] = lines;
  if (first?.action !== 'REGISTERED' || first.seq !== 1 || filingNodeOf(first.project, 'project') !== first.node) {
    throw problem('CHAIN_BROKEN', "A project's log begins with its registration, at the node its id names.");
  }
  return rest.reduce<ProjectFile>(foldProjectLine, openProject(first));
}

function openProject(line: Extract<ProjectLine, { action: 'REGISTERED' }>): ProjectFile {
  const { name, amountFen, place, on } = line.data;
  const at = new Date(line.at);
  return {
    id: line.project,
    node: line.node,
    former: [],
    name,
    amountFen,
    place,
    lead: null,
    agent: null,
    key: null,
    phases: [{ phase: 'INITIATION', on, at, actor: line.actor }],
    orders: [],
    cases: [],
    refusals: [],
    ended: null,
    seq: 1,
    lastAt: at,
  };
}

/** Lines on their way when the project ended; they are still accepted. */
const ARRIVES_LATE: readonly ProjectLine['action'][] = [
  'CASE_LINKED',
  'CASE_LEFT',
  'ORDER_ANSWERED',
  'NOTICE_REFUSED',
  'SUCCEEDED',
];

/**
 * The project after one more line.
 * @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP
 */
export function foldProjectLine(file: ProjectFile, line: ProjectLine): ProjectFile {
  const at = new Date(line.at);
  if (line.project !== file.id || line.node !== file.node || line.seq !== file.seq + 1 || at < file.lastAt) {
    throw problem('CHAIN_BROKEN', `Line ${line.seq} does not follow line ${file.seq} of ${file.id}.`);
  }
  const next: ProjectFile = { ...file, seq: line.seq, lastAt: at };
  const { actor } = line;
  if (file.ended && !ARRIVES_LATE.includes(line.action)) throw illegal(file, line);
  switch (line.action) {
    case 'REGISTERED':
      throw illegal(file, line);
    case 'AMENDED':
      return { ...next, name: line.data.name, amountFen: line.data.amountFen };
    case 'PHASE_REACHED': {
      const { phase, on } = line.data;
      const last = phaseOf(file);
      if (phase !== phaseAfter(last.phase) || on < last.on) throw illegal(file, line);
      return { ...next, phases: [...file.phases, { phase, on, at, actor }] };
    }
    case 'KEY_FLAGGED':
      if (file.key) throw illegal(file, line);
      return { ...next, key: { ground: line.data.ground, at, actor } };
    case 'KEY_UNFLAGGED':
      if (!file.key) throw illegal(file, line);
      return { ...next, key: null };
    case 'DISPATCHED':
      return { ...next, ...line.data };
    case 'ORDERED': {
      const { order: number, ...order } = line.data;
      if (number !== file.orders.length + 1) throw illegal(file, line);
      const made = { number, ...order, orderedAt: at, orderedBy: actor, answer: null };
      return { ...next, orders: [...file.orders, made] };
    }
    case 'ORDER_ANSWERED': {
      const { order: number, node, answer } = line.data;
      const order = file.orders.find((o) => o.number === number);
      if (!order || order.node !== node || order.answer) throw illegal(file, line);
      const answered = { ...order, answer: { text: answer, at, actor } };
      return { ...next, orders: file.orders.map((o) => (o === order ? answered : o)) };
    }
    case 'NOTICE_REFUSED':
      return { ...next, refusals: [...file.refusals, { ...line.data, at }] };
    case 'CASE_LINKED': {
      const { case: id, ...linked } = line.data;
      if (file.cases.some((c) => c.id === id)) throw illegal(file, line);
      return { ...next, cases: [...file.cases, { id, ...linked }] };
    }
    case 'CASE_LEFT': {
      const cases = file.cases.filter(({ id }) => id !== line.data.case);
      if (cases.length === file.cases.length) throw illegal(file, line);
      return { ...next, cases };
    }
    case 'SUCCEEDED': {
      const { node, successor } = line.data;
      if (node !== file.node || successor === node || actor.role !== null) throw illegal(file, line);
      return { ...next, node: successor, former: [...file.former, node] };
    }
    case 'ENDED':
      return { ...next, ended: { at, reason: line.data.reason, actor } };
    default:
      return line satisfies never;
  }
}

/** The phase a project is in. */
export function phaseOf({ phases }: Pick<ProjectFile, 'phases'>): ReachedPhase {
  return phases.at(-1) ?? phases[0];
}

/** The one phase that may follow; undefined after the last. */
export function phaseAfter(phase: ProjectPhase): ProjectPhase | undefined {
  return PROJECT_PHASES[PROJECT_PHASES.indexOf(phase) + 1];
}

/** The day a project's time begins: its initiation, or its first case if that was filed earlier. */
export function beganOn({ phases, cases }: ProjectFile): Day {
  return cases.reduce<Day>((first, { filedOn }) => (filedOn < first ? filedOn : first), phases[0].on);
}

/** The day of 开工; null before it. */
export function startedOn({ phases }: ProjectFile): Day | null {
  return phases.find(({ phase }) => phase === 'CONSTRUCTION')?.on ?? null;
}

/**
 * Every node that is told of a project beside its keeper: the levels above, the nodes over its place, those that lead
 * or follow it or have an order for it, those that take in, accept and decide its cases, and its former keepers.
 */
export function concernedNodes(file: ProjectFile, divisions: Divisions): DivisionCode[] {
  const { node, former, place, lead, agent, orders, cases } = file;
  const keepers = [node, ...former];
  const codes = new Set<DivisionCode>([...former, ...divisions.ancestors(node).map((d) => d.code)]);
  for (const { code } of divisions.lineage(place)) {
    if (keepers.some((keeper) => divisions.isWithin(code, keeper))) codes.add(code);
  }
  if (lead) codes.add(lead.node);
  if (agent) codes.add(agent.node);
  for (const order of orders) codes.add(order.node);
  for (const { id, acceptor, decider } of cases) {
    for (const code of [filingNodeOf(id), acceptor, decider]) codes.add(code);
  }
  codes.delete(node);
  return [...codes];
}

/**
 * Checks that a project is still open for cases and steps.
 * @param project as the node was told of it; null if the node does not know it
 * @throws {ProblemError} NOT_FOUND, PROJECT_ENDED
 */
export function requireOpenProject<P extends { ended: unknown }>(project: P | null, id: string, field = 'project'): P {
  if (!project) {
    throw problem('NOT_FOUND', `This desk was told of no project ${id.slice(0, 60)}.`, {
      article: ARTICLES.projects,
      field,
    });
  }
  if (!project.ended) return project;
  throw problem('PROJECT_ENDED', `The project ${id} has ended.`, { article: ARTICLES.projects, field });
}

/**
 * A project is read at its keeper, at the nodes it concerns, and by the levels above its keeper.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireProjectReader(viewer: Viewer, file: ProjectFile, divisions: Divisions): void {
  requirePermission(viewer, 'READ_PROJECT', divisions.get(viewer.division).tier);
  const concerned =
    divisions.isWithin(file.node, viewer.division) || concernedNodes(file, divisions).includes(viewer.division);
  if (concerned) return;
  throw problem('FORBIDDEN', `The project does not concern the desk of ${viewer.division}.`, {
    article: ARTICLES.postDuties,
  });
}

/** Orders whose day has passed without an answer. */
export function overdueOrders({ orders }: Pick<ProjectFile, 'orders'>, today: Day): ProjectOrder[] {
  return orders.filter(({ answer, dueOn }) => answer === null && dueOn < today);
}

/** The case, as a project's log names it. */
export function projectCaseOf(file: {
  id: string;
  number: string;
  item: string;
  filedAt: Date;
  acceptor: DivisionCode;
  decider: DivisionCode;
}): ProjectCase {
  const { id, number, item, filedAt, acceptor, decider } = file;
  return { id, number, item, filedOn: dayOf(filedAt), acceptor, decider };
}

function illegal(file: ProjectFile, line: ProjectLine): ProblemError {
  const state = file.ended ? 'has ended' : `is at ${phaseOf(file).phase}`;
  return problem(
    'ILLEGAL_STEP',
    `${line.action} ${PROJECT_ACTION_LABELS[line.action]} can't follow: ${file.id} ${state}.`,
  );
}
