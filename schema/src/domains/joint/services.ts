import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Page, PageRequest } from '../../operation/answers.ts';
import type { PartyWord } from './messages.ts';
import type { Material } from '../../case/log-line.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import type { JointHandling } from './rules.ts';
import type { AskedOpinion } from './parties.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { AnswerState, RequestState } from './words.ts';
import type {
  ConfirmCorrectionInput,
  ExcuseFromVisitInput,
  ExcuseOpinionInput,
  GiveOpinionInput,
  OpenJointInput,
  RecordVisitInput,
  ResolveObjectionInput,
  ScheduleVisitInput,
  WithdrawQuestionInput,
} from './inputs.ts';

/** 联合办理 of a case, as one node knows it. */
export interface JointHandlingView {
  id: string;
  number: string;
  item: string;
  /** Null where nobody opened it. */
  joint: JointHandling | null;
  /** Whether anything keeps the lead from going on. */
  open: boolean;
  answeredBy: DivisionCode;
}

/** 征求意见: a question to a department, as its own node knows it. */
export interface OpinionRequestView extends AskedOpinion {
  /** Whether it is waited for, and if not, why. */
  standing: RequestState;
  /** Whose matter it is; null where this node holds no application. */
  applicant: string | null;
  form: FormEntry[];
  materials: Material[];
  /** When applicant, form and bytes were removed, the question being over for long; null while they are here. */
  removedAt: Date | null;
  /** What this node signed in answer to another's question, oldest first, and what became of it there. */
  words: { word: PartyWord; state: AnswerState; code: string | null; reason: string | null }[];
  answeredBy: DivisionCode;
}

/** What a party's own step leads to. */
export interface PartyStepView {
  /** Null at a node that does not lead the case. */
  handling: JointHandlingView | null;
  /** The question as the party's node knows it. */
  request: OpinionRequestView | null;
}

/** Names one question at the party's node. */
export interface RequestKey {
  id: string;
  party: number;
}

export interface JointService {
  ofCase(viewer: Viewer | null, id: string): Promise<JointHandlingView>;
  open(viewer: Viewer | null, input: OpenJointInput): Promise<JointHandlingView>;
  giveOpinion(viewer: Viewer | null, input: GiveOpinionInput): Promise<PartyStepView>;
  excuse(viewer: Viewer | null, input: ExcuseOpinionInput): Promise<PartyStepView>;
  excuseFromVisit(viewer: Viewer | null, input: ExcuseFromVisitInput): Promise<PartyStepView>;
  /** What departments of this node are asked, by deadline: those waited for, or the settled ones. */
  requests(viewer: Viewer | null, waiting: boolean, page: PageRequest): Promise<Page<OpinionRequestView>>;
  request(viewer: Viewer | null, key: RequestKey): Promise<OpinionRequestView>;
  /** Bytes of a material that is shown with a question, in base64. */
  material(viewer: Viewer | null, key: RequestKey, sha256: string): Promise<string>;
  scheduleVisit(viewer: Viewer | null, input: ScheduleVisitInput): Promise<JointHandlingView>;
  recordVisit(viewer: Viewer | null, input: RecordVisitInput): Promise<JointHandlingView>;
  confirmCorrection(viewer: Viewer | null, input: ConfirmCorrectionInput): Promise<JointHandlingView>;
  resolveObjection(viewer: Viewer | null, input: ResolveObjectionInput): Promise<JointHandlingView>;
  withdrawQuestion(viewer: Viewer | null, input: WithdrawQuestionInput): Promise<JointHandlingView>;
}
