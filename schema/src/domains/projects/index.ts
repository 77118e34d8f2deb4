/** 项目: what groups cases of several tiers. */
export { projectAnswerSchema, projectLineSchema, projectNoticeSchema } from './log.ts';
export type { ProjectAnswer, ProjectLine } from './log.ts';
export { projects } from './operations.ts';
export type { ProjectFilter } from './operations.ts';
export {
  beganOn,
  concernedNodes,
  foldProject,
  foldProjectLine,
  phaseOf,
  projectCaseOf,
  requireProjectReader,
} from './rules.ts';
export type { ProjectFile, ProjectStanding } from './rules.ts';
export {
  amendProject,
  answerOrder,
  answererOf,
  dispatchProject,
  endProject,
  flagKeyProject,
  linkCase,
  reachPhase,
  refusedNotice,
  registerProject,
  succeedProject,
  unlinkCase,
} from './steps.ts';
export type { ProjectDraft } from './steps.ts';
export type { ApprovalWait, LeadingCase, NextItem } from './approvals.ts';
export { approvalWait, carriedForm, nextItems } from './approvals.ts';
export type { ProjectCaseView, ProjectView } from './views.ts';
