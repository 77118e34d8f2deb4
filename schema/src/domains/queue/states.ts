import { ARTICLES } from '../../kernel/articles.ts';
import { problem } from '../../kernel/errors.ts';
import type { QueueState } from './words.ts';

/**
 * What may happen to a number: it is called (again, or after it was passed), nobody comes and it is passed (过号), it is
 * served, or it is served in part and waits for its next window.
 */
export type QueueEvent = 'CALL' | 'PASS' | 'FINISH' | 'GO_ON';

const NEXT: Record<QueueState, Partial<Record<QueueEvent, QueueState>>> = {
  WAITING: { CALL: 'CALLED' },
  CALLED: { CALL: 'CALLED', PASS: 'PASSED', FINISH: 'FINISHED', GO_ON: 'WAITING' },
  PASSED: { CALL: 'CALLED' },
  FINISHED: {},
};

/**
 * The state after an event.
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function afterQueueEvent(state: QueueState, event: QueueEvent): QueueState {
  const next = NEXT[state][event];
  if (next) return next;
  throw problem('ILLEGAL_STEP', `A number that is ${state} can't ${event}.`, { article: ARTICLES.queue });
}
