import type { DivisionCode } from '../divisions.ts';
import type { GrantAnswer, GrantRequest } from '../messages/delegation.ts';
import type { Material, MissingMaterial } from '../messages/log-line.ts';
import type { AdmissionEntry, Fee, FeeChange, ListEntry } from '../rules/admission.ts';
import type { ErrorCode, Problem, ProblemError } from '../errors.ts';
import type { Day } from '../rules/calendar.ts';
import type { Decision } from '../rules/case-state.ts';
import type { Implementation } from '../rules/catalogue.ts';
import type { CatalogueBasis, Drift, ItemHead, NodeDrift } from '../rules/drift.ts';
import type { Clock } from '../rules/clock.ts';
import type { Route } from '../rules/competence.ts';
import type { CaseFacts, GrantRecord } from '../rules/delegation.ts';
import type { Measure } from '../rules/facts.ts';
import type { LegalBasis, LegalBasisChange, LegalBasisTask } from '../rules/legal-bases.ts';
import type { AuthorityShare, PowerTransfer, Seal, ServiceWindow, WindowAuthority } from '../rules/offices.ts';
import type { Standardization } from '../rules/standardization.ts';
import type { Viewer } from '../rules/permissions.ts';
import type { DataOffer } from '../rules/sharing.ts';
import type {
  AdmissionState,
  Audience,
  CaseState,
  ConsentWay,
  Custody,
  DataState,
  GrantState,
  IdType,
  LightKind,
  LightLevel,
  ListKind,
  LogAction,
  Role,
} from '../vocabulary.ts';
import type { AdmitItemInput, ChangeFeeInput, ExemptItemInput } from './admission-inputs.ts';
import type { ReviseImplementationInput } from './catalogue-inputs.ts';
import type {
  AnswerGrantInput,
  CaseStepInput,
  DecideCaseInput,
  FileCaseInput,
  GrantPowerInput,
  ReasonedStepInput,
  RequestDataInput,
  RequestPowerInput,
  RequestSupplementInput,
  ReviewCaseInput,
  SupplementCaseInput,
} from './inputs.ts';
import type { ItemLifeService, ItemView } from './item-life-services.ts';
import type { ChangeLegalBasisInput, ConfirmLegalBasisInput } from './legal-bases-inputs.ts';
import type {
  AuthorizeWindowInput,
  CloseWindowInput,
  OpenWindowInput,
  RegisterSealInput,
  RevokeInput,
  TransferPowersInput,
} from './offices-inputs.ts';

export type * from './item-life-services.ts';

