import { createGraphQLError } from '@graphql-tools/utils';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { ErrorCode } from '@liandong/schema/kernel';
import { ERRORS, isErrorCode, problem, ProblemError, problemsOf } from '@liandong/schema/kernel';
import { waitOf } from './rates.ts';

/** GraphQL's own codes, for questions that can't be parsed or validated; all other errors have the project's codes. */
const GRAPHQL_CODES = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST'];

/**
 * The parts of an error that a caller may see: code, sentence, article, field and node. A stack, or a text not written
 * for users, is never shown.
 */
export function shownError(error: unknown, log: Logger): GraphQLError {
  if (!(error instanceof GraphQLError)) return withProblem(error, null, log);
  // the outermost error has the place in the answer, the innermost has the cause
  let cause: unknown = error;
  while (cause instanceof GraphQLError && !hasKnownCode(cause) && cause.originalError) cause = cause.originalError;
  if (!(cause instanceof GraphQLError)) return withProblem(cause, error, log);
  if (hasKnownCode(cause)) {
    return cause === error
      ? error
      : createGraphQLError(cause.message, { ...placeOf(error), extensions: cause.extensions });
  }
  if (cause.extensions['code'] === 'REQUEST_ENTITY_TOO_LARGE') {
    return withProblem(problem('PAYLOAD_TOO_LARGE', 'The request is above its limit.'), error, log);
  }
  // GraphQL reports a variable or argument of the wrong type without a code
  if (cause.path === undefined || cause.nodes !== undefined) {
    return createGraphQLError(cause.message, { ...placeOf(error), extensions: { code: 'BAD_INPUT', node: null } });
  }
  return withProblem(cause, error, log);
}

function hasKnownCode(error: GraphQLError): boolean {
  const { code } = error.extensions;
  return isErrorCode(code) || GRAPHQL_CODES.includes(String(code));
}

function placeOf(error: GraphQLError) {
  return { ...(error.nodes ? { nodes: error.nodes } : {}), ...(error.path ? { path: error.path } : {}) };
}

/** A problem at the place of an error. Without a place the whole request failed, and the HTTP status shows it too. */
function withProblem(cause: unknown, at: GraphQLError | null, log: Logger): GraphQLError {
  if (!(cause instanceof ProblemError)) log.error({ err: cause }, 'request failed');
  const [{ code, message, article, field, node }] = problemsOf(cause);
  return createGraphQLError(message, {
    ...(at ? placeOf(at) : {}),
    extensions: {
      code,
      node,
      ...(article === null ? {} : { article }),
      ...(field === null ? {} : { field }),
      ...(at?.path ? {} : { http: httpOf(code, waitOf(cause)) }),
    },
  });
}

function httpOf(code: ErrorCode, wait: number | null) {
  return { status: ERRORS[code].http, ...(wait === null ? {} : { headers: { 'retry-after': String(wait) } }) };
}
