import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Material } from '../../case/log-line.ts';
import { fromNode, ruledStep } from '../../operation/case-step.ts';
import { domain } from '../../operation/domain.ts';
import { word } from '../../operation/fields.ts';
import { dayInput, optionalDay, optionalText, text } from '../../operation/input-parts.ts';
import { Case } from '../handling/views.ts';
import * as rules from './rules.ts';
import { REPORT_EVENT, REPORT_EVENTS, REPORT_RESULT, REPORT_RESULTS, REPORT_WAY, REPORT_WAYS } from './words.ts';

const dueOn = optionalDay.meta({ description: 'By when the organ outside is expected to answer.' });

/**
 * Passes a reviewed case on to an organ outside. The own limit ends with it.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, REVIEW_MISSING, PROCEDURE_OPEN, SAME_PERSON, SIGN_OFF_TOO_LOW,
 * BAD_INPUT
 */
export const reportOutside = ruledStep('reportOutside', {
  zh: '转报',
  about: 'to an organ outside the city, which decides it; the own limit ends with the sending.',
  by: 'REPORT_OUTSIDE',
  article: ARTICLES.reportedOutside,
  input: {
    to: text(100).meta({ description: 'The organ outside.' }),
    number: text(100).meta({ description: '文号 of the letter it goes with.' }),
    sentOn: dayInput,
    way: word(REPORT_WAY, REPORT_WAYS),
    sent: text(1000).meta({ description: 'What was sent.' }),
    dueOn,
  },
  answer: Case,
  guard: rules.mayReportOutside,
  rule: (context, file, { to, number, sentOn, way, sent, dueOn: until }) =>
    rules.reportOutside(context, file, { to, number, sentOn, way, sent, dueOn: until }),
});

/**
 * Records how a case goes on at the organ outside.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, BAD_INPUT
 */
export const recordReportProgress = ruledStep('recordReportProgress', {
  zh: '转报进展',
  about: 'received outside, a supplement asked for, the supplement sent; a new date of the organ outside.',
  by: 'RECORD_REPORT',
  article: ARTICLES.reportedOutside,
  input: {
    event: word(REPORT_EVENT, REPORT_EVENTS),
    on: dayInput,
    number: optionalText(100).meta({ description: 'The number the organ outside keeps it under, or of its letter.' }),
    what: optionalText(500).meta({ description: 'Needed for a supplement that is asked for.' }),
    dueOn,
  },
  answer: Case,
  guard: rules.mayRecordProgress,
  rule: (context, file, { event, on, number, what, dueOn: until }) =>
    rules.recordProgress(context, file, { event, on, number, what, dueOn: until }),
});

/**
 * Records the outside organ's result with its document, which is then delivered.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, REASON_MISSING, BAD_INPUT; NOT_FOUND for an upload
 */
export const recordReportResult = ruledStep('recordReportResult', {
  zh: '转报办结',
  about: "the outside organ's result with its document, which is sent down and delivered like a decision.",
  by: 'RECORD_REPORT',
  article: ARTICLES.reportedOutside,
  input: {
    result: word(REPORT_RESULT, REPORT_RESULTS),
    number: text(100).meta({ description: "文号 of the outside organ's document." }),
    on: dayInput,
    reason: optionalText(500).meta({ description: 'Needed for a result other than a grant.' }),
    upload: z.uuid().meta({ scalar: 'ID', description: "The document: a complete upload of the caller's." }),
  },
  needs: fromNode<Material>(),
  answer: Case,
  guard: rules.mayRecordResult,
  rule: (context, file, { result, number, on, reason }, document) =>
    rules.recordResult(context, file, { result, number, on, reason, document }),
});

export const reports = domain('reports', {
  zh: '转报',
  role: 'handling',
  operations: { reportOutside, recordReportProgress, recordReportResult },
});