/** What resolvers of a role are given with each operation. */
export interface RoleContext {
  /** Null for the public. */
  viewer: Viewer | null;
  /** The node the operation is put to; null for keyed lookups, whose keys name it. */
  at: DivisionCode | null;
  /** What the gateway gathered from many nodes, for the fields that no node answers alone; absent at a node. */
  gathered?: { drift?: CatalogDriftView };
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
  delegation: DelegationService;
  sharing: SharingService;
  legalBases: LegalBasesService;
  admission: AdmissionService;
  offices: OfficesService;
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
  /** The organ that holds the power by the item itself; its implementation is the case's. */
  power: DivisionCode;
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
  /** Calls a case back from a grantee; carried to the desk that holds it. */
  recall(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
}

export interface CatalogEntryView {
  item: ItemView;
  acceptor: DivisionCode | null;
  decider: DivisionCode | null;
  /** The organ that holds the power by the item itself; its implementation is the item's. */
  power: DivisionCode | null;
  /** Whether the desk asked may take the item in. */
  takenInHere: boolean;
  /** Whether it can be applied for today: in force, and the deciding node's implementation is known here. */
  available: boolean;
}

/** Which nodes of a division answered a question put to all of them. */
export interface SubtreeCoverage {
  expected: number;
  answered: number;
  silent: { node: DivisionCode; code: ErrorCode }[];
}

/** Where the nodes of a division drift from the basic catalogue. */
export interface CatalogDriftView {
  division: DivisionCode;
  /** Whose catalogue the nodes were compared with; null when nobody gave one. */
  basis: DivisionCode | null;
  /** True when it is not the city's own, live. */
  basisStale: boolean;
  drift: Drift[];
  coverage: SubtreeCoverage;
}

/** 办事指南: the printed guide of an item for one division. */
export interface GuideView {
  item: ItemView;
  markdown: string;
}

export interface CatalogueService {
  getMany(codes: readonly string[]): Answers<ItemView>;
  /**
   * The guide of an item for this node's own people, from its own copy.
   * @throws {ProblemError} ITEM_UNKNOWN
   */
  guide(item: string): Promise<GuideView>;
  /** How far this node holds the city's catalogue feed: of two nodes the one further on knows more. */
  catalogueSeq(): Promise<number>;
  /** The newest published version of every item this node knows. */
  basis(): Promise<CatalogueBasis>;
  /** This node's drift from a basis. */
  drift(basis: readonly ItemHead[]): Promise<NodeDrift>;
  /** One item as this division sees it. @throws {ProblemError} ITEM_UNKNOWN */
  entry(code: string): Promise<CatalogEntryView>;
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

/** A node's figures of standardization, and how they came to be. */
export interface StandardizationView {
  division: DivisionCode;
  present: Standardization;
  /** Days on which they changed, oldest first. */
  days: { day: Day; figures: Standardization }[];
}

export interface FiguresService {
  rollup(viewer: Viewer | null, from: string, to: string): Promise<RollupView>;
  /** Both days included; null leaves that end open. */
  standardization(from: Day | null, to: Day | null): Promise<StandardizationView>;
}

/** A grant as one node has it today. */
export interface GrantView extends GrantRecord {
  grantJws: string;
  state: GrantState;
  answeredBy: DivisionCode;
}

export interface GrantRequestView extends GrantRequest {
  /** The grantor's decline; null while it did not. */
  declined: GrantAnswer | null;
}

export interface CompetenceView extends Route {
  item: string;
  place: DivisionCode;
  answeredBy: DivisionCode;
}

export interface DelegationService {
  /** @throws {ProblemError} ITEM_UNKNOWN, UNKNOWN_DIVISION, COMPETENCE_UNRESOLVED */
  competence(item: string, place: DivisionCode, facts: CaseFacts): Promise<CompetenceView>;
  list(item: string | null): Promise<GrantView[]>;
  requests(viewer: Viewer | null): Promise<GrantRequestView[]>;
  grant(viewer: Viewer | null, input: GrantPowerInput): Promise<GrantView>;
  request(viewer: Viewer | null, input: RequestPowerInput): Promise<GrantRequestView>;
  declineRequest(viewer: Viewer | null, id: string, reason: string): Promise<GrantRequestView>;
  answer(viewer: Viewer | null, input: AnswerGrantInput): Promise<GrantView>;
  revoke(viewer: Viewer | null, id: string, reason: string): Promise<GrantView>;
  handBack(viewer: Viewer | null, id: string, reason: string): Promise<GrantView>;
}

/** An offer of data as one node has it. */
export interface DataOfferView {
  offer: DataOffer;
  /** Whether the node that answers may ask for it today. */
  askableHere: boolean;
  answeredBy: DivisionCode;
  /** When the copy last heard from the offering node; null at that node itself. */
  staleSince: Date | null;
}

export interface GivenField {
  name: string;
  label: string;
  value: string | null;
}

/** A request for data, as a desk of the case knows it. */
export interface DataRequestView {
  id: string;
  offer: string;
  asker: DivisionCode;
  provider: DivisionCode;
  /** The purpose; null where it was not proved. */
  item: string | null;
  askedBy: string;
  askedAt: Date;
  state: DataState;
  answeredAt: Date | null;
  /** The material that need not be handed in any more. */
  replaces: string | null;
  fields: GivenField[];
  refusals: Problem[];
  answeredBy: DivisionCode;
}

/** What the person it is about sees of a request: no values. */
export interface DataUseView {
  askedAt: Date;
  asker: DivisionCode;
  provider: DivisionCode;
  item: string | null;
  /** Labels, or names while the offering node has not answered. */
  fields: string[];
  state: DataState;
  answeredBy: DivisionCode;
}

export interface DataLightView {
  id: string;
  kind: LightKind;
  level: LightLevel;
  at: Date;
  raisedAt: DivisionCode;
  about: DivisionCode;
  caseId: string | null;
  detail: string;
}

export interface SharingService {
  /** @throws {ProblemError} UNAUTHENTICATED */
  offers(viewer: Viewer | null, material: string | null): Promise<DataOfferView[]>;
  /** Asks in the caller's transaction; the answer comes later. @throws {ProblemError} what the desk itself refuses */
  request(viewer: Viewer | null, input: RequestDataInput): Promise<DataRequestView>;
  /** @throws {ProblemError} UNAUTHENTICATED, NOT_FOUND, FORBIDDEN */
  requests(viewer: Viewer | null, caseId: string): Promise<DataRequestView[]>;
  /** Names of the materials. @throws {ProblemError} as {@link requests} */
  supplied(viewer: Viewer | null, caseId: string): Promise<string[]>;
  /** @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code */
  use(number: string, code: string): Promise<DataUseView[]>;
  /** @throws {ProblemError} UNAUTHENTICATED, FORBIDDEN */
  lights(viewer: Viewer | null): Promise<DataLightView[]>;
}

/** A delegation of an item that rests on a changed basis. */
export interface AffectedGrant {
  id: string;
  grantor: DivisionCode;
  grantee: DivisionCode;
}

export type LegalBasisTaskView = LegalBasisTask;

/** A change of the law as one node sees it: the nodes that lie in its division. */
export interface LegalBasisChangeView {
  change: LegalBasisChange;
  tasks: LegalBasisTaskView[];
  grants: AffectedGrant[];
  answeredBy: DivisionCode;
}

export interface LegalBasesService {
  /** What an item rests on, by its newest published version here; empty where its basis names nothing. */
  basesOf(item: string): Promise<LegalBasis[]>;
  /** @param most 1 to 200 */
  changes(viewer: Viewer | null, most: number): Promise<LegalBasisChangeView[]>;
  change(viewer: Viewer | null, input: ChangeLegalBasisInput): Promise<LegalBasisChangeView>;
  confirm(viewer: Viewer | null, input: ConfirmLegalBasisInput): Promise<LegalBasisChangeView>;
}

/** Where one item stands at a node. */
export interface AdmittedItemView {
  item: string;
  state: AdmissionState;
  entry: AdmissionEntry | null;
}

/** 进驻情况 of a node on a day: every item it accepts or decides, and its fees. */
export interface AdmissionView {
  division: DivisionCode;
  day: string;
  items: AdmittedItemView[];
  fees: Fee[];
  /** Newest first. */
  feeChanges: FeeChange[];
}

export interface AdmissionService {
  admission(): Promise<AdmissionView>;
  publishedList(kind: ListKind, audience: Audience | null): Promise<ListEntry[]>;
  admit(viewer: Viewer | null, input: AdmitItemInput): Promise<AdmissionView>;
  exempt(viewer: Viewer | null, input: ExemptItemInput): Promise<AdmissionView>;
  changeFee(viewer: Viewer | null, input: ChangeFeeInput): Promise<AdmissionView>;
}

/** A window and what it may do, today and in time to come. */
export interface WindowView {
  window: ServiceWindow;
  authorities: WindowAuthority[];
  answeredBy: DivisionCode;
}

/** 充分授权 of a node's windows and of the nodes below it, on a day. */
export interface FullAuthorityView {
  division: DivisionCode;
  day: string;
  /** Each is a window of the node, or a node below. */
  places: { window: string | null; node: DivisionCode | null; shares: AuthorityShare[] }[];
  /** Items the node has a part in and no window is authorized for. */
  unauthorized: string[];
}

export interface OfficesService {
  windows(): Promise<WindowView[]>;
  seals(viewer: Viewer | null): Promise<Seal[]>;
  transfers(): Promise<PowerTransfer[]>;
  fullAuthority(viewer: Viewer | null): Promise<FullAuthorityView>;
  openWindow(viewer: Viewer | null, input: OpenWindowInput): Promise<WindowView>;
  closeWindow(viewer: Viewer | null, input: CloseWindowInput): Promise<WindowView>;
  authorizeWindow(viewer: Viewer | null, input: AuthorizeWindowInput): Promise<WindowView>;
  revokeAuthority(viewer: Viewer | null, input: RevokeInput): Promise<WindowView>;
  registerSeal(viewer: Viewer | null, input: RegisterSealInput): Promise<Seal>;
  revokeSeal(viewer: Viewer | null, input: RevokeInput): Promise<Seal>;
  transferPowers(viewer: Viewer | null, input: TransferPowersInput): Promise<PowerTransfer[]>;
}
