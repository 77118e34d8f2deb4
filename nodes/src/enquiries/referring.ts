import type { EnquiryAnswered, EnquiryReferred } from '@liandong/schema/domains/enquiries';
import { requireAnswerForDesk, requireReferral } from '@liandong/schema/domains/enquiries';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { SharedTx } from '../db/index.ts';
import type { EnquiriesParts } from './asking.ts';
import type { StoredEnquiry } from './enquiry-store.ts';
import { addReferral } from './referral-store.ts';

/** Puts the question of an enquiry to another node. @throws {ProblemError} as {@link requireReferral} */
export async function refer(
  { node, nodes, outbox, now }: EnquiriesParts,
  tx: SharedTx,
  viewer: Viewer,
  stored: StoredEnquiry,
  { to, question, reason }: { to: DivisionCode; question: string; reason: string },
): Promise<void> {
  requireReferral(stored, { to, question, reason }, { node, known: nodes().includes(to) });
  const { id, item, dueOn } = stored;
  const by = { referredBy: viewer.sub, referredByName: viewer.name };
  await addReferral(tx, { enquiry: id, toNode: to, at: now(), question, reason, ...by });
  const body: EnquiryReferred = { enquiry: id, question, item, reason, dueOn };
  await outbox.enqueue(tx, [{ receiver: to, kind: 'ENQUIRY_REFERRED', caseId: null, body }]);
}

/**
 * Sends the answer to the desk that put the question here; nothing for a question of this desk's own.
 * @throws {ProblemError} BAD_INPUT
 */
export async function answerReferral(
  { outbox, now }: EnquiriesParts,
  tx: SharedTx,
  { referredBy, referredId }: StoredEnquiry,
  answer: string,
): Promise<void> {
  if (referredBy === null || referredId === null) return;
  requireAnswerForDesk(answer);
  const body: EnquiryAnswered = { enquiry: referredId, answer, at: now().toISOString() };
  await outbox.enqueue(tx, [{ receiver: referredBy, kind: 'ENQUIRY_ANSWERED', caseId: null, body }]);
}
