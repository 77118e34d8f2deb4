import type { Problem } from '../kernel/errors.ts';
import { ERROR_CODE, ProblemError, problemsOf } from '../kernel/errors.ts';
import type { RoleBuilder } from './builder.ts';
import { addressed } from './builder.ts';
import type { RoleContext } from './services.ts';

/** The type of each role's builder. Every role has its own, made by the part that asks first. */
const made = new WeakMap<object, ReturnType<typeof problemType>>();

/**
 * A mutation's refusals come as data, all faults at once. A query that can't give a value returns null at its place,
 * and an error with the same code. See docs/decisions/0004-errors.md.
 */
export function addProblem(role: RoleBuilder) {
  const known = made.get(role.builder) ?? problemType(role);
  made.set(role.builder, known);
  return known;
}

function problemType({ builder, enumOf, refs }: RoleBuilder) {
  return builder.objectRef<Problem>('Problem').implement({
    description: 'Why something was refused.',
    fields: (t) => ({
      code: t.field({ type: enumOf(ERROR_CODE), nullable: false, resolve: (p) => p.code }),
      message: t.exposeString('message', { nullable: false }),
      article: t.exposeString('article', { description: 'Law and article, or standard, that was broken.' }),
      field: t.exposeString('field', { description: 'Path of the faulty input.' }),
      node: t.field({ type: refs.Division, description: 'The node that refused.', resolve: (p) => p.node }),
      custodian: t.field({
        type: refs.Division,
        description: 'For NOT_CUSTODIAN: who holds the case.',
        resolve: (p) => p.custodian ?? null,
      }),
    }),
  });
}

/** A mutation's answer: the result, or the reasons for its refusal. */
export interface Outcome<T> {
  done: T | null;
  problems: readonly Problem[];
}

/** Runs a mutation; refusals become data, faults of the program stay errors. */
export async function outcomeOf<T>(context: RoleContext, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { done: await work(), problems: [] };
  } catch (error) {
    if (error instanceof ProblemError) return { done: null, problems: problemsOf(error, addressed(context)) };
    throw error;
  }
}
