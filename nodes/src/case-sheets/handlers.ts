import type { SheetCase, caseSheets } from '@liandong/schema/domains/case-sheets';
import { MAX_SHEET_BYTES, MOST_ROWS, cellOf } from '@liandong/schema/domains/case-sheets';
import { requirePurpose } from '@liandong/schema/domains/reads';
import { CASE_COLUMN } from '@liandong/schema/domains/saved-lists';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { CaseDesk, StoredCase } from '../cases/index.ts';
import { applicationOf, listFilter } from '../cases/index.ts';
import { findItems } from '../catalogue/index.ts';
import type { HostDb, NodeHandlers } from '../db/index.ts';
import { notePurposedReads } from '../reads/index.ts';
import { XLSX, workbookOf } from './workbook.ts';

export interface CaseSheetParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  cases: CaseDesk;
  now: () => Date;
}

/** 列表导出 at one node: a list of its cases as a workbook. */
export function caseSheetHandlers({
  node,
  db,
  divisions,
  cases,
  now,
}: CaseSheetParts): NodeHandlers<typeof caseSheets> {
  return {
    async casesSheet({ viewer, queries, input: { columns, purpose, ...asked } }) {
      cases.readings.requireLister(viewer);
      const named = columns.includes('APPLICANT');
      const stated = purpose ?? '';
      if (named) requirePurpose(stated);
      const filter = await listFilter(cases.readings, queries, viewer, asked);
      const { cases: listed, more } = await cases.readings.listed(viewer, filter, MOST_ROWS);
      const codes = new Set(listed.map(({ stored }) => stored.file.item));
      const today = dayOf(now());
      const items = new Map((await findItems(queries, [...codes], today)).map((item) => [item.code, item]));
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
      const reads = shown
        .filter(({ applicant }) => applicant !== null)
        .map(
          ({ file }) => ({ kind: 'CASE', subject: file.id, fields: ['Case.applicant.name'], masked: true }) as const,
        );
      if (reads.length > 0) {
        const question = { viewer, question: 'casesSheet', purpose: stated };
        await db.transact(node, (tx) => notePurposedReads(tx, question, reads, now()));
      }
      return {
        fileName: `办件列表-${today}.xlsx`,
        mediaType: XLSX,
        bytes: Buffer.from(workbook).toString('base64'),
        rows: rows.length,
        complete: !more,
      };
    },
  };
}

/** The applicant's name; null where the node holds no application. */
function nameIn(stored: StoredCase, node: DivisionCode): string | null {
  return stored.application === null ? null : applicationOf(stored, node).applicant.name;
}
