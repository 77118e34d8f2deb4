/** The case: its signed log, the fold, its life, clock, custody, competence, and what a step is judged by. */
export {
  contentsOf,
  custodyAt,
  hasPart,
  isOrgan,
  outstanding,
  projectKeeperOf,
  readersOf,
  requireFileReader,
  resultOf,
} from './case-file.ts';
export type { CaseFile } from './case-file.ts';
export { CASE_EVENTS } from './case-life.ts';
export type { CaseDesk, CaseEvent } from './case-life.ts';
export { foldLine, foldLog, openFile } from './case-state.ts';
export { clockOf, deliveryDueAt, noticeDueAt } from './clock.ts';
export { mayTakeIn, route } from './competence.ts';
export type { Route } from './competence.ts';
export { isConcerned, wasConcerned } from './concerned-nodes.ts';
export { divisionCodeSchema, materialSchema } from './line-parts.ts';
export type { Material } from './line-parts.ts';
export { NODE_ACTOR, logLineSchema } from './log-line.ts';
export type { LogActor, LogLine } from './log-line.ts';
export { HAND_OFF_ACTIONS, LOG_ACTIONS, LOG_ACTION_LABELS } from './log-words.ts';
export type { HandOffAction, LogAction } from './log-words.ts';
export type { Desk, LineDraft, Step, StepContext, Wish } from './step-context.ts';
export { actAs } from './step-rules.ts';
export { handOver, keptBy, successionLines } from './succession-steps.ts';
export { NO_SUCCESSION, actingFor, requireClosable, requireOpenNode } from './successions.ts';
export type { Succession, SuccessionOf } from './successions.ts';
export {
  CASE_STATES,
  CASE_STATE_LABELS,
  CONCLUDED_STATES,
  CLOSED_STATES,
  ENQUIRY_STATES,
  ID_TYPES,
  isClosed,
  isUndecided,
} from './words.ts';
export type { CaseOrder, CaseState, CaseWait, EnquiryState, Grade, IdType } from './words.ts';
export { NOTHING_DUE, dueIfResumed, mostDaysDueBefore, nextDue } from './work-queue.ts';
