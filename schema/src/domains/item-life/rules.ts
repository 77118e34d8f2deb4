import { problem } from '../../kernel/errors.ts';
import type { DraftState, ReviewDesk } from '../catalogue/words.ts';
import type { Opinion } from '../../case/words.ts';
import { REVIEW_DESK_LABELS, REVIEW_DESKS } from '../catalogue/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';

/** One desk's review of a draft. */
export interface DraftReview {
  desk: ReviewDesk;
  /** Subject of the reviewer. */
  reviewer: string;
  opinion: Opinion;
  /** Changes the desk asks for; null for an approval without remarks. */
  remarks: string | null;
}

/** A draft before the desks: its authors over all rounds, and the reviews of its current text. */
export interface DraftFile<R extends DraftReview = DraftReview> {
  authors: readonly string[];
  /** Reviews of the current round. A changed draft begins a new round without reviews. */
  reviews: readonly R[];
}

/** The state of a draft: before the desks, handed back with remarks, or approved by all three. */
export function draftState({ reviews }: DraftFile): DraftState {
  if (REVIEW_DESKS.some((desk) => !reviews.some((r) => r.desk === desk))) return 'IN_REVIEW';
  return reviews.every((r) => r.opinion === 'APPROVE') ? 'APPROVED' : 'REMARKED';
}

/**
 * Checks a desk's review of a draft. Each desk reviews once a round, by a person who neither wrote the draft nor
 * reviews for another desk. Source: {@link ARTICLES.threeDesks}.
 * @throws {ProblemError} SAME_PERSON, ILLEGAL_STEP, REASON_MISSING
 */
export function requireReview(draft: DraftFile, review: DraftReview): void {
  const article = ARTICLES.threeDesks;
  if (draft.authors.includes(review.reviewer)) {
    throw problem('SAME_PERSON', 'The author of a draft may not review it.', { article });
  }
  if (draft.reviews.some((r) => r.reviewer === review.reviewer)) {
    throw problem('SAME_PERSON', 'This person has spoken on the draft already; the desks are three people.', {
      article,
    });
  }
  if (draft.reviews.some((r) => r.desk === review.desk)) {
    throw problem('ILLEGAL_STEP', `${review.desk} ${REVIEW_DESK_LABELS[review.desk]} has spoken on this draft.`, {
      article,
      field: 'desk',
    });
  }
  if (review.opinion === 'REJECT' && (review.remarks ?? '').trim() === '') {
    throw problem('REASON_MISSING', 'Say what has to change.', { article, field: 'remarks' });
  }
}

/**
 * A draft is published after three approvals by three people who are not its authors.
 * @throws {ProblemError} ITEM_NOT_REVIEWED naming the desks that have not approved
 */
export function requirePublishable(draft: DraftFile): void {
  const people = new Set<string>();
  const open = REVIEW_DESKS.filter((desk) => {
    const said = draft.reviews.find((r) => r.desk === desk);
    if (said?.opinion !== 'APPROVE' || draft.authors.includes(said.reviewer) || people.has(said.reviewer)) return true;
    people.add(said.reviewer);
    return false;
  });
  if (open.length === 0) return;
  const desks = open.map((desk) => `${desk} ${REVIEW_DESK_LABELS[desk]}`).join(', ');
  throw problem('ITEM_NOT_REVIEWED', `Not approved by ${desks}.`, { article: ARTICLES.threeDesks });
}

/**
 * The reviews a person may see: all once the three desks have reviewed, so that remarks are handed back together;
 * before that only the person's own.
 */
export function visibleReviews<R extends DraftReview>(draft: DraftFile<R>, person: string): readonly R[] {
  if (draftState(draft) !== 'IN_REVIEW') return draft.reviews;
  return draft.reviews.filter((r) => r.reviewer === person);
}

/**
 * Every change to an item, or to its implementation, is recorded with its reason.
 * @throws {ProblemError} REASON_MISSING
 */
export function requireReason(reason: string): void {
  if (reason.trim() !== '') return;
  throw problem('REASON_MISSING', 'Say why.', { article: ARTICLES.itemLife, field: 'reason' });
}

/**
 * A change takes effect today or later, so that past work under an item keeps its rules.
 * @throws {ProblemError} BAD_INPUT
 */
export function requireFromToday(day: Day, today: Day, field: string): void {
  if (day >= today) return;
  throw problem('BAD_INPUT', `${day} is over; a change takes effect today or later.`, {
    article: ARTICLES.itemLife,
    field,
  });
}

/**
 * The versions that suspend an item from a day on, and resume it if an end is given. While it is suspended, no case is
 * taken in; running cases go on under the version they were accepted under.
 * @param newest the item's last published version, also one that has not taken effect yet
 * @throws {ProblemError} ILLEGAL_STEP when it is not in use, BAD_INPUT if the dates are in the past or in the wrong
 * order
 */
export function suspensionOf(newest: Item, from: Day, until: Day | null, today: Day): Item[] {
  requireFromToday(from, today, 'from');
  if (until !== null && until <= from) {
    throw problem('BAD_INPUT', `The suspension ends on ${until}, before it begins.`, { field: 'until' });
  }
  requireInUse(newest, from);
  const suspended: Item = { ...newest, version: newest.version + 1, status: 'SUSPENDED', effectiveFrom: from };
  if (until === null) return [suspended];
  // a version that would take effect during the suspension takes effect at its end
  const again = until < newest.effectiveFrom ? newest.effectiveFrom : until;
  return [suspended, { ...newest, version: newest.version + 2, effectiveFrom: again }];
}

/**
 * The versions that cancel an item by a day: it may be applied for until the day before. Each version still in use, or
 * to come, gets this end, so that a node without a connection refuses by its own copy when the day comes.
 * @param current the version in force today, or the first to come
 * @param newest the last published version
 * @throws {ProblemError} ILLEGAL_STEP when it is cancelled already, BAD_INPUT when the day is over
 */
export function cancellationOf(current: Item, newest: Item, effectiveTo: Day, today: Day): Item[] {
  requireFromToday(effectiveTo, today, 'effectiveTo');
  if (statusOn(newest, today) === 'CANCELLED' || (newest.effectiveTo !== null && newest.effectiveTo <= effectiveTo)) {
    throw problem('ILLEGAL_STEP', `${newest.code} is cancelled by ${newest.effectiveTo ?? 'its status'} already.`, {
      article: ARTICLES.itemLife,
    });
  }
  const pending = current.version === newest.version ? [current] : [current, newest];
  return pending.map((item, i) => ({
    ...item,
    version: newest.version + 1 + i,
    effectiveFrom: item.effectiveFrom < today ? today : item.effectiveFrom,
    effectiveTo,
  }));
}

/** An item's status on a day: cancelled from `effectiveTo` on, even if its stored status says otherwise. */
export function statusOn(item: Item, today: Day): Item['status'] {
  return item.effectiveTo !== null && item.effectiveTo <= today ? 'CANCELLED' : item.status;
}

function requireInUse(item: Item, day: Day): void {
  const status = statusOn(item, day);
  if (status === 'IN_FORCE') return;
  throw problem('ILLEGAL_STEP', `${item.code} is ${status} on ${day}.`, { article: ARTICLES.itemLife });
}
