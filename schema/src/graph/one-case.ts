import type { GraphQLField, GraphQLSchema } from 'graphql';
import { requireOwnCase } from '../operation/permissions.ts';
import { judgeFirst } from './root-fields.ts';
import type { RoleContext } from './services.ts';

/** What a root field does for a token for one case (`onlyCase`). A field without an entry refuses such a token. */
type Opening = 'ITS_CASE' | 'AS_PUBLIC';

/**
 * The field is about one case, and its service checks the token against that case.
 * @example acceptCase: t.field({ extensions: OPENS_ITS_CASE, … })
 */
export const OPENS_ITS_CASE = opening('ITS_CASE');
/** The field needs no login, and gives this token the same answer as the public. */
export const OPENS_AS_PUBLIC = opening('AS_PUBLIC');

function opening(oneCase: Opening): { oneCase: Opening } {
  return { oneCase };
}

/** The field's entry; null if it refuses a token for one case. */
export function opensTo({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): Opening | null {
  return (extensions as Partial<{ oneCase: Opening }>).oneCase ?? null;
}

/** Makes every root field refuse a token for one case, unless the field's entry allows it. */
export function refuseOneCase(schema: GraphQLSchema): void {
  judgeFirst(schema, (field) => {
    const opens = opensTo(field);
    return (_, context) => {
      if (context.viewer?.onlyCase === undefined || opens === 'ITS_CASE') return context;
      if (opens === null) requireOwnCase(context.viewer, null);
      return { ...context, viewer: null } satisfies RoleContext;
    };
  });
}
