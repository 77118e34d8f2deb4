import type { Vocabulary } from '../../kernel/vocabulary.ts';

/** A handler's standing at the desk today. */
export type HandlerStanding = 'PRESENT' | 'ABSENT' | 'LEFT';
export const HANDLER_STANDING: Vocabulary<HandlerStanding> = {
  name: 'HandlerStanding',
  zh: '承办人状态',
  labels: { PRESENT: '在岗', ABSENT: '离岗', LEFT: '已离职' },
};

/** The cases a list shows: the viewer's own and those of people they stand in for, or those that wait for a handler. */
export type HandlerFilter = 'ME' | 'NOBODY';
export const HANDLER_FILTER: Vocabulary<HandlerFilter> = {
  name: 'HandlerFilter',
  zh: '承办人筛选',
  labels: { ME: '我承办的(含代岗)', NOBODY: '尚无承办人' },
};
