import { listOf, view } from '../../operation/operation.ts';
import type { CaseOrder } from '../../case/words.ts';
import type { Handler } from '../caseload/rules.ts';
import type { CaseFilterInput } from '../handling/case-filter.ts';
import type { CaseColumn } from './words.ts';

/** 常用列表: a list of cases as one person arranged it. */
export interface SavedListView {
  id: string;
  name: string;
  owner: Handler;
  /** Whether it is the viewer's own. */
  own: boolean;
  /** Whether colleagues of the desk see it. */
  shared: boolean;
  filter: CaseFilterInput;
  /** Null for the order that `cases` takes by itself. */
  orderBy: CaseOrder | null;
  columns: readonly CaseColumn[];
  changedAt: Date;
}

export const SavedList = view<SavedListView>('SavedList');
export const SavedLists = listOf(SavedList);
/** Id of a list that was removed. */
export const RemovedList = view<string>('String', { type: 'RemovedListPayload', field: 'removed' });
