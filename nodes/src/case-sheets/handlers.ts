import type { caseSheets } from '@liandong/schema/domains/case-sheets';
import { MOST_ROWS } from '@liandong/schema/domains/case-sheets';
import { requirePurpose } from '@liandong/schema/domains/reads';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { CaseDesk } from '../cases/index.ts';
import { listFilter } from '../cases/index.ts';
import type { HostDb, NodeHandlers } from '../db/index.ts';
import { notePurposedReads } from '../reads/index.ts';
import { nameIn, sheetOfCases } from './sheet.ts';

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
      const sheet = await sheetOfCases({ node, divisions, now }, queries, listed, columns);
      const reads = listed
        .filter(({ stored }) => named && nameIn(stored, node) !== null)
        .map(
          ({ stored }) =>
            ({ kind: 'CASE', subject: stored.id, fields: ['Case.applicant.name'], masked: true }) as const,
        );
      if (reads.length > 0) {
        const question = { viewer, question: 'casesSheet', purpose: stated };
        await db.transact(node, (tx) => notePurposedReads(tx, question, reads, now()));
      }
      return { ...sheet, complete: !more };
    },
  };
}
