import { z } from 'zod';
import { dayInput, optionalDay, optionalText, text } from '../../operation/input-parts.ts';
import { NAMED_DIVISION, VIEWERS_DESK } from '../../operation/route.ts';
import { domain } from '../../operation/domain.ts';
import { id, requiredDivision, word } from '../../operation/fields.ts';
import type { InputOf } from '../../operation/operation.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { Competence, Delegation, DelegationRequest } from './views.ts';
import { GRANT_MODE, GRANT_MODES, GRANT_STAGE, GRANT_STAGES } from './words.ts';

const capFen = z
  .int()
  .min(0)
  .nullish()
  .transform((v) => v ?? null)
  .meta({ scalar: 'Fen' });
const power = {
  items: z.array(id(50)).min(1, 'need at least one').max(500),
  stages: z.array(word(GRANT_STAGE, GRANT_STAGES)).min(1, 'need at least one'),
  capFen,
};

/** The amount in the form that grant documents use for a cap. */
export const capOf = (amountFen: number | null) => (amountFen === null ? null : { amountFen });

/**
 * The organs that accept, review and decide an item for a place today, and the reasons.
 * @throws {ProblemError} ITEM_UNKNOWN, UNKNOWN_DIVISION, COMPETENCE_UNRESOLVED
 */
export const competence = query('competence', {
  zh: '权限',
  about: 'who is competent, as the division sees it today. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.delegation,
  input: {
    item: z.string().meta({ scalar: 'ID' }),
    division: requiredDivision.meta({ description: 'Where the matter lies.' }),
    amountFen: z.int().min(0, 'must not be negative').nullish().meta({
      scalar: 'Fen',
      description: 'The amount asked for, in fen; caps are measured by it.',
    }),
  },
  route: { by: 'division', path: ['division'], otherwise: null, nearest: true },
  answer: Competence,
});

/** Grants the node gave, received, or uses; the newest 500. */
export const delegations = query('delegations', {
  zh: '授权',
  about: 'grants the division gave, was given, or goes by. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.delegation,
  input: { division: requiredDivision, item: z.string().nullish().meta({ scalar: 'ID' }) },
  route: NAMED_DIVISION,
  answer: listOf(Delegation),
});

/**
 * Powers asked for of or by the desk.
 * @throws {ProblemError} FORBIDDEN
 */
export const delegationRequests = query('delegationRequests', {
  zh: '请求下放',
  about: "powers asked for of or by the viewer's desk.",
  by: 'READ_FIGURES',
  article: ARTICLES.delegation,
  input: {},
  route: VIEWERS_DESK,
  answer: listOf(DelegationRequest),
});

/**
 * Offers a power to a lower organ; it takes effect when that accepts.
 * @throws {ProblemError} FORBIDDEN, UNKNOWN_DIVISION, WRONG_DEPARTMENT, NODE_CLOSED, GRANT_INVALID, GRANT_EXPIRED,
 * GRANT_OUT_OF_COMPETENCE, ITEM_UNKNOWN
 */
export const grantPower = mutation('grantPower', {
  zh: '授权',
  about: 'offers a power to a lower organ; it takes effect when that accepts.',
  by: 'GRANT_POWER',
  article: ARTICLES.delegation,
  input: {
    ...power,
    grantee: id(20),
    mode: word(GRANT_MODE, GRANT_MODES),
    from: dayInput,
    to: optionalDay,
    basis: text(500),
    announcement: text(2000),
    request: z
      .uuid()
      .nullish()
      .transform((v) => v ?? null)
      .meta({ scalar: 'ID', description: 'The request it answers.' }),
  },
  answer: Delegation,
  hashedAs: ({ capFen: amountFen, ...asked }) => ({ mutation: 'grant', input: { ...asked, cap: capOf(amountFen) } }),
});

export type GrantPowerInput = InputOf<typeof grantPower>;

/**
 * Asks an organ above for a power.
 * @throws {ProblemError} FORBIDDEN, GRANT_INVALID, ITEM_UNKNOWN, WRONG_DEPARTMENT
 */
export const requestPower = mutation('requestPower', {
  zh: '请求下放',
  by: 'ANSWER_POWER',
  article: ARTICLES.delegation,
  input: { ...power, grantor: id(20), reason: text(2000), staff: z.int().min(0) },
  answer: DelegationRequest,
  hashedAs: ({ capFen: amountFen, grantor: divisionAbove, ...asked }) => ({
    mutation: 'request',
    input: { ...asked, cap: capOf(amountFen), divisionAbove },
  }),
});

/** May be empty: the rule refuses that. */
const reason = z.string().trim().max(2000);
const ending = { id: z.uuid().meta({ scalar: 'ID' }), reason };

/**
 * Declines a request for a power.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, WRONG_DEPARTMENT, REASON_MISSING
 */
export const declinePowerRequest = mutation('declinePowerRequest', {
  zh: '谢绝下放请求',
  by: 'GRANT_POWER',
  article: ARTICLES.delegation,
  inputType: 'EndDelegationInput',
  input: ending,
  answer: DelegationRequest,
  keyedAs: 'declineRequest',
});

/**
 * Accepts or declines a power that was offered.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, WRONG_DEPARTMENT, GRANT_ENDED, GRANT_EXPIRED, ILLEGAL_STEP, REASON_MISSING
 */
export const answerDelegation = mutation('answerDelegation', {
  zh: '接受或谢绝授权',
  about: 'nothing takes effect unaccepted.',
  by: 'ANSWER_POWER',
  article: ARTICLES.delegation,
  input: { id: z.uuid().meta({ scalar: 'ID' }), accepted: z.boolean(), reason: optionalText(2000) },
  answer: Delegation,
  keyedAs: 'answer',
});

/**
 * Ends a power that this node gave.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, WRONG_DEPARTMENT, REASON_MISSING
 */
export const revokeDelegation = mutation('revokeDelegation', {
  zh: '撤销授权',
  about: ', by the grantor.',
  by: 'GRANT_POWER',
  article: ARTICLES.delegation,
  inputType: 'EndDelegationInput',
  input: ending,
  answer: Delegation,
  keyedAs: 'revoke',
});

/**
 * Ends a power that this node was given.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, WRONG_DEPARTMENT, REASON_MISSING
 */
export const handBackDelegation = mutation('handBackDelegation', {
  zh: '交回权限',
  about: ', by the grantee.',
  by: 'ANSWER_POWER',
  article: ARTICLES.delegation,
  inputType: 'EndDelegationInput',
  input: ending,
  answer: Delegation,
  keyedAs: 'handBack',
});

export const delegation = domain('delegation', {
  zh: '授权',
  role: 'delegation',
  operations: {
    competence,
    delegations,
    delegationRequests,
    grantPower,
    requestPower,
    declinePowerRequest,
    answerDelegation,
    revokeDelegation,
    handBackDelegation,
  },
});
