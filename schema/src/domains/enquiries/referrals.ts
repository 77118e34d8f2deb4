import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import { problem } from '../../kernel/errors.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';

/** A question that the desk asked first put to another node (转请答复). */
export interface EnquiryReferral {
  to: DivisionCode;
  at: Date;
  /** As it was sent. */
  question: string | null;
  reason: string;
  /** Name of the person who sent it; null for the asker, who reads the answer when the desk reports it. */
  by: string | null;
  answeredAt: Date | null;
  answer: string | null;
  /** Why the other node did not take it. */
  refusal: ErrorCode | null;
}

/** Most unanswered questions that a node takes from one other: more would fill its disk. */
export const MOST_REFERRED = 200;

const article = ARTICLES.firstAsked;

/**
 * Checks that another node may be asked. The desk that was asked first stays answerable, and keeps who asked to itself.
 * @param known whether that node is of the federation
 * @throws {ProblemError} ENQUIRY_REPORTED, BAD_INPUT for the own node, an unknown one, or numbers of people; NO_CHANGE
 *   where it was asked already; REASON_MISSING
 */
export function requireReferral(
  enquiry: { reportedAt: Date | null; referrals: readonly Pick<EnquiryReferral, 'to' | 'refusal'>[] },
  { to, question, reason }: { to: DivisionCode; question: string; reason: string },
  { node, known }: { node: DivisionCode; known: boolean },
): void {
  if (enquiry.reportedAt !== null) {
    throw problem('ENQUIRY_REPORTED', `It was answered on ${enquiry.reportedAt.toISOString()}.`, { article });
  }
  if (to === node || !known) {
    const why = to === node ? 'is this desk itself' : 'has no node';
    throw problem('BAD_INPUT', `to: ${to} ${why}.`, { article, field: 'to' });
  }
  if (enquiry.referrals.some((earlier) => earlier.to === to && earlier.refusal === null)) {
    throw problem('NO_CHANGE', `${to} was asked already.`, { article, field: 'to' });
  }
  if (reason === '') {
    throw problem('REASON_MISSING', 'Say why it is theirs: the asker reads that.', { article, field: 'reason' });
  }
  requireNoPersonalData(reason, 'reason');
  requireNoPersonalData(question, 'question');
}

/** An answer that goes to another desk names no numbers of people. @throws {ProblemError} BAD_INPUT */
export const requireAnswerForDesk = (answer: string) => requireNoPersonalData(answer, 'result');

/** The last day for an answer to another desk: by the own term, and never behind the day the asker was promised. */
export function referralDueOn(own: Day, promised: Day | null): Day {
  return promised !== null && promised < own ? promised : own;
}
