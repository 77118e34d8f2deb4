import type { Day } from '../../kernel/calendar.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type { SignalKind } from './words.ts';

/** 提醒 for display. */
export interface SignalView {
  /** Random UUID; a reader knows by it a signal that comes again. */
  id: string;
  /** The desk that tells it. */
  node: DivisionCode;
  kind: SignalKind;
  at: Date;
  /** Null, as number and item are, where it tells of a meeting. */
  caseId: string | null;
  number: string | null;
  item: string | null;
  /** The meeting it tells of, or whose task; null where it tells of a case. */
  meeting: string | null;
  /** Whether it is for one person, and not for the whole desk or department. */
  personal: boolean;
  /** The day the limit of the case or the task ends, for DUE_TOMORROW, REPORT_LATE and TASK_DUE; else null. */
  due: Day | null;
  /** When the viewer read it; null if they have not. */
  readAt: Date | null;
}

/** The viewer's unread signals. */
export interface UnreadSignalsView {
  /** At most {@link MOST_COUNTED}. */
  count: number;
  /** Where the desk's signals end now: later ones come after this cursor. */
  cursor: string;
}

/** 提醒设置. */
export interface SignalPreferencesView {
  /** Kinds the person wants no signals of. */
  off: SignalKind[];
}

/** Most unread signals that are counted one by one. */
export const MOST_COUNTED = 1_000;

export const Signal = view<SignalView>('Signal');
export const UnreadSignals = view<UnreadSignalsView>('UnreadSignals', {
  type: 'MarkSignalsReadPayload',
  field: 'unread',
});
export const SignalPreferences = view<SignalPreferencesView>('SignalPreferences', {
  type: 'SignalPreferencesPayload',
  field: 'preferences',
});
