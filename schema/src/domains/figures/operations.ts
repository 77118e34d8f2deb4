import { ARTICLES } from '../../kernel/articles.ts';
import { NAMED_DIVISION } from '../../operation/route.ts';
import { dayInput, optionalDay } from '../../operation/input-parts.ts';
import { domain } from '../../operation/domain.ts';
import { query } from '../../operation/operation.ts';
import { requiredDivision } from '../../operation/fields.ts';
import { ProjectRollup, Rollup, Standardization } from './views.ts';

const betweenDays = { division: requiredDivision, from: dayInput, to: dayInput };

/**
 * A division's counts of cases between two days, both included.
 * @throws {ProblemError} FORBIDDEN; BAD_INPUT for days in the wrong order
 */
export const rollup = query('rollup', {
  zh: '汇总',
  about: "a division's figures; the same question to every node they cover would give the same sums.",
  by: 'READ_FIGURES',
  article: ARTICLES.postDuties,
  input: betweenDays,
  route: NAMED_DIVISION,
  answer: Rollup,
});

/**
 * A division's projects that began between two days, both included.
 * @throws {ProblemError} FORBIDDEN; BAD_INPUT for days in the wrong order
 */
export const projectRollup = query('projectRollup', {
  zh: '项目汇总',
  about: "a division's projects, amounts and total days; the same question to every node gives the same sums.",
  by: 'READ_FIGURES',
  article: ARTICLES.projects,
  input: betweenDays,
  route: NAMED_DIVISION,
  answer: ProjectRollup,
});

/**
 * By how much a division's limits are better than the statute and the basic catalogue. Both days are included; a
 * missing day leaves that end open.
 * @throws {ProblemError} BAD_INPUT for days in the wrong order
 */
export const standardization = query('standardization', {
  zh: '标准化统计',
  about: "a division's own figures, from its own node. Needs no login.",
  by: 'PUBLIC',
  article: ARTICLES.neverWorse,
  input: { division: requiredDivision, from: optionalDay, to: optionalDay },
  route: NAMED_DIVISION,
  answer: Standardization,
});

export const figures = domain('figures', {
  zh: '统计',
  role: 'figures',
  operations: { rollup, projectRollup, standardization },
});
