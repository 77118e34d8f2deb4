import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { query } from '../../operation/operation.ts';
import { caseFilter, caseOrder } from '../handling/case-filter.ts';
import { purpose } from '../reads/rules.ts';
import { columns } from '../saved-lists/operations.ts';
import { CasesSheet, MOST_ROWS } from './views.ts';

/** @throws {ProblemError} FORBIDDEN, BAD_INPUT, REASON_MISSING for names without a purpose, PAYLOAD_TOO_LARGE */
export const casesSheet = query('casesSheet', {
  zh: '列表导出',
  about: `a list of cases as an Excel workbook (XLSX), at most ${MOST_ROWS} cases. With the applicants' names it needs a purpose, which is written into the log of reads for each case.`,
  by: 'READ_CASE',
  article: ARTICLES.postDuties,
  input: {
    filter: caseFilter.nullish(),
    orderBy: caseOrder.nullish(),
    columns,
    purpose: purpose.nullish().meta({ description: "Needed with the applicants' names; they can read it." }),
  },
  route: { by: 'division', path: ['filter', 'division'], otherwise: 'viewer' },
  answer: CasesSheet,
});

export const caseSheets = domain('case-sheets', { zh: '列表导出', role: 'handling', operations: { casesSheet } });
