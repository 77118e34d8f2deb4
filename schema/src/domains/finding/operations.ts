import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, wordOf } from '../../operation/fields.ts';
import { mutation, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { CasesSheet } from '../case-sheets/views.ts';
import { purpose } from '../reads/rules.ts';
import { columns } from '../saved-lists/operations.ts';
import { MOST_FOUND } from './rules.ts';
import { FoundCases, TrackingCode } from './views.ts';
import { APPLICANT_KEY } from './words.ts';

const search = {
  division: askedDivision,
  by: wordOf(APPLICANT_KEY),
  value: z.string().max(200).meta({ description: 'The whole of it, in any usual way of writing.' }),
  purpose,
};

/**
 * Cases of an applicant, newest first. The search and what it finds are written into the log of reads first.
 * @throws {ProblemError} FORBIDDEN, REASON_MISSING, BAD_INPUT, RATE_LIMITED
 */
export const findCases = query('findCases', {
  zh: '按申请人查找',
  about: `the cases at a desk whose applicant, or who consented for the applicant, has exactly this number, phone or name; the ${MOST_FOUND} newest. For the desk's own people and supervisors above it; who searched and why is written into the log of reads.`,
  by: 'READ_CASES_BY_APPLICANT',
  article: ARTICLES.readsAudited,
  input: search,
  route: ASKED_DIVISION,
  within: true,
  answer: FoundCases,
});

/**
 * The same as a workbook. It counts as a search, and search and findings are written into the log of reads first.
 * @throws {ProblemError} FORBIDDEN, REASON_MISSING, BAD_INPUT, RATE_LIMITED, PAYLOAD_TOO_LARGE
 */
export const foundCasesSheet = query('foundCasesSheet', {
  zh: '查找结果导出',
  about: 'what `findCases` finds at a desk, as an Excel workbook (XLSX) with the columns asked for.',
  by: 'READ_CASES_BY_APPLICANT',
  article: ARTICLES.readsAudited,
  input: { ...search, columns },
  route: ASKED_DIVISION,
  answer: CasesSheet,
});

/**
 * A new tracking code for an applicant who lost the slip. The old code ends at once.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, REASON_MISSING, RATE_LIMITED; NOT_COMPETENT where the case was not taken
 *   in; BAD_INPUT if the application has another number
 */
export const reissueTrackingCode = mutation('reissueTrackingCode', {
  zh: '补发查询码',
  about:
    'a new tracking code at the desk that took the case in, against the identity number of the application; the old one ends at once. All cases of one form get it.',
  by: 'REISSUE_TRACKING_CODE',
  article: ARTICLES.readsAudited,
  input: {
    case: id(),
    idNumber: z.string().max(60).meta({ description: 'As the identity paper shows it that the applicant brings.' }),
    purpose,
  },
  answer: TrackingCode,
});

export const finding = domain('finding', {
  zh: '查找',
  role: 'handling',
  operations: { findCases, foundCasesSheet, reissueTrackingCode },
});
