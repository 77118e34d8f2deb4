import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { personalOfCase } from '../../operation/personal-field.ts';
import { askedDivision, id, word } from '../../operation/fields.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import { listOf, mutation, pageOf, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { AgentCase, ProxyHandling, ProxyTold, TakeOver } from './views.ts';
import { CONSENT_WAY, CONSENT_WAYS, CONTACT_PARTIES, CONTACT_PARTY, CONTACT_WAY, CONTACT_WAYS } from './words.ts';

/** Most cases taken over at once: an agent's whole list. */
const MOST_CASES = 200;

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN; CONSENT_MISSING for a case without proxy handling */
export const proxyHandling = query('proxyHandling', {
  zh: '代办',
  about: 'of one case, as a desk that it concerns knows it.',
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.proxyConsent,
  input: {
    case: z.string().meta({ scalar: 'ID' }),
    division: askedDivision.meta({ description: "The desk that is asked; the viewer's own when left out." }),
  },
  route: ASKED_DIVISION,
  answer: ProxyHandling,
});

/**
 * An agent's open cases over all tiers, and closed ones whose first-asked report waits; the earliest deadline comes
 * first.
 * @throws {ProblemError} FORBIDDEN, BAD_INPUT
 */
export const agentCases = query('agentCases', {
  zh: '代办件清单',
  about:
    "an agent's cases over all tiers, what ends first first; from the agent's own desk, also while all others are away.",
  by: 'READ_CASE',
  article: ARTICLES.proxyConsent,
  input: {
    agent: z
      .string()
      .nullish()
      .meta({ scalar: 'ID', description: 'Subject of the agent; the person who asks, when left out.' }),
    division: askedDivision.meta({ description: "The agent's desk; the viewer's own when left out." }),
  },
  route: ASKED_DIVISION,
  answer: pageOf(AgentCase),
});

/**
 * Records a contact of the agent in the log, at whichever desk holds the case.
 * @throws {ProblemError} CONSENT_MISSING, CONSENT_REVOKED, CONSENT_EXPIRED, NOT_COMPETENT, CASE_IN_TRANSIT, BAD_INPUT
 */
export const logContact = mutation('logContact', {
  zh: '代办联系',
  about: "into the case's log, also where another desk holds the case.",
  by: 'LOG_CONTACT',
  judgedBy: 'RULES',
  oneCase: true,
  article: ARTICLES.proxyConsent,
  input: {
    id: id(),
    with: word(CONTACT_PARTY, CONTACT_PARTIES),
    way: word(CONTACT_WAY, CONTACT_WAYS),
    what: text(500).meta({
      description: 'What it was about; no phone, identity or account numbers: every desk on the way reads it.',
    }),
  },
  hashedAs: ({ id: caseId, idempotencyKey, with: party, way, what }) => ({
    input: { id: caseId, idempotencyKey },
    event: { action: 'CONTACTED', data: { with: party, way, what } },
  }),
  answer: ProxyTold,
});

/**
 * Records that the applicant's consent to proxy handling has ended, at whichever desk holds the case.
 * @throws {ProblemError} CONSENT_MISSING, CONSENT_REVOKED, NOT_COMPETENT, CASE_IN_TRANSIT, BAD_INPUT
 */
export const revokeConsent = mutation('revokeConsent', {
  zh: '撤回委托',
  about: "the applicant's word that the agent acts for them no longer.",
  by: 'REVOKE_CONSENT',
  judgedBy: 'RULES',
  oneCase: true,
  article: ARTICLES.proxyEnds,
  input: {
    id: id(),
    way: word(CONSENT_WAY, CONSENT_WAYS).meta({ description: 'How the applicant said so.' }),
    reason: optionalText(500),
  },
  hashedAs: ({ id: caseId, idempotencyKey, way, reason }) => ({
    input: { id: caseId, idempotencyKey },
    event: { action: 'CONSENT_REVOKED', data: { way, reason } },
  }),
  answer: ProxyTold,
});

/**
 * Asks villages of the person's own township for cases; it succeeds for all or for none.
 * @throws {ProblemError} NOT_COMPETENT for each case that is not of such a village, REASON_MISSING, FORBIDDEN
 */
export const takeOverCases = mutation('takeOverCases', {
  zh: '帮办接办',
  about: "a township's proxy team takes over cases of its villages' agents.",
  by: 'TAKE_OVER_CASE',
  judgedBy: 'RULES',
  article: ARTICLES.postDuties,
  keyedAs: 'takeOver',
  input: {
    ids: z
      .array(id())
      .min(1)
      .max(MOST_CASES)
      .refine((ids) => new Set(ids).size === ids.length, 'name each case once')
      .meta({ description: 'Cases of villages of the township; all are asked for, or none.' }),
    // may be empty: the handler refuses that, and cites its source
    reason: z.string().trim().max(1000),
  },
  answer: listOf(TakeOver),
});

export const proxy = domain('proxy', {
  zh: '帮办代办',
  role: 'proxy',
  personal: { 'AgentCase.applicant': personalOfCase() },
  operations: { proxyHandling, agentCases, logContact, revokeConsent, takeOverCases },
});
