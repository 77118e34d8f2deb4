import type { Vocabulary } from '../../kernel/vocabulary.ts';

/** The state of a part that the doctor examined. */
export type FindingState = 'OK' | 'WARN' | 'BAD';
export const FINDING_STATE: Vocabulary<FindingState> = {
  name: 'FindingState',
  zh: '检查结果',
  labels: { OK: '正常', WARN: '需留意', BAD: '故障' },
};

/** People's decision about a message that was set aside. */
export type ParkedDecision = 'RETRY' | 'REFUSE';
export const PARKED_DECISION: Vocabulary<ParkedDecision> = {
  name: 'ParkedDecision',
  zh: '搁置报文处置',
  labels: { RETRY: '再试', REFUSE: '退回' },
};

/** The state of a key today. */
export type KeyState = 'IN_EFFECT' | 'ENDING' | 'ENDED' | 'COMING';
export const KEY_STATE: Vocabulary<KeyState> = {
  name: 'KeyState',
  zh: '密钥状态',
  labels: { IN_EFFECT: '有效', ENDING: '将止', ENDED: '已止', COMING: '未生效' },
};
