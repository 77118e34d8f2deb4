import { vocabulary } from '../../kernel/vocabulary.ts';

/** 排队号状态. */
export const QUEUE_STATES = ['WAITING', 'CALLED', 'PASSED', 'FINISHED'] as const;
export type QueueState = (typeof QUEUE_STATES)[number];
export const QUEUE_STATE = vocabulary('QueueState', '排队号状态', {
  WAITING: '等候',
  CALLED: '已叫号',
  PASSED: '过号',
  FINISHED: '办结',
} satisfies Record<QueueState, string>);
