import type { ExecutionRequest, ExecutionResult } from '@graphql-tools/utils';
import type { Problem } from '@liandong/schema/kernel';
import { ERRORS, isErrorCode } from '@liandong/schema/kernel';
import { refusal } from './edge-guard.ts';

/** Asks one role of the graph, for addresses that are no questions themselves. */
export type Ask = (request: ExecutionRequest) => Promise<ExecutionResult>;
export type Answer<T> = T | { problem: Problem };

/** The field `answer` of a result, or the problem it has in its place. */
export async function answerOf<T>(asked: Promise<ExecutionResult>): Promise<Answer<T>> {
  const { data, errors } = await asked;
  const { answer } = (data ?? {}) as { answer?: T | null };
  if (answer) return answer;
  const [error] = errors ?? [];
  const code = error?.extensions?.['code'];
  const message = error?.message ?? 'Internal error.';
  return { problem: { code: isErrorCode(code) ? code : 'INTERNAL', message, article: null, field: null, node: null } };
}

export const isProblem = (answer: Answer<unknown>): answer is { problem: Problem } =>
  typeof answer === 'object' && answer !== null && 'problem' in answer;

/** The HTTP answer to a refused address. */
export const refused = ({ code, message }: Problem, headers: HeadersInit = {}) =>
  refusal(ERRORS[code].http, code, message, headers);
