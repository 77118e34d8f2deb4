import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id } from '../../operation/fields.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { Case } from '../handling/views.ts';
import { person } from './inputs.ts';
import { Caseload } from './views.ts';

const article = ARTICLES.postDuties;

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_CUSTODIAN, CASE_IN_TRANSIT, WRONG_DEPARTMENT, ILLEGAL_STEP, HANDLED_BY_ANOTHER */
export const claimCase = mutation('claimCase', {
  zh: '认领办件',
  about: 'who claims a case is its handler at this desk; what someone absent or gone has left can be claimed, too.',
  by: 'CLAIM_CASE',
  judgedBy: 'RULES',
  article,
  inputType: 'HandlerStepInput',
  input: { id: id() },
  inBulk: ['id'],
  answer: Case,
});

/** @throws {ProblemError} as {@link claimCase}, NOT_IN_ROSTER */
export const assignHandler = mutation('assignHandler', {
  zh: '指定承办人',
  about: 'a chief gives a case to a person of the desk, a handler passes their own on.',
  by: 'CLAIM_CASE',
  judgedBy: 'RULES',
  article,
  input: {
    id: id(),
    to: person.extend({ name: z.string().trim().min(1).max(100) }).meta({ inputType: 'HandlerInput' }),
  },
  inBulk: ['id'],
  answer: Case,
});

/** @throws {ProblemError} as {@link assignHandler}, NO_CHANGE */
export const releaseCase = mutation('releaseCase', {
  zh: '退出承办',
  about: 'the case waits for another handler.',
  by: 'CLAIM_CASE',
  judgedBy: 'RULES',
  article,
  inputType: 'HandlerStepInput',
  input: { id: id() },
  inBulk: ['id'],
  answer: Case,
});

/** @throws {ProblemError} FORBIDDEN */
export const caseloads = query('caseloads', {
  zh: '承办情况',
  about: 'open cases of a desk by person, those without a handler first; for its chief and the levels above.',
  by: 'READ_CASELOADS',
  article,
  input: { division: askedDivision.meta({ description: "The viewer's own desk when left out." }) },
  route: { by: 'division', path: ['division'], otherwise: 'viewer' },
  answer: listOf(Caseload),
});

export const caseload = domain('caseload', {
  zh: '专人承办',
  role: 'handling',
  operations: { claimCase, assignHandler, releaseCase, caseloads },
});
