import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { personalAnswer } from '../../operation/personal-field.ts';
import { id } from '../../operation/fields.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { MOST_NOTE } from './messages.ts';
import { CaseNote } from './views.ts';

const article = ARTICLES.postDuties;

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, REASON_MISSING, BAD_INPUT */
export const addNote = mutation('addNote', {
  zh: '内部备注',
  about:
    'a note on a case for the desks that handle it and their supervisors; it follows the case and is never removed.',
  by: 'WRITE_NOTE',
  judgedBy: 'RULES',
  article,
  input: {
    case: id(),
    // may be empty: the rule refuses that, and cites its source
    text: z.string().trim().max(MOST_NOTE).meta({ description: 'Without identity, phone or account numbers.' }),
  },
  answer: CaseNote,
});

/** Oldest first. @throws {ProblemError} NOT_FOUND, FORBIDDEN, also with a token that acts for the applicant */
export const caseNotes = query('caseNotes', {
  zh: '内部备注',
  about: 'what desks noted on a case, oldest first.',
  by: 'READ_NOTES',
  article,
  input: { case: z.string().meta({ scalar: 'ID' }) },
  route: { by: 'prefix', argument: 'case', copyAt: 'viewer' },
  answer: listOf(CaseNote),
});

export const notes = domain('notes', {
  zh: '内部备注',
  role: 'handling',
  // a note has no numbers of a person, but it may name one
  personal: { 'Query.caseNotes': personalAnswer },
  operations: { addNote, caseNotes },
});
