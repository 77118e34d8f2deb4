import { ARTICLES } from '../../kernel/articles.ts';
import { problem } from '../../kernel/errors.ts';
import type { Tier } from '../../kernel/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requireOneOf } from '../../operation/permissions.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';

/** An enquiry handed on from one desk of a node to another (转办). */
export interface EnquiryMove {
  at: Date;
  /** The department that had it; null for the desk as a whole. */
  from: string | null;
  to: string;
  reason: string;
  /** Name of the person who handed it on; null for the asker. */
  by: string | null;
}

const article = ARTICLES.firstAsked;

/**
 * An enquiry that was handed on is answered by the department it went to; any other, by all people of the desk.
 * @param department the one that has it; null for the desk as a whole
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireItsDepartment(viewer: Viewer, department: string | null, tier: Tier): void {
  if (department !== null) requireOneOf(viewer, [department], tier);
}

/**
 * Checks that an enquiry may be handed on to a department of the same node. The node that was asked stays answerable:
 * an enquiry does not leave it.
 * @param known departments of the node
 * @throws {ProblemError} ENQUIRY_REPORTED, WRONG_DEPARTMENT, NO_CHANGE, REASON_MISSING, BAD_INPUT
 */
export function requireHandOn(
  viewer: Viewer,
  enquiry: { department: string | null; reportedAt: Date | null },
  { department, reason }: { department: string; reason: string },
  { tier, known }: { tier: Tier; known: ReadonlySet<string> },
): void {
  if (enquiry.reportedAt !== null) {
    throw problem('ENQUIRY_REPORTED', `It was answered on ${enquiry.reportedAt.toISOString()}.`, { article });
  }
  requireItsDepartment(viewer, enquiry.department, tier);
  if (enquiry.department === department) {
    throw problem('NO_CHANGE', `${department} has it already.`, { article, field: 'department' });
  }
  if (!known.has(department)) {
    throw problem('BAD_INPUT', `No window and no item here is of ${department}.`, { article, field: 'department' });
  }
  if (reason === '') {
    throw problem('REASON_MISSING', 'Say why it is theirs: the asker reads that.', { article, field: 'reason' });
  }
  requireNoPersonalData(reason, 'reason');
}
