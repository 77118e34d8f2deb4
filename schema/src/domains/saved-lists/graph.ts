import type { ObjectRef } from '@pothos/core';
import { CASE_ORDER, CASE_STATE, CASE_WAIT } from '../../case/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { SchemaTypes } from '../../graph/pothos.ts';
import { CUSTODY } from '../../kernel/words.ts';
import type { Handler } from '../caseload/rules.ts';
import { HANDLER_FILTER } from '../caseload/words.ts';
import type { CaseFilterInput } from '../handling/case-filter.ts';
import type { SavedListView } from './views.ts';
import { CASE_COLUMN } from './words.ts';

type PersonRef = ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, Handler>;

/** Fields of a saved list. @param Person a person of a desk */
export function savedListRef(role: RoleBuilder, Person: PersonRef) {
  const { builder, enumOf } = role;
  const Filter = filterRef(role);
  return builder.objectRef<SavedListView>('SavedList').implement({
    description: '常用列表: a list of cases as one person arranged it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      name: t.exposeString('name', { nullable: false }),
      owner: t.field({ type: Person, nullable: false, resolve: (l) => l.owner }),
      own: t.exposeBoolean('own', { nullable: false, description: "Whether it is the viewer's own." }),
      shared: t.exposeBoolean('shared', { nullable: false, description: 'Whether colleagues of the desk see it.' }),
      filter: t.field({ type: Filter, nullable: false, resolve: (l) => l.filter }),
      orderBy: t.field({
        type: enumOf(CASE_ORDER),
        description: 'Null for the order that `cases` takes by itself.',
        resolve: (l) => l.orderBy,
      }),
      columns: t.field({
        type: [enumOf(CASE_COLUMN)],
        nullable: { list: false, items: false },
        resolve: (l) => [...l.columns],
      }),
      changedAt: t.field({ type: 'DateTime', nullable: false, resolve: (l) => l.changedAt }),
    }),
  });
}

function filterRef({ builder, enumOf }: RoleBuilder) {
  const Filtered = builder.objectRef<NonNullable<CaseFilterInput['handledBy']>>('FilteredPerson').implement({
    fields: (t) => ({
      issuer: t.exposeID('issuer', { nullable: false }),
      sub: t.exposeID('sub', { nullable: false }),
    }),
  });
  return builder.objectRef<CaseFilterInput>('SavedCaseFilter').implement({
    description: 'The filter of `cases`, as it was saved.',
    fields: (t) => ({
      division: t.id({ resolve: (f) => f.division ?? null }),
      custody: t.field({ type: enumOf(CUSTODY), resolve: (f) => f.custody ?? null }),
      states: t.field({
        type: [enumOf(CASE_STATE)],
        nullable: { list: true, items: false },
        resolve: (f) => f.states ?? null,
      }),
      item: t.id({ resolve: (f) => f.item ?? null }),
      number: t.string({ resolve: (f) => f.number ?? null }),
      department: t.string({ resolve: (f) => f.department ?? null }),
      waitingFor: t.field({ type: enumOf(CASE_WAIT), resolve: (f) => f.waitingFor ?? null }),
      overdue: t.boolean({ resolve: (f) => f.overdue ?? null }),
      paused: t.boolean({ resolve: (f) => f.paused ?? null }),
      handler: t.field({ type: enumOf(HANDLER_FILTER), resolve: (f) => f.handler ?? null }),
      handledBy: t.field({ type: Filtered, resolve: (f) => f.handledBy ?? null }),
      dueBefore: t.field({
        type: 'DateTime',
        resolve: (f) => (f.dueBefore ? new Date(f.dueBefore) : null),
      }),
      dueWithin: t.int({ resolve: (f) => f.dueWithin ?? null }),
    }),
  });
}
