import type { DivisionCode } from '../../kernel/divisions.ts';
import { listOf, view } from '../../operation/operation.ts';
import type { Material } from '../../case/log-line.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import type { PartyWord } from './messages.ts';
import type { AskedOpinion } from './parties.ts';
import type { JointHandling as Joint, Party } from './rules.ts';
import type { AnswerState, RequestState } from './words.ts';

/** 联合办理 of a case, as one node knows it. */
export interface JointHandlingView {
  id: string;
  number: string;
  item: string;
  /** Null if joint handling was not opened. */
  joint: Joint | null;
  /** Whether a question, a visit, an objection or a mandatory correction still keeps the lead from going on. */
  open: boolean;
  answeredBy: DivisionCode;
}

/** 征求意见: a question to a department, as that department's node knows it. */
export interface OpinionRequestView extends AskedOpinion {
  /** Whether the answer is still expected, and if not, the reason. */
  standing: RequestState;
  /** The applicant; null if this node has no application. */
  applicant: string | null;
  form: FormEntry[];
  materials: Material[];
  /** When applicant, form and bytes were removed, long after the question was over; null while they are here. */
  removedAt: Date | null;
  /** Words this node signed in answer to another's question, oldest first, and what happened to each at the lead. */
  words: { word: PartyWord; state: AnswerState; code: string | null; reason: string | null }[];
  answeredBy: DivisionCode;
}

/** 协调保障: a joint case as the centre looks after it, at the lead's node or at that of a party. */
export interface JointCaseView {
  id: string;
  number: string;
  item: string;
  leadNode: DivisionCode;
  lead: string;
  /** All at the lead's node; at a party's node the one that is asked there. */
  parties: Party[];
  /** Numbers of the parties past their deadline. */
  late: number[];
  visitToCall: boolean;
  visitAt: Date | null;
  nextAt: Date;
  answeredBy: DivisionCode;
}

/** The result of a party's own step. */
export interface PartyStepView {
  /** Null at a node that does not lead the case. */
  handling: JointHandlingView | null;
  /** The question as the party's node knows it. */
  request: OpinionRequestView | null;
}

export const JointHandling = view<JointHandlingView>('JointHandling');
export const OpinionRequest = view<OpinionRequestView>('OpinionRequest');
/** The result of a party's own step; its payload has two fields and is written by hand. */
export const PartyStep = view<PartyStepView>('PartyStep');
/** Joint cases of one desk. */
export const JointCases = listOf(view<JointCaseView>('JointCase', { type: 'JointCasesPayload', field: 'cases' }));
/** Bytes in base64. */
export const MaterialBytes = view<string>('String');
