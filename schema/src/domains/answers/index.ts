/** 答复件: cases that an organ answers in writing and does not decide. */
export { answers } from './operations.ts';
export { ANSWER_VERDICT_LABELS } from './words.ts';
export type { AnswerVerdict } from './words.ts';
