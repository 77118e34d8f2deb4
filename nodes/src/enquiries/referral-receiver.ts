import type { EnquiryReferred } from '@liandong/schema/domains/enquiries';
import {
  answerDueOn,
  enquiryAnsweredSchema,
  enquiryNumber,
  enquiryReferredSchema,
  MOST_REFERRED,
  referralDueOn,
} from '@liandong/schema/domains/enquiries';
import type { DivisionCode, OfficialCalendar } from '@liandong/schema/kernel';
import { dayOf, filingNodeOf, isErrorCode, problem } from '@liandong/schema/kernel';
import type { GuideReading } from '../catalogue/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Answered, Incoming, Verdict } from '../handoff/index.ts';
import { signsOf } from '../slips/index.ts';
import { answered } from './asking.ts';
import { findTerms, insertEnquiry } from './enquiry-store.ts';
import { countReferred, findReferred, lockOpenReferral, storeAnswer, storeRefusal } from './referral-store.ts';

export interface ReferralReceiverParts {
  /** What the guide of a question's item is composed with. */
  guides: GuideReading;
  calendar: () => OfficialCalendar;
  now: () => Date;
}

/** Takes in questions that other desks put to this node, and other nodes' answers to those of its own desk. */
export class ReferralReceiver {
  readonly #parts: ReferralReceiverParts;

  constructor(parts: ReferralReceiverParts) {
    this.#parts = parts;
  }

  /** Takes a question, if the desk that sends it was the one asked first. */
  readonly referred = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = enquiryReferredSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'No question of another desk.', { cause: body.error });
    const { enquiry } = body.data;
    if (filingNodeOf(enquiry) !== message.from) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} was not asked ${enquiry} first.` };
    }
    if ((await findReferred(tx, message.from, enquiry)) !== null) return { outcome: 'DONE' };
    if ((await countReferred(tx, message.from)) >= MOST_REFERRED) {
      const reason = `${message.from} waits for ${MOST_REFERRED} answers already.`;
      return { outcome: 'REFUSED', code: 'RATE_LIMITED', reason };
    }
    await this.#take(tx, message.from, body.data);
    return { outcome: 'DONE' };
  };

  /** Keeps another node's answer, for the desk to report. The first answer stays. */
  readonly answered = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = enquiryAnsweredSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'No answer to a question.', { cause: body.error });
    const { enquiry, answer, at } = body.data;
    const open = await lockOpenReferral(tx, enquiry, message.from);
    if (open === null) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} was not asked about ${enquiry}.` };
    }
    if (open) await storeAnswer(tx, { enquiry, to: message.from, at: new Date(at), answer });
    return { outcome: 'DONE' };
  };

  /** Notes that another node did not take a question. */
  readonly referralAnswered = async (tx: SharedTx, { answer, body, receiver }: Answered): Promise<void> => {
    if (answer.outcome !== 'REFUSED') return;
    await storeRefusal(
      tx,
      enquiryReferredSchema.parse(body).enquiry,
      receiver,
      isErrorCode(answer.code) ? answer.code : 'INTERNAL',
    );
  };

  async #take(tx: SharedTx, from: DivisionCode, { enquiry, question, item, dueOn }: EnquiryReferred): Promise<void> {
    const { calendar, guides, now } = this.#parts;
    const askedAt = now();
    const own = answerDueOn('QUESTION', askedAt, await findTerms(tx), calendar());
    if (own === null) throw new Error('a question has a term');
    const nothing = { answeredBy: null, answeredByName: null, caseId: null };
    const notReported = { reportedAt: null, reportedBy: null, reportedByName: null, result: null };
    const at = { ...guides, node: tx.node };
    // an item that this node does not have is left to the question's own words
    const known = item !== null && (await findItem(tx, item, { today: dayOf(askedAt) })) ? item : null;
    const guide = await answered(at, tx, { item: known, place: from }, askedAt);
    await insertEnquiry(
      tx,
      {
        ...nothing,
        ...notReported,
        ...guide,
        id: enquiryNumber(tx.node, dayOf(askedAt), signsOf(6)),
        askedAt,
        kind: 'QUESTION',
        question,
        department: null,
        dueOn: referralDueOn(own, dueOn),
        codeHash: null,
        referredBy: from,
        referredId: enquiry,
      },
      null,
    );
  }
}
