import { z } from 'zod';
import { sha256Schema } from '../../case/line-parts.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, requiredDivision, wordOf } from '../../operation/fields.ts';
import { listOf, query } from '../../operation/operation.ts';
import { personalAnswer } from '../../operation/personal-field.ts';
import { ASKED_DIVISION, NAMED_DIVISION } from '../../operation/route.ts';
import { MAX_PART_BYTES } from '../../wire/sizes.ts';
import { Paper, PaperAddress, PaperPage, PaperPart } from './views.ts';
import { FILE_FORM } from './words.ts';

const article = ARTICLES.postDuties;
const caseId = z.string().meta({ scalar: 'ID' });
const digest = sha256Schema.meta({ description: 'SHA-256 of the paper, as its file lists it.' });
const slip = { number: z.string(), code: z.string() };
const SLIP_ROUTE = { by: 'prefix', argument: 'number', copyAt: null } as const;

/** In the order they came in. @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const casePapers = query('casePapers', {
  zh: '案卷材料',
  about: 'the papers of a case in the order they came in, with every version, for the desks it concerns.',
  by: 'READ_CASE',
  oneCase: true,
  article,
  input: { division: askedDivision, case: caseId },
  route: ASKED_DIVISION,
  answer: listOf(Paper),
});

/** The read is recorded. @throws {ProblemError} NOT_FOUND, also if the node does not hold the bytes; FORBIDDEN */
export const paperAddress = query('paperAddress', {
  zh: '阅卷',
  about:
    'a short-lived address of one paper of a case, for the caller alone. The division is a node that holds the case or held it.',
  by: 'READ_CASE',
  oneCase: true,
  article,
  input: { division: askedDivision, case: caseId, sha256: digest },
  route: ASKED_DIVISION,
  answer: PaperAddress,
});

/** The read is recorded. @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const caseFileAddress = query('caseFileAddress', {
  zh: '整卷查阅',
  about:
    'a short-lived address of all papers of a case that the node holds, for the caller alone: as one PDF for printing, with numbered pages and who reads it across each, or as a ZIP.',
  by: 'READ_CASE',
  oneCase: true,
  article,
  input: { division: askedDivision, case: caseId, form: wordOf(FILE_FORM) },
  route: ASKED_DIVISION,
  answer: PaperAddress,
});

/** The same for a department that is asked an opinion. @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT */
export const opinionPaperAddress = query('opinionPaperAddress', {
  zh: '征求意见材料',
  about: 'a short-lived address of one paper that is shown with a question, for the caller alone.',
  by: 'READ_OPINIONS',
  article: ARTICLES.jointHandling,
  input: { division: askedDivision, case: caseId, party: z.int(), sha256: digest },
  route: ASKED_DIVISION,
  answer: PaperAddress,
});

/** @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code */
export const trackedPapers = query('trackedPapers', {
  zh: '申请人查阅材料',
  about: 'the papers of a case for its applicant, by number and tracking code. Needs no login.',
  by: 'PUBLIC',
  article,
  input: slip,
  route: SLIP_ROUTE,
  answer: listOf(Paper),
});

/** @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code */
export const trackedPaperAddress = query('trackedPaperAddress', {
  zh: '申请人查阅材料',
  about: 'a short-lived address of one paper for the applicant, by number and tracking code. Needs no login.',
  by: 'PUBLIC',
  article,
  input: { ...slip, sha256: digest },
  route: SLIP_ROUTE,
  answer: PaperAddress,
});

/** @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code, and if no paper is held there */
export const trackedFileAddress = query('trackedFileAddress', {
  zh: '申请人查阅整卷',
  about:
    'a short-lived address of all papers of a case for its applicant, by number and tracking code: as one PDF for printing, or as a ZIP. Needs no login.',
  by: 'PUBLIC',
  article,
  input: { ...slip, form: wordOf(FILE_FORM) },
  route: SLIP_ROUTE,
  answer: PaperAddress,
});

const ticket = z.string().max(4_000);

/**
 * Pages of pictures and PDFs alone have pictures; the gateway shows them at `<address>/<page>`.
 * @throws {ProblemError} ADDRESS_EXPIRED, FORBIDDEN, NOT_FOUND; PAPER_PREPARING: ask again; MATERIAL_TORN,
 *   MATERIAL_ENCRYPTED, MATERIAL_OVERSIZED; BAD_INPUT for a paper without pages
 */
export const paperPage = query('paperPage', {
  zh: '材料页面',
  about: 'one page of a paper as a picture of at most 1 MB, by the ticket of its address.',
  by: 'PUBLIC',
  article,
  input: {
    division: requiredDivision,
    ticket,
    page: z.int().min(1).meta({ description: '1 is the first.' }),
  },
  route: NAMED_DIVISION,
  answer: PaperPage,
});

/**
 * The gateway asks for it when a browser opens an address; the ticket is the right to read.
 * @throws {ProblemError} ADDRESS_EXPIRED; FORBIDDEN for another reader; NOT_FOUND; BAD_INPUT; for a print
 *   sheet PAPER_PREPARING, MATERIAL_OVERSIZED
 */
export const paperPart = query('paperPart', {
  zh: '材料内容',
  about: 'some bytes of a paper by the ticket of its address. Browsers open the address itself.',
  by: 'PUBLIC',
  article,
  input: {
    division: requiredDivision,
    ticket,
    entry: z
      .int()
      .min(0)
      .nullish()
      .transform((v) => v ?? 0)
      .meta({ description: 'Which paper of a ZIP: 1 is the first. 0 for the ZIP itself, and for all else.' }),
    offset: z.int().min(0).meta({ description: 'The first byte; 0 is the first of all.' }),
    length: z.int().min(0).max(MAX_PART_BYTES).meta({ description: 'Most bytes; 0 asks only what the paper is.' }),
  },
  route: NAMED_DIVISION,
  answer: PaperPart,
});

export const papers = domain('papers', {
  zh: '阅卷',
  role: 'filing',
  personal: {
    'Query.paperAddress': personalAnswer,
    'Query.caseFileAddress': personalAnswer,
    'Query.opinionPaperAddress': personalAnswer,
  },
  operations: {
    casePapers,
    paperAddress,
    caseFileAddress,
    opinionPaperAddress,
    trackedPapers,
    trackedPaperAddress,
    trackedFileAddress,
    paperPart,
    paperPage,
  },
});
