import type { DivisionCode } from '../kernel/divisions.ts';
import type { ProblemError } from '../kernel/errors.ts';
import { problem } from '../kernel/errors.ts';
import type { Page, PageRequest } from '../operation/answers.ts';
import { enumsOf } from './enums.ts';
import { newBuilder } from './pothos.ts';
import type { ScalarName } from './scalars.ts';
import type { RoleContext } from './services.ts';
import { sharedTypes } from './shared-types.ts';

/**
 * A builder with the shared parts of roles: scalars, enums, and key-only stubs of types another role owns. Each role
 * has a builder of its own, and a shared type comes in only when the role uses it, so that a role's printed schema
 * holds its own fields and nothing else.
 */
export function createBuilder(scalars: readonly ScalarName[]) {
  const builder = newBuilder(scalars);
  const enumOf = enumsOf(builder);
  return { builder, enumOf, refs: sharedTypes(builder, enumOf) };
}

export type RoleBuilder = ReturnType<typeof createBuilder>;

/** Arguments of a list, checked. @throws {ProblemError} BAD_INPUT */
export function pageOf(args: { first?: number | null | undefined; after?: string | null | undefined }): PageRequest {
  const first = args.first ?? 20;
  if (first < 1 || first > 200) throw problem('BAD_INPUT', 'first must lie between 1 and 200.', { field: 'first' });
  return { first, after: args.after ?? null };
}

/** A page of nodes as a Relay connection, with what else the page says. */
export function connectionOf<T>({ nodes, cursors, hasNextPage, hasPreviousPage, ...said }: Page<T>) {
  const edges = nodes.map((node, i) => ({ node, cursor: cursors[i] ?? '' }));
  return {
    ...said,
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The node that an operation with a single address is for. @throws {ProblemError} MISROUTED */
export function addressed(context: RoleContext): DivisionCode {
  if (context.at === null) throw problem('MISROUTED', 'The operation names no node.');
  return context.at;
}

/**
 * Answers a list of keys in order, one call a node. A fault of one key stays at its place in the list.
 * @param keys each with the node that answers it
 */
export async function answerKeys<K extends { at: string }, T>(
  keys: readonly K[],
  answer: (node: DivisionCode, keys: K[]) => Promise<(T | ProblemError)[]>,
): Promise<T[]> {
  const answers: (T | Error)[] = Array.from({ length: keys.length });
  const byNode = new Map<DivisionCode, number[]>();
  keys.forEach((key, index) => {
    const indexes = byNode.get(key.at);
    if (indexes) indexes.push(index);
    else byNode.set(key.at, [index]);
  });
  await Promise.all(
    [...byNode].map(async ([node, indexes]) => {
      const asked = indexes.flatMap((i) => keys[i] ?? []);
      let found: (T | Error)[];
      try {
        found = await answer(node, asked);
      } catch (error) {
        found = asked.map(() => (error instanceof Error ? error : new Error(String(error))));
      }
      indexes.forEach((index, i) => {
        answers[index] = found[i] ?? problem('NOT_FOUND', 'The node gave no answer for this key.', { node });
      });
    }),
  );
  // graphql-js takes an Error in a list as the fault of that item alone; its types do not say so
  return answers as T[];
}
