import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type { Material } from '../../case/log-line.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import type { PartyWord } from './messages.ts';
import type { AskedOpinion } from './parties.ts';
import type { JointHandling as Joint } from './rules.ts';
import type { AnswerState, RequestState } from './words.ts';

/** 联合办理 of a case, as one node knows it. */
export interface JointHandlingView {
  id: string;
  number: string;
  item: string;
  /** Null where nobody opened it. */
  joint: Joint | null;
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

export const JointHandling = view<JointHandlingView>('JointHandling');
export const OpinionRequest = view<OpinionRequestView>('OpinionRequest');
/** What a party's own step leads to; its payload has two fields and is written by hand. */
export const PartyStep = view<PartyStepView>('PartyStep');
/** Bytes in base64. */
export const MaterialBytes = view<string>('String');
