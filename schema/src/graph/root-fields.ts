import type { GraphQLField, GraphQLSchema } from 'graphql';
import { defaultFieldResolver } from 'graphql';
import { ProblemError, problemsOf } from '../kernel/errors.ts';
import { addressed } from './builder.ts';
import type { Outcome } from './problems.ts';
import type { RoleContext } from './services.ts';

export type RootField = GraphQLField<unknown, RoleContext>;

/**
 * Checks a root field's arguments before it is resolved.
 * @returns the context to resolve it with
 * @throws {ProblemError}
 */
export type Judge = (args: Record<string, unknown>, context: RoleContext) => RoleContext;

/**
 * Checks every root field of a role before it is resolved. A mutation's refusal comes as data, like its own refusals.
 */
export function judgeFirst(schema: GraphQLSchema, judgeOf: (field: RootField) => Judge): void {
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      const judge = judgeOf(field);
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (source: unknown, args: Record<string, unknown>, context: RoleContext, info) => {
        try {
          return resolve(source, args, judge(args, context), info);
        } catch (error) {
          if (root === schema.getQueryType() || !(error instanceof ProblemError)) throw error;
          return { done: null, problems: problemsOf(error, addressed(context)) } satisfies Outcome<never>;
        }
      };
    }
  }
}
