import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Material, MissingMaterial } from '../../case/log-line.ts';
import type {
  Decision,
  Delivery,
  Extension,
  IssuedDocument,
  Precheck,
  Procedure,
  Rating,
  Renewal,
} from '../../case/case-file.ts';
import type { GreenChannel, Urgency } from '../expedited/rules.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import type { Clock } from '../../case/clock.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { ProxyHandling } from '../proxy/rules.ts';
import type { CaseOrder, CaseResult, CaseState, CaseWait, IdType } from '../../case/words.ts';
import type { ConsentWay } from '../proxy/words.ts';
import type { Custody, Role } from '../../kernel/words.ts';
import type { LogAction } from '../../case/log-words.ts';
import type { Answers, Page, PageRequest } from '../../operation/answers.ts';
import type {
  CaseStepInput,
  DecideCaseInput,
  DecideOnTheSpotInput,
  DeliverCaseInput,
  EndProcedureInput,
  ExtendCaseInput,
  FileCaseInput,
  FileDraftInput,
  PrecheckCaseInput,
  RateCaseInput,
  RateServiceInput,
  ReasonedStepInput,
  RequestSupplementInput,
  ReviewCaseInput,
  StartProcedureInput,
  SupplementCaseInput,
  TransferCaseInput,
} from '../../graph/inputs.ts';

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
  /** First and last day. */
  from?: string | undefined;
  until?: string | undefined;
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
  /** Empty for whoever does not handle the case. */
  form: FormEntry[];
  /** The one form (一件事) it is a member of. */
  bundle: { id: string; item: string } | null;
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

/** 特急 of a case. */
export interface UrgencyView extends Urgency {
  /** Before acceptance: by when it is to be decided; null afterwards, and where it is not approved. */
  dueAt: Date | null;
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
  precheck: Precheck | null;
  procedures: Procedure[];
  renewal: Renewal | null;
  extension: Extension | null;
  decision: Decision | null;
  issued: IssuedDocument | null;
  delivery: Delivery | null;
  rating: Rating | null;
  result: CaseResult | null;
  missing: MissingMaterial[];
  acceptanceDueAt: Date | null;
  /** The project it belongs to. */
  project: string | null;
  greenChannel: GreenChannel | null;
  urgency: UrgencyView | null;
  withdrawalRequestedAt: Date | null;
  answeredBy: DivisionCode;
  /** When the last line came in here; null when this node holds the case. */
  staleSince: Date | null;
}

/** What the applicant sees with number and tracking code: nobody's numbers or papers, and of names those of officials only. */
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
  steps: TrackedStepView[];
  /** Who acts for the applicant, by which consent, and whom they spoke to; null where nobody does. */
  proxy: Pick<ProxyHandling, 'consent' | 'agent' | 'contacts'> | null;
  answeredBy: DivisionCode;
}

/** One step as the applicant sees it: who took it, in which post, and in whose place. */
export interface TrackedStepView {
  at: Date;
  node: DivisionCode;
  action: LogAction;
  /** Name; the node itself (系统) where a limit ran out or another node answered. */
  actor: string;
  post: Role | null;
  /** The absent colleague whose post it was (AB角). */
  insteadOf: string | null;
  /** Whether it was done for the applicant by proxy. */
  byProxy: boolean;
}

export interface FilingService {
  /** @throws nothing; each key answers for itself (NOT_FOUND, FORBIDDEN, UNAUTHENTICATED). */
  getMany(viewer: Viewer | null, ids: readonly string[]): Answers<FilingView>;
  file(viewer: Viewer | null, input: FileCaseInput): Promise<{ filing: FilingView; trackingCode: string }>;
  /** Draws an application up for a pre-check. */
  draft(viewer: Viewer | null, input: FileCaseInput): Promise<{ filing: FilingView; trackingCode: string }>;
  fileDraft(viewer: Viewer | null, input: FileDraftInput): Promise<FilingView>;
  supplement(viewer: Viewer | null, input: SupplementCaseInput): Promise<FilingView>;
  /**
   * The applicant's own rating; written where the case is, carried there when that is elsewhere.
   * @throws {ProblemError} NOT_FOUND, ILLEGAL_STEP, RATED_ALREADY
   */
  rate(input: RateServiceInput): Promise<TrackedCaseView>;
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
  /** The item's department in charge. */
  department?: string | null;
  /** What waits for somebody: the applicant's supplement, or the delivery of what was decided. */
  waitingFor?: CaseWait | null;
  /** Whether the next limit has passed; a limit that a special procedure keeps still passes when no day is left. */
  overdue?: boolean | null;
  /** Whether a special procedure keeps the clock still. */
  paused?: boolean | null;
  /** Whose next limit ends before this instant, of a clock that stands still: if it ran on from now. */
  dueBefore?: Date | null;
  /** NEWEST when left out, REMAINING_DAYS where a limit is asked for. */
  orderBy?: CaseOrder | null;
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
  requestPrecheck(viewer: Viewer | null, input: CaseStepInput): Promise<HandlingView>;
  precheck(viewer: Viewer | null, input: PrecheckCaseInput): Promise<HandlingView>;
  startProcedure(viewer: Viewer | null, input: StartProcedureInput): Promise<HandlingView>;
  endProcedure(viewer: Viewer | null, input: EndProcedureInput): Promise<HandlingView>;
  extend(viewer: Viewer | null, input: ExtendCaseInput): Promise<HandlingView>;
  decideOnTheSpot(viewer: Viewer | null, input: DecideOnTheSpotInput): Promise<HandlingView>;
  issueDocument(viewer: Viewer | null, input: CaseStepInput): Promise<HandlingView>;
  assign(viewer: Viewer | null, input: CaseStepInput): Promise<HandlingView>;
  deliver(viewer: Viewer | null, input: DeliverCaseInput): Promise<HandlingView>;
  close(viewer: Viewer | null, input: CaseStepInput): Promise<HandlingView>;
  rate(viewer: Viewer | null, input: RateCaseInput): Promise<HandlingView>;
  terminate(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
  void(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
  transfer(viewer: Viewer | null, input: TransferCaseInput): Promise<HandlingView>;
  /** The issued document's text (Markdown). @throws {ProblemError} NOT_FOUND, FORBIDDEN */
  document(viewer: Viewer | null, id: string): Promise<string>;
  /** The written notice that goes with a line of the log (Markdown). @throws {ProblemError} NOT_FOUND, FORBIDDEN */
  notice(viewer: Viewer | null, id: string, seq: number): Promise<string>;
  withdraw(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
  /** Calls a case back from a grantee; carried to the desk that holds it. */
  recall(viewer: Viewer | null, input: ReasonedStepInput): Promise<HandlingView>;
}
