import type { DivisionCode } from '../divisions.ts';
import type { ProblemError } from '../errors.ts';
import type { Material, MissingMaterial } from '../messages/log-line.ts';
import type { Decision } from '../rules/case-state.ts';
import type { Implementation } from '../rules/catalogue.ts';
import type { Clock } from '../rules/clock.ts';
import type { Measure } from '../rules/facts.ts';
import type { Viewer } from '../rules/permissions.ts';
import type { CaseState, ConsentWay, Custody, IdType, LogAction, Role } from '../vocabulary.ts';
import type { ReviseImplementationInput } from './catalogue-inputs.ts';
import type { ItemLifeService, ItemView } from './item-life-services.ts';

import type {
  CaseStepInput,
  DecideCaseInput,
  FileCaseInput,
  ReasonedStepInput,
  RequestSupplementInput,
  ReviewCaseInput,
  SupplementCaseInput,
} from './inputs.ts';

export type * from './item-life-services.ts';

/** What resolvers of a role are given with each operation. */
export interface RoleContext {
  /** Null for the public. */
  viewer: Viewer | null;
  /** The node the operation is put to; null for keyed lookups, whose keys name it. */
  at: DivisionCode | null;
  /** @throws {ProblemError} MISROUTED when this host does not serve the node. */
  services(node: DivisionCode): NodeServices;
}

/** What one node answers: the contract between the graph and the node that stands behind it. */
export interface NodeServices {
  filing: FilingService;
  handling: HandlingService;
  catalogue: CatalogueService;
  implementation: ImplementationService;
  figures: FiguresService;
  itemLife: ItemLifeService;
}

/** One answer for each key, in order: the value, or what is wrong with that key alone. */
export type Answers<T> = Promise<(T | ProblemError)[]>;

export interface Page<T> {
  nodes: T[];
  /** Cursor of each node, opaque. */
  cursors: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export interface PageRequest {
  /** 1 to 200. */
  first: number;
  after: string | null;
}

export interface ApplicantView {
  name: string;
  idType: IdType;
  /** Masked for whoever does not handle the case. */
  idNumber: string;
  phone: string;
}

export interface ConsentView {
  givenBy: string;
  way: ConsentWay;
  scope: string;
  givenAt: Date;
}

/** The application as the desk that took it in keeps it. */
export interface FilingView {
  id: string;
  number: string;
  item: string;
  filedAt: Date;
  filedBy: string;
  filingNode: DivisionCode;
  place: DivisionCode;
  acceptor: DivisionCode;
  decider: DivisionCode;
  /** Whom this node last knew to hold the case. */
  custodian: DivisionCode;
  applicant: ApplicantView;
  consent: ConsentView | null;
  materials: Material[];
  /** The node that gives this answer. */
  answeredBy: DivisionCode;
  /** Since when a copy may be out of date; null at the desk that took the case in. */
  staleSince: Date | null;
}

export interface LogEntryView {
  seq: number;
  at: Date;
  node: DivisionCode;
  actor: string;
  actorRole: Role | null;
  action: LogAction;
  note: string | null;
}

/** The case as its custodian keeps it. */
export interface HandlingView {
  id: string;
  custodian: DivisionCode;
  state: CaseState;
  custody: Custody;
  inTransitTo: DivisionCode | null;
  log: LogEntryView[];
  clock: Clock | null;
  decision: Decision | null;
  missing: MissingMaterial[];
  acceptanceDueAt: Date | null;
  withdrawalRequestedAt: Date | null;
  answeredBy: DivisionCode;
  /** When the last line came in here; null when this node holds the case. */
  staleSince: Date | null;
}

/** What the public sees with number and tracking code: no personal data. */
export interface TrackedCaseView {
  number: string;
  item: string;
  state: CaseState;
  filedAt: Date;
  custodian: DivisionCode;
  dueAt: Date | null;
  missing: MissingMaterial[];
  reason: string | null;
  remedies: string | null;
  steps: { at: Date; node: DivisionCode; action: LogAction }[];
  answeredBy: DivisionCode;
}

export interface FilingService {
  /** @throws nothing; each key answers for itself (NOT_FOUND, FORBIDDEN, UNAUTHENTICATED). */
  getMany(viewer: Viewer | null, ids: readonly string[]): Answers<FilingView>;
  file(viewer: Viewer | null, input: FileCaseInput): Promise<{ filing: FilingView; trackingCode: string }>;
  supplement(viewer: Viewer | null, input: SupplementCaseInput): Promise<FilingView>;
  /** @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code */
  track(number: string, code: string): Promise<TrackedCaseView>;
}

export interface HandlingKey {
  id: string;
  /** Whether a node that does not hold the case may answer with what was echoed to it. */
  copy: boolean;
}

export interface CaseFilter {
  custody: Custody | null;
  states: CaseState[] | null;
  item: string | null;
  number: string | null;
}

export interface HandlingService {
  /** Each key answers for itself: NOT_CUSTODIAN with the custodian's code where a copy is not asked for. */
  getMany(viewer: Viewer | null, keys: readonly HandlingKey[]): Answers<HandlingView>;
  list(viewer: Viewer | null, filter: CaseFilter, page: PageRequest): Promise<Page<HandlingView>>;
  accept(viewer: Viewer | null, input: CaseStepInput): Promise<HandlingView>;
  refuse(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
  requestSupplement(viewer: Viewer | null, input: RequestSupplementInput): Promise<HandlingView>;
  review(viewer: Viewer | null, input: ReviewCaseInput): Promise<HandlingView>;
  decide(viewer: Viewer | null, input: DecideCaseInput): Promise<HandlingView>;
  forward(viewer: Viewer | null, input: CaseStepInput): Promise<HandlingView>;
  return(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
  withdraw(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
}

export interface CatalogEntryView {
  item: ItemView;
  acceptor: DivisionCode | null;
  decider: DivisionCode | null;
  /** Whether the desk asked may take the item in. */
  takenInHere: boolean;
  /** Whether it can be applied for today: in force, and the deciding node's implementation is known here. */
  available: boolean;
}

export interface CatalogueService {
  getMany(codes: readonly string[]): Answers<ItemView>;
  list(search: string | null, page: PageRequest): Promise<Page<CatalogEntryView>>;
}

export interface ImplementationView {
  implementation: Implementation;
  answeredBy: DivisionCode;
  staleSince: Date | null;
}

export interface ImplementationService {
  /** @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, NOT_COMPETENT, ITEM_UNKNOWN, IMPLEMENTATION_WORSE */
  revise(viewer: Viewer | null, input: ReviseImplementationInput): Promise<ImplementationView>;
  getMany(keys: readonly { item: string; node: DivisionCode }[]): Answers<ImplementationView>;
}

export type Figures = Record<Measure, number>;

/** How far a node's facts are held here without a gap (水位). */
export interface Watermark {
  node: DivisionCode;
  /** Number of the last fact held. */
  seq: number;
  /** Facts the node is known to have stated beyond `seq`. */
  behind: number;
  /** The node had stated no more than `seq + behind` at this moment; null when nothing was heard of it yet. */
  asOf: Date | null;
}

export interface RollupView {
  division: DivisionCode;
  from: string;
  to: string;
  figures: Figures;
  items: { item: string; figures: Figures }[];
  nodes: { node: DivisionCode; figures: Figures }[];
  watermarks: Watermark[];
  answeredBy: DivisionCode;
}

export interface FiguresService {
  rollup(viewer: Viewer | null, from: string, to: string): Promise<RollupView>;
}
