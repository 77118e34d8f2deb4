import type { DivisionCode } from '../divisions.ts';
import type { JointHandling } from '../rules/joint.ts';
import type { Viewer } from '../rules/permissions.ts';
import type {
  ConfirmCorrectionInput,
  ExcuseOpinionInput,
  GiveOpinionInput,
  OpenJointInput,
  RecordVisitInput,
  ResolveObjectionInput,
  ScheduleVisitInput,
} from './joint-inputs.ts';

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

export interface JointService {
  ofCase(viewer: Viewer | null, id: string): Promise<JointHandlingView>;
  open(viewer: Viewer | null, input: OpenJointInput): Promise<JointHandlingView>;
  giveOpinion(viewer: Viewer | null, input: GiveOpinionInput): Promise<JointHandlingView>;
  excuse(viewer: Viewer | null, input: ExcuseOpinionInput): Promise<JointHandlingView>;
  scheduleVisit(viewer: Viewer | null, input: ScheduleVisitInput): Promise<JointHandlingView>;
  recordVisit(viewer: Viewer | null, input: RecordVisitInput): Promise<JointHandlingView>;
  confirmCorrection(viewer: Viewer | null, input: ConfirmCorrectionInput): Promise<JointHandlingView>;
  resolveObjection(viewer: Viewer | null, input: ResolveObjectionInput): Promise<JointHandlingView>;
}
