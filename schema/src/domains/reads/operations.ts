import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { requiredDivision } from '../../operation/fields.ts';
import { listOf, query } from '../../operation/operation.ts';
import { NAMED_DIVISION } from '../../operation/route.ts';
import { NotedRead } from './views.ts';

/**
 * For the person a case is about: the reads of their data, newest first.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code
 */
export const personalDataReads = query('personalDataReads', {
  zh: '个人信息查阅记录',
  about:
    'for the person a case is about, with number and tracking code: who read what of them at the desk that took it in. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.toldAndAgreed,
  input: { number: z.string(), code: z.string() },
  route: { by: 'prefix', argument: 'number', copyAt: null },
  answer: listOf(NotedRead),
});

/**
 * For supervisors of the division: the reads of personal data of a case or an enquiry there, newest first.
 * @throws {ProblemError} FORBIDDEN
 */
export const personalDataReadsAt = query('personalDataReadsAt', {
  zh: '个人信息查阅日志',
  about: 'who read personal data of a case or an enquiry at a node, newest first; for supervisors.',
  by: 'READ_READS',
  article: ARTICLES.readsAudited,
  input: { division: requiredDivision, subject: z.string().meta({ scalar: 'ID' }) },
  route: NAMED_DIVISION,
  answer: listOf(NotedRead),
});

/** Questions about the log of reads. The node itself writes into that log what an answer shows: {@link ReadsLog}. */
export const reads = domain('reads', {
  zh: '查阅记录',
  role: 'sharing',
  operations: { personalDataReads, personalDataReadsAt },
});
