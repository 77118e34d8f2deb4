import type { Vocabulary } from '../../kernel/vocabulary.ts';

/** The state of a login. */
export type AccountState = 'WAITING' | 'ACTIVE' | 'ENDED';
export const ACCOUNT_STATE: Vocabulary<AccountState> = {
  name: 'AccountState',
  zh: '账号状态',
  labels: { WAITING: '待启用', ACTIVE: '在用', ENDED: '已停用' },
};
