import { createGraphQLError } from '@graphql-tools/utils';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { ERRORS, ProblemError, isErrorCode, problemsOf } from '@liandong/schema';

/** Codes of GraphQL itself, for questions that can't be read; every other error speaks the project's own. */
const GRAPHQL_CODES = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'BAD_REQUEST'];

/**
 * What of an error is shown: code, sentence, article, field and node; never a stack, never a text that was not written
 * for users.
 */
export function shownError(error: unknown, log: Logger): GraphQLError {
  if (error instanceof GraphQLError) {
    const { code } = error.extensions;
    const ours = isErrorCode(code) || GRAPHQL_CODES.includes(String(code));
    if (ours) return error;
    if (error.originalError === undefined) return error;
    if (error.originalError instanceof GraphQLError) return shownError(error.originalError, log);
    const made = fromProblem(error.originalError, log);
    return createGraphQLError(made.message, { ...placeOf(error), extensions: made.extensions });
  }
  return fromProblem(error, log);
}

function placeOf(error: GraphQLError) {
  return { ...(error.nodes ? { nodes: error.nodes } : {}), ...(error.path ? { path: error.path } : {}) };
}

function fromProblem(error: unknown, log: Logger): GraphQLError {
  if (!(error instanceof ProblemError)) log.error({ err: error }, 'request failed');
  const [{ code, message, article, field, node }] = problemsOf(error);
  return new GraphQLError(message, {
    extensions: {
      code,
      node,
      ...(article === null ? {} : { article }),
      ...(field === null ? {} : { field }),
      http: { status: ERRORS[code].http },
    },
  });
}
