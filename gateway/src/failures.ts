import { createGraphQLError } from '@graphql-tools/utils';
import type { ErrorCode, Problem } from '@liandong/schema/kernel';
import type { HostGraphQLError } from '@liandong/schema/wire';
import type { GraphQLError } from 'graphql';

/** Faults on the way to a node, not in the question: another node may still answer. */
const WAY_FAULTS: readonly ErrorCode[] = [
  'NODE_UNREACHABLE',
  'DEADLINE_EXCEEDED',
  'MISROUTED',
  'NODE_MOVING',
  'DATABASE_UNAVAILABLE',
  'MESSAGE_INVALID',
];

/** Whether a node with a copy may answer instead. */
export function isWayFault(found: Problem): boolean {
  return WAY_FAULTS.includes(found.code);
}

/** Whether the node is at another host, or moving there. Nothing was done, so the gateway may ask again. */
export function isElsewhere(code: string | undefined): boolean {
  return code === 'MISROUTED' || code === 'NODE_MOVING';
}

/** One fault in an answer; its path begins below the root field. */
export interface Failure {
  path: (string | number)[];
  problem: Problem;
}

/** A root field's answer. */
export interface Answer {
  value: unknown;
  failures: Failure[];
}

/** A host's error as a problem. Its node is the one the error names, else the node that was asked. */
export function problemOf(error: HostGraphQLError, node: string): Problem {
  const { code = 'INTERNAL', article, field, custodian, node: named } = error.extensions ?? {};
  return {
    code: code as ErrorCode,
    message: error.message,
    article: article ?? null,
    field: field ?? null,
    node: named ?? node,
    ...(custodian === undefined ? {} : { custodian }),
  };
}

/** The answer of a root field that none could give. */
export function failed(found: Problem): Answer {
  return { value: null, failures: [{ path: [], problem: found }] };
}

export function graphqlError({ path, problem: found }: Failure, responseKey: string): GraphQLError {
  const { code, message, article, field, node, custodian } = found;
  return createGraphQLError(message, {
    path: [responseKey, ...path],
    extensions: {
      code,
      node,
      ...(article === null ? {} : { article }),
      ...(field === null ? {} : { field }),
      ...(custodian === undefined ? {} : { custodian }),
    },
  });
}
