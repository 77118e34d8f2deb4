import type { Vocabulary } from '../../operation/fields.ts';

/** How a handler stands at the desk today. */
export type HandlerStanding = 'PRESENT' | 'ABSENT' | 'LEFT';
export const HANDLER_STANDING: Vocabulary<HandlerStanding> = {
  name: 'HandlerStanding',
  zh: '承办人状态',
  labels: { PRESENT: '在岗', ABSENT: '离岗', LEFT: '已离职' },
};

/** Whose cases a list shows: those of who asks and of whom they stand in for, or those that wait for a handler. */
export type HandlerFilter = 'ME' | 'NOBODY';
export const HANDLER_FILTER: Vocabulary<HandlerFilter> = {
  name: 'HandlerFilter',
  zh: '承办人筛选',
  labels: { ME: '我承办的(含代岗)', NOBODY: '尚无承办人' },
};
