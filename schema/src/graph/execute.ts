import type { DocumentNode } from 'graphql';
import { GraphQLError, execute, parse, validate } from 'graphql';
import type { Problem } from '../kernel/errors.ts';
import { ProblemError, problemsOf } from '../kernel/errors.ts';
import type { HostGraphQLError, RoleName, RoleOperation, RoleResult } from '../wire/federation.ts';
import { DocumentCache } from './document-cache.ts';
import { limitFaults, NODE_LIMITS, tooLarge } from './limits.ts';
import { roleSchema } from './roles.ts';
import type { RoleContext } from './services.ts';

/** Valid operations, by role and text; the gateway sends few different ones repeatedly. */
const known = new DocumentCache(64 * 1024 * 1024);

/**
 * Executes one operation against a role. Faults of the program are reported and shown as INTERNAL without their text.
 * @param report gets the errors that must not be shown
 */
export async function executeRole(
  operation: RoleOperation,
  context: RoleContext,
  report: (error: unknown) => void,
): Promise<RoleResult> {
  const document = documentOf(operation.role, operation.query);
  if (!('kind' in document)) {
    return {
      data: null,
      errors: document.map((error) => ({
        message: error.message,
        extensions: { code: error.extensions['code'] === 'QUERY_TOO_LARGE' ? 'QUERY_TOO_LARGE' : 'BAD_INPUT' },
      })),
    };
  }
  const result = await execute({
    schema: roleSchema(operation.role),
    document,
    variableValues: operation.variables,
    contextValue: context,
  });
  const data = result.data ?? null;
  if (!result.errors) return { data };
  return { data, errors: result.errors.map((error) => shown(error, operation.at, report)) };
}

function documentOf(role: RoleName, query: string): DocumentNode | readonly GraphQLError[] {
  const key = `${role} ${query}`;
  const found = known.find(key) ?? parseFor(role, query);
  if ('kind' in found) known.keep(key, found);
  return found;
}

function parseFor(role: RoleName, query: string): DocumentNode | readonly GraphQLError[] {
  let document: DocumentNode;
  let large: GraphQLError[];
  try {
    document = parse(query, { maxTokens: 20_000 });
    // measured first, because even validating an endless text takes long
    large = limitFaults(document, NODE_LIMITS);
  } catch (error) {
    // so deep that reading it overflows the stack
    return [error instanceof GraphQLError ? error : tooLarge('The question is too deep.')];
  }
  if (large.length > 0) return large;
  const faults = validate(roleSchema(role), document);
  return faults.length > 0 ? faults : document;
}

function shown(error: GraphQLError, node: string | null, report: (error: unknown) => void): HostGraphQLError {
  const { originalError } = error;
  const path = error.path ? { path: [...error.path] } : {};
  if (isOnInput(error)) return { message: error.message, ...path, extensions: { code: 'BAD_INPUT', node } };
  if (!(originalError instanceof ProblemError)) report(originalError);
  const [first] = problemsOf(originalError, node);
  return { message: first.message, ...path, extensions: extensionsOf(first) };
}

/**
 * Whether an error is GraphQL's own, about the caller's input. An error in a variable has no path, because it comes
 * before the answer has fields. An error about a value of ours has no place in the question's text.
 */
function isOnInput({ path, originalError }: GraphQLError): boolean {
  if (path === undefined || !originalError) return true;
  return originalError instanceof GraphQLError && originalError.nodes !== undefined;
}

/** A problem as extensions of a GraphQL error. */
export function extensionsOf(problem: Problem): NonNullable<HostGraphQLError['extensions']> {
  const { code, article, field, node, custodian } = problem;
  return { code, article, field, node, ...(custodian === undefined ? {} : { custodian }) };
}
