import type { CasesSheetView, SheetCase } from '@liandong/schema/domains/case-sheets';
import { MAX_SHEET_BYTES, cellOf } from '@liandong/schema/domains/case-sheets';
import type { CaseColumn } from '@liandong/schema/domains/saved-lists';
import { CASE_COLUMN } from '@liandong/schema/domains/saved-lists';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { ListedCase, StoredCase } from '../cases/index.ts';
import { applicationOf } from '../cases/index.ts';
import { findItems } from '../catalogue/index.ts';
import type { NodeQueries } from '../db/index.ts';
import { XLSX, workbookOf } from './workbook.ts';

export interface SheetParts {
  node: DivisionCode;
  divisions: Divisions;
  now: () => Date;
}

/**
 * Cases as a workbook. Who reads names from it is noted by the caller, before the workbook goes out.
 * @throws {ProblemError} PAYLOAD_TOO_LARGE
 */
export async function sheetOfCases(
  { node, divisions, now }: SheetParts,
  queries: NodeQueries,
  listed: readonly ListedCase[],
  columns: readonly CaseColumn[],
): Promise<CasesSheetView> {
  const today = dayOf(now());
  const codes = new Set(listed.map(({ stored }) => stored.file.item));
  const items = new Map((await findItems(queries, [...codes], today)).map((item) => [item.code, item]));
  const named = columns.includes('APPLICANT');
  const shown = listed.map(({ stored, view }): SheetCase => {
    const applicant = named ? nameIn(stored, node) : null;
    return { file: stored.file, view, item: items.get(stored.file.item) ?? null, applicant };
  });
  const header = columns.map((column) => CASE_COLUMN.labels[column]);
  const rows = shown.map((one) => columns.map((column) => cellOf(column, one, divisions)));
  const workbook = workbookOf({ name: '办件', header, rows });
  if (workbook.length > MAX_SHEET_BYTES) {
    throw problem('PAYLOAD_TOO_LARGE', `The workbook is larger than ${MAX_SHEET_BYTES} bytes: narrow the list.`);
  }
  const fileName = `办件列表-${today}.xlsx`;
  return {
    fileName,
    mediaType: XLSX,
    bytes: Buffer.from(workbook).toString('base64'),
    rows: rows.length,
    complete: true,
  };
}

/** The applicant's name; null where the node holds no application. */
export function nameIn(stored: StoredCase, node: DivisionCode): string | null {
  return stored.application === null ? null : applicationOf(stored, node).applicant.name;
}
