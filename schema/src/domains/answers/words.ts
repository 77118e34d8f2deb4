import { vocabulary } from '../../kernel/vocabulary.ts';

/** 明确答复: what the organ answers. */
export const ANSWER_VERDICTS = ['POSSIBLE', 'NOT_POSSIBLE', 'ON_CONDITIONS'] as const;
export type AnswerVerdict = (typeof ANSWER_VERDICTS)[number];
export const ANSWER_VERDICT_LABELS: Record<AnswerVerdict, string> = {
  POSSIBLE: '可以办',
  NOT_POSSIBLE: '不能办',
  ON_CONDITIONS: '具备条件后可以办',
};
export const ANSWER_VERDICT = vocabulary('AnswerVerdict', '明确答复', ANSWER_VERDICT_LABELS);
