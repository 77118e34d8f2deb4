/** 提醒: what happened that a person or desk should know, kept until it is read. */
export { signals } from './operations.ts';
export { meetingSignals, taskDueSignals, taskSignals } from './meeting-rules.ts';
export {
  dueSignal,
  questionDueSignal,
  reportLateSignal,
  noteSignals,
  opinionSignal,
  reminderSignal,
  requireSignalReader,
  signalsOf,
  stewardSignals,
  handlerSignal,
} from './rules.ts';
export type { CaseAt, Recipient, SignalDraft, StewardDraft } from './rules.ts';
export { MOST_COUNTED } from './views.ts';
export type { SignalPreferencesView, SignalView, UnreadSignalsView } from './views.ts';
export { SIGNAL_KINDS, SIGNAL_KIND_LABELS } from './words.ts';
export type { SignalKind } from './words.ts';
