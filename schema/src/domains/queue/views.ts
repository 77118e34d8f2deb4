import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Day } from '../../kernel/calendar.ts';
import { view } from '../../operation/operation.ts';
import type { QueueNumber } from './rules.ts';

/** 排队号 for the desk and its terminal. */
export interface QueueNumberView extends QueueNumber {
  /** How many are called before it, by now, at the windows that serve it; 0 once it was called. */
  ahead: number;
  division: DivisionCode;
}

/** A window in the hall: which number is there, and how many wait for it. */
export interface BoardWindowView {
  code: string;
  name: string;
  place: string | null;
  department: string | null;
  number: string | null;
  calledAt: Date | null;
  calls: number;
  waiting: number;
}

/** 叫号屏: what a screen in the hall shows. */
export interface QueueBoardView {
  division: DivisionCode;
  day: Day;
  windows: readonly BoardWindowView[];
  /** In the order they are called. */
  waiting: readonly string[];
  passed: readonly string[];
}

export const QueueNumberAnswer = view<QueueNumberView>('QueueNumber', { type: 'QueueNumberPayload', field: 'taken' });
export const QueueBoard = view<QueueBoardView>('QueueBoard');
