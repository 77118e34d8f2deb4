import type { RoleBuilder } from '../../graph/builder.ts';
import { HANDLER_STANDING } from './words.ts';
import type { Handler } from './rules.ts';
import type { CaseloadView, HandlerView } from './views.ts';

/** Fields for a case's handler and a person's caseload. */
export function caseloadRefs({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const Standing = enumOf(HANDLER_STANDING);
  const Person = builder.objectRef<Handler>('Handler').implement({
    description: 'A person of a desk.',
    fields: (t) => ({
      issuer: t.exposeID('issuer', { nullable: false, description: 'Issuer of their tokens.' }),
      sub: t.exposeID('sub', { nullable: false, description: 'Their subject at that issuer.' }),
      name: t.exposeString('name', { nullable: false }),
    }),
  });
  const HandlerRef = builder.objectRef<HandlerView>('CaseHandler').implement({
    description: '承办人 at the desk that holds the case.',
    fields: (t) => ({
      person: t.field({ type: Person, nullable: false, resolve: (h) => h }),
      since: t.field({ type: 'DateTime', nullable: false, resolve: (h) => h.since }),
      by: t.exposeString('by', { nullable: false, description: 'Who claimed it or assigned it.' }),
      standing: t.field({ type: Standing, nullable: false, resolve: (h) => h.standing }),
    }),
  });
  const Caseload = builder.objectRef<CaseloadView>('Caseload').implement({
    description: 'What one person of a desk has in hand.',
    fields: (t) => ({
      handler: t.field({ type: Person, description: 'Null for the cases without one.', resolve: (l) => l.handler }),
      standing: t.field({ type: Standing, resolve: (l) => l.standing }),
      open: t.exposeInt('open', { nullable: false }),
      overdue: t.exposeInt('overdue', { nullable: false, description: 'Those whose next limit has passed.' }),
      division: t.field({ type: Division, resolve: (l) => l.division }),
    }),
  });
  return { Person, HandlerRef, Caseload };
}
