import type { CaseOrder } from '@liandong/schema/case';
import type { CaseColumn, SavedListView } from '@liandong/schema/domains/saved-lists';
import type { RowOf } from '../db/index.ts';
import { boolean, instant, jsonOf, nullable, table, text, textOf, textsOf, uuid } from '../db/index.ts';

/** Lists of cases as people of this desk arranged them. */
export const savedListsTable = table('saved_lists', ['id'], {
  id: uuid,
  issuer: text,
  person: text,
  personName: text,
  name: text,
  shared: boolean,
  filter: jsonOf<SavedListView['filter']>(),
  orderBy: nullable(textOf<CaseOrder>()),
  columns: textsOf<CaseColumn>(),
  changedAt: instant,
});
export type SavedListRow = RowOf<typeof savedListsTable>;
