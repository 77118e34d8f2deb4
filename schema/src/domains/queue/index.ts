/** 排队叫号: numbers of visitors, the order they are called in, joint calling, and the hall's screen. */
export { queue } from './operations.ts';
export {
  callAt,
  inOrder,
  nextNumber,
  numberOf,
  passed,
  requireAtWindow,
  requireCalledBefore,
  requireQueueReader,
  servedAt,
  waitsFor,
} from './rules.ts';
export type { QueueNumber, QueueService, Serves } from './rules.ts';
export type { QueueBoardView, QueueNumberView } from './views.ts';
export type { QueueState } from './words.ts';
