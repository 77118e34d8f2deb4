import type { CaseFile } from '../../case/case-file.ts';
import { CASE_RESULT, CASE_STATE } from '../../case/words.ts';
import type { Divisions } from '../../kernel/divisions.ts';
import { departmentsOf } from '../../operation/permissions.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { isUrgent } from '../expedited/rules.ts';
import type { HandlingView } from '../handling/views.ts';
import type { CaseColumn } from '../saved-lists/words.ts';

/** The content of a cell: text, an instant, or nothing. */
export type Cell = string | Date | null;

/** A case with what its row says of it. */
export interface SheetCase {
  file: CaseFile;
  view: HandlingView;
  /** Null if the node's catalogue has it no more. */
  item: Item | null;
  /** Null where the node holds no application, or the column is not asked for. */
  applicant: string | null;
}

/** What a case has in a column. */
export function cellOf(column: CaseColumn, { file, view, item, applicant }: SheetCase, divisions: Divisions): Cell {
  switch (column) {
    case 'NUMBER':
      return file.number;
    case 'ITEM':
      return item?.name ?? file.item;
    case 'APPLICANT':
      return applicant;
    case 'DEPARTMENT':
      return item ? (departmentsOf(item.department)[0] ?? null) : null;
    case 'STATE':
      return CASE_STATE.labels[view.state];
    case 'CUSTODIAN':
      return divisions.find(view.custodian)?.name ?? view.custodian;
    case 'HANDLER':
      return view.handler?.name ?? null;
    case 'FILED_AT':
      return file.filedAt;
    case 'LATE':
      return file.late ? '补录' : null;
    case 'DUE_AT':
      return view.clock?.dueAt ?? view.acceptanceDueAt;
    case 'URGENT':
      return isUrgent(file) ? '是' : null;
    case 'CLOSED_AT':
      return file.closedAt;
    case 'RESULT':
      return view.result && CASE_RESULT.labels[view.result];
    default:
      return column satisfies never;
  }
}
