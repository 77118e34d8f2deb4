import type { CaseResult, CaseState } from '../../case/words.ts';
import type { Clock } from '../../case/clock.ts';
import type { Answers } from '../../operation/answers.ts';
import type { Custody, Role } from '../../kernel/words.ts';
import type {
  Answer,
  Decision,
  Delivery,
  Extension,
  IssuedDocument,
  Precheck,
  Procedure,
  Rating,
  Renewal,
  Review,
} from '../../case/case-file.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { GreenChannel, Urgency } from '../expedited/rules.ts';
import type { LogAction } from '../../case/log-words.ts';
import type { LogEntry, MissingMaterial } from '../../case/log-line.ts';
import type { ReportView } from '../reports/views.ts';
import type { HandlerView } from '../caseload/views.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { DocumentVerification } from './verification.ts';
import { view } from '../../operation/operation.ts';
import type { CaseStepState } from '../../operation/step-states.ts';

export interface LogEntryView {
  seq: number;
  at: Date;
  node: DivisionCode;
  actor: string;
  actorRole: Role | null;
  action: LogAction;
  note: string | null;
  /** The line's action and its data. */
  entry: LogEntry;
}

/** 特急 of a case. */
export interface UrgencyView extends Urgency {
  /** The deadline for the decision on urgency, before acceptance; null afterwards, and if it was not approved. */
  dueAt: Date | null;
}

/** The case, as its custodian stores it. */
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
  /** The amount applied for, in fen; null if none was stated. */
  appliedFen: number | null;
  reviews: Review[];
  decision: Decision | null;
  /** 明确答复; null for a case that is decided. */
  answer: Answer | null;
  report: ReportView | null;
  issued: IssuedView | null;
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
  /** The handler, at the desk that holds the case; null elsewhere, and before a person claims it. */
  handler: HandlerView | null;
  answeredBy: DivisionCode;
  /** When the last line came in here; null when this node holds the case. */
  staleSince: Date | null;
}

/** As the node that issued it tells the public. */
export interface VerifiedDocument extends DocumentVerification {
  /** When this node last heard of the case; null while it holds it. */
  staleSince: Date | null;
}

/** 结果文书, with what it is verified by. */
export interface IssuedView extends IssuedDocument {
  /** 核验码 */
  verificationCode: string;
}

export const VerifiedDocument = view<VerifiedDocument>('VerifiedDocument');
export const Case = view<HandlingView>('Case');
export const StepState = view<CaseStepState>('CaseStepState');
/** A paper of the case, as Markdown. */
export const Paper = view<string>('String', { type: 'DocumentPayload', field: 'text' });

export interface HandlingKey {
  id: string;
  /** Whether a node that does not hold the case may answer from the log lines echoed to it. */
  copy: boolean;
}

/** Batched lookup of cases, from which the gateway merges their parts. */
export interface HandlingLookup {
  /** Each key has its own answer: NOT_CUSTODIAN with the custodian's code if no copy is asked for. */
  getMany(viewer: Viewer | null, keys: readonly HandlingKey[]): Answers<HandlingView>;
}
