import type { Asker, EnquiryKind } from '@liandong/schema/domains/enquiries';
import type { DivisionCode, OfficialCalendar } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import {
  answerDueOn,
  answerOf,
  enquiryNumber,
  requireRoomOnline,
  requireSubject,
} from '@liandong/schema/domains/enquiries';
import { dayOf, startOfDay } from '@liandong/schema/kernel';
import { isInForce } from '@liandong/schema/domains/catalogue';
import type { GuideReading } from '../catalogue/index.ts';
import { findGuide } from '../catalogue/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { signsOf, trackingCodeOf, trackingHash } from '../slips/index.ts';
import { countOnline, findTerms, insertEnquiry } from './enquiry-store.ts';
import type { EnquiryRow } from './tables.ts';

/** What an answer at once is composed with. */
export interface AnswerParts extends GuideReading {
  node: DivisionCode;
}

export interface EnquiriesParts extends AnswerParts {
  /** Every node of the federation that stands. */
  nodes: () => readonly DivisionCode[];
  outbox: Outbox;
  /** The calendar in force now. */
  calendar: () => OfficialCalendar;
  now: () => Date;
}

/** What somebody asks. */
export interface Asking {
  kind: EnquiryKind;
  item: string | null;
  place: DivisionCode | null;
  question: string | null;
  asker: Asker | null;
}

/**
 * Takes in what somebody asks, at the desk or online.
 * @param viewer null for the public
 * @returns its id, and the code that opens it for the asker
 * @throws {ProblemError} BAD_INPUT, ITEM_UNKNOWN, UNKNOWN_DIVISION, RATE_LIMITED
 */
export async function takeIn(
  parts: EnquiriesParts,
  tx: SharedTx,
  viewer: Viewer | null,
  asking: Asking,
): Promise<{ id: string; code: string }> {
  const askedAt = parts.now();
  const { kind, item, question, asker } = asking;
  requireSubject(item, question);
  if (!viewer) requireRoomOnline(await countOnline(tx, startOfDay(dayOf(askedAt))));
  const id = enquiryNumber(parts.node, dayOf(askedAt), signsOf(6));
  const code = trackingCodeOf();
  const row: EnquiryRow = {
    ...(await answered(parts, tx, asking, askedAt)),
    id,
    kind,
    question,
    askedAt,
    answeredBy: viewer?.sub ?? null,
    answeredByName: viewer?.name ?? null,
    department: null,
    dueOn: answerDueOn(kind, askedAt, await findTerms(tx), parts.calendar()),
    codeHash: trackingHash(id, code),
    caseId: null,
    reportedAt: null,
    reportedBy: null,
    reportedByName: null,
    result: null,
    referredBy: null,
    referredId: null,
  };
  await insertEnquiry(tx, row, asker);
  return { id, code };
}

type Answered = Pick<EnquiryRow, 'item' | 'itemVersion' | 'inForce' | 'place' | 'acceptor' | 'decider' | 'answer'>;

/**
 * The answer at once, composed from what this node knows at this moment; it works with every other node down.
 * @throws {ProblemError} ITEM_UNKNOWN, UNKNOWN_DIVISION
 */
export async function answered(
  parts: AnswerParts,
  queries: NodeQueries,
  { item: code, place: named }: Pick<Asking, 'item' | 'place'>,
  askedAt: Date,
): Promise<Answered> {
  const { node, divisions } = parts;
  const today = dayOf(askedAt);
  const place = divisions.get(named ?? node).code;
  if (code === null) {
    return { item: null, itemVersion: null, inForce: null, place, acceptor: null, decider: null, answer: null };
  }
  const guide = await findGuide(parts, queries, code, place, today);
  const { item, route } = guide;
  return {
    item: item.code,
    itemVersion: item.version,
    inForce: isInForce(item, today),
    place,
    acceptor: route?.acceptor ?? null,
    decider: route?.decider ?? null,
    answer: answerOf({ ...guide, today }),
  };
}
