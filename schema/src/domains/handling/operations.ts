import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { personalAnswer, personalOutcome } from '../../operation/personal-field.ts';
import { asText } from '../../operation/merging.ts';
import { filingNodeOf } from '../../kernel/identifiers.ts';
import { listOf, pageOf, query } from '../../operation/operation.ts';
import { byKeys, VIEWERS_DESK } from '../../operation/route.ts';
import { acceptCase, precheckCase, refuseCase, requestPrecheck, requestSupplement } from './operations-acceptance.ts';
import {
  decideCase,
  decideOnTheSpot,
  endProcedure,
  extendCase,
  reviewCase,
  startProcedure,
} from './operations-decision.ts';
import {
  closeCase,
  deliverCase,
  issueDocument,
  rateCase,
  terminateCase,
  voidCase,
  withdrawCase,
} from './operations-ending.ts';
import { assignCase, forwardCase, recallCase, returnCase, transferCase } from './operations-hand-off.ts';
import { caseFilter, caseOrder } from './case-filter.ts';
import { Case, Paper, StepState, VerifiedDocument } from './views.ts';

const caseId = z.string().meta({ scalar: 'ID' });
const ofCase = { by: 'prefix', argument: 'case', copyAt: 'viewer' } as const;

/**
 * The cases a desk knows, or its work queue.
 * @throws {ProblemError} FORBIDDEN, BAD_INPUT for a cursor of another list
 */
export const cases = query('cases', {
  zh: '办件列表',
  about:
    'the cases a desk knows, newest first; or its work queue: the open cases it holds, by the days left to their next limit.',
  by: 'READ_CASE',
  article: ARTICLES.postDuties,
  input: {
    filter: caseFilter.nullish(),
    orderBy: caseOrder.nullish(),
  },
  route: { by: 'division', path: ['filter', 'division'], otherwise: 'viewer' },
  answer: pageOf(Case),
});

/**
 * The issued document's text.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export const document = query('resultDocument', {
  zh: '结果文书',
  about: ', as Markdown, as it was issued.',
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.seal,
  input: { case: caseId },
  inBulk: ['case'],
  route: ofCase,
  answer: Paper,
});

/**
 * The written notice that goes with a line of the log.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export const notice = query('caseNotice', {
  zh: '通知书',
  about: 'the written notice that goes with a line of the log (受理通知书, 补正告知书 …), as Markdown.',
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.writtenAcceptance,
  input: { case: caseId, seq: z.int() },
  inBulk: ['case', 'seq'],
  route: ofCase,
  answer: Paper,
});

/**
 * The state of every step for the caller, checked at the caller's own desk without the step's input.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export const steps = query('steps', {
  zh: '可办步骤',
  about: 'every step of a case, as it stands for the person who asks, at their own desk; judged without its input.',
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.postDuties,
  input: { case: caseId },
  route: VIEWERS_DESK,
  answer: listOf(StepState),
});

/**
 * A document as the node that issued it knows it.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code; BAD_INPUT
 */
export const verifyDocument = query('verifyDocument', {
  zh: '文书核验',
  about:
    'whether a document was issued, when, for which item, and whether it stands, by its number and verification code. Names no person. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.seal,
  input: { number: z.string().max(200), code: z.string().max(60) },
  route: { by: 'prefix', argument: 'code', copyAt: null },
  answer: VerifiedDocument,
});

export const handling = domain('handling', {
  zh: '办理',
  role: 'handling',
  lookups: { _handling: byKeys('copy') },
  merges: {
    Case: {
      selectionSet: '{ id _custodian }',
      lookup: '_handling',
      key: ({ id, _custodian }) => ({ id, at: asText(_custodian), via: filingNodeOf(asText(id)) }),
    },
  },
  personal: {
    'Query.resultDocument': personalAnswer,
    'Query.caseNotice': personalAnswer,
    'DocumentOutcome.text': personalOutcome,
  },
  operations: {
    cases,
    resultDocument: document,
    caseNotice: notice,
    verifyDocument,
    steps,
    requestPrecheck,
    precheckCase,
    acceptCase,
    refuseCase,
    requestSupplement,
    reviewCase,
    startProcedure,
    endProcedure,
    extendCase,
    decideCase,
    decideOnTheSpot,
    forwardCase,
    returnCase,
    transferCase,
    recallCase,
    issueDocument,
    assignCase,
    deliverCase,
    closeCase,
    rateCase,
    withdrawCase,
    terminateCase,
    voidCase,
  },
});
