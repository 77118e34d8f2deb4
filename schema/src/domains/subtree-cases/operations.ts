import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { requiredDivision } from '../../operation/fields.ts';
import { query } from '../../operation/operation.ts';
import { byKeys } from '../../operation/route.ts';
import { casesWithinFilter } from './parts.ts';
import { CasesWithin } from './views.ts';

/**
 * One list over the nodes of a division.
 * @throws {ProblemError} FORBIDDEN, UNKNOWN_DIVISION, BAD_INPUT for a cursor of another list
 */
export const casesWithin = query('casesWithin', {
  zh: '辖区办件',
  about:
    'the open cases that the nodes of a division hold, as one list in the order of a work queue: urgent ones first, then by the days left to their next limit. For supervisors of the division or above it. A page says which nodes it covers, and up to when; the cases of a silent node come on a later page.',
  by: 'READ_CASES_WITHIN',
  article: ARTICLES.postDuties,
  input: { division: requiredDivision, filter: casesWithinFilter.nullish() },
  route: { by: 'merged', path: ['division'], merge: 'casesWithin' },
  answer: CasesWithin,
});

export const subtreeCases = domain('subtree-cases', {
  zh: '辖区办件',
  role: 'supervision',
  lookups: { _casesWithin: byKeys() },
  operations: { casesWithin },
});
