import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDay } from '../../testing/arbitraries.ts';
import { itemOf } from '../../testing/fixtures.ts';
import { codeOrDone, refusal } from '../../testing/refusals.ts';
import { OPINIONS } from '../../case/words.ts';
import { REVIEW_DESKS } from '../catalogue/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { plusDays } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { isInForce } from '../catalogue/catalogue.ts';
import type { DraftFile, DraftReview } from './rules.ts';
import {
  cancellationOf,
  draftState,
  requireFromToday,
  requirePublishable,
  requireReview,
  statusOn,
  suspensionOf,
  visibleReviews,
} from './rules.ts';

const said = (desk: DraftReview['desk'], reviewer: string, change: Partial<DraftReview> = {}): DraftReview => ({
  desk,
  reviewer,
  opinion: 'APPROVE',
  remarks: null,
  ...change,
});
const approvals = [said('LEGALITY', 'b'), said('REASONABLENESS', 'c'), said('COMPLIANCE', 'd')];
const remarked = said('COMPLIANCE', 'd', { opinion: 'REJECT', remarks: '材料名称不规范' });
const draft = (...reviews: DraftReview[]): DraftFile => ({ authors: ['a'], reviews });

const PEOPLE = ['a', 'b', 'c', 'd', 'e'];
const anyReview: fc.Arbitrary<DraftReview> = fc.record({
  desk: fc.constantFrom(...REVIEW_DESKS),
  reviewer: fc.constantFrom(...PEOPLE),
  opinion: fc.constantFrom(...OPINIONS),
  remarks: fc.constantFrom(null, '', '须改'),
});
/** A random review round: tries any review, and keeps those the rule allows. */
const anyRound = fc
  .record({ authors: fc.subarray(PEOPLE, { minLength: 1 }), tried: fc.array(anyReview, { maxLength: 15 }) })
  .map(({ authors, tried }) => {
    let round: DraftFile = { authors, reviews: [] };
    for (const review of tried) {
      if (codeOrDone(() => requireReview(round, review)) === null)
        round = { authors, reviews: [...round.reviews, review] };
    }
    return round;
  });

describe('a review of a draft', () => {
  test('is taken from a person who neither wrote it nor spoke on it', () => {
    expect(() => requireReview(draft(said('LEGALITY', 'b')), said('COMPLIANCE', 'c'))).not.toThrow();
  });

  test.each([
    ['its author', draft(), said('LEGALITY', 'a'), 'SAME_PERSON'],
    ['a person who spoke for another desk', draft(said('LEGALITY', 'b')), said('COMPLIANCE', 'b'), 'SAME_PERSON'],
    ['a desk that has spoken', draft(said('LEGALITY', 'b')), said('LEGALITY', 'c'), 'ILLEGAL_STEP'],
    ['a desk that objects and says nothing', draft(), said('LEGALITY', 'b', { opinion: 'REJECT' }), 'REASON_MISSING'],
  ])('is refused from %s', (_, file, review, code) => {
    expect(refusal(() => requireReview(file, review))).toMatchObject({ code, article: ARTICLES.threeDesks });
  });
});

describe('a draft', () => {
  test('is published after three approvals by three people', () => {
    expect(() => requirePublishable(draft(...approvals))).not.toThrow();
    expect(draftState(draft(...approvals))).toBe('APPROVED');
  });

  test.each([
    ['nobody has reviewed', draft(), 'LEGALITY 合法性审核, REASONABLENESS 合理性审核, COMPLIANCE 合规性审核'],
    ['two desks have approved', draft(...approvals.slice(0, 2)), 'COMPLIANCE 合规性审核'],
    ['one desk objects to', draft(...approvals.slice(0, 2), remarked), 'COMPLIANCE 合规性审核'],
    ['its author approved', { authors: ['d'], reviews: approvals }, 'COMPLIANCE 合规性审核'],
  ])('is not published that %s', (_, file, desks) => {
    const refused = refusal(() => requirePublishable(file));
    expect(refused).toMatchObject({ code: 'ITEM_NOT_REVIEWED', article: ARTICLES.threeDesks });
    expect(refused.message).toContain(desks);
  });

  test('gives its remarks back all at once, when all three desks have spoken', () => {
    const early = draft(remarked, said('LEGALITY', 'b'));
    expect(visibleReviews(early, 'a')).toEqual([]);
    expect(visibleReviews(early, 'd')).toEqual([remarked]);
    expect(visibleReviews(draft(...approvals.slice(0, 2), remarked), 'a')).toHaveLength(3);
  });

  test('is never published without three approvals by three different people, none of them an author', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const approved = round.reviews.filter((r) => r.opinion === 'APPROVE');
        const people = new Set(approved.map((r) => r.reviewer).filter((person) => !round.authors.includes(person)));
        const desks = new Set(approved.map((r) => r.desk));
        const publishable = codeOrDone(() => requirePublishable(round)) === null;
        expect(publishable).toBe(people.size === 3 && desks.size === 3);
        expect(publishable).toBe(draftState(round) === 'APPROVED');
      }),
      { numRuns: 2_000 },
    );
  });

  test('shows its author no remark before all three desks have spoken', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const spoken = new Set(round.reviews.map((r) => r.desk)).size === 3;
        for (const author of round.authors) {
          expect(visibleReviews(round, author)).toEqual(spoken ? round.reviews : []);
        }
      }),
    );
  });
});

describe('a change', () => {
  test('takes effect today or later, never before', () => {
    expect(() => requireFromToday('2026-03-02', '2026-03-02', 'effectiveFrom')).not.toThrow();
    expect(refusal(() => requireFromToday('2026-03-01', '2026-03-02', 'effectiveFrom'))).toMatchObject({
      code: 'BAD_INPUT',
      field: 'effectiveFrom',
    });
  });
});

/** The version in force on a day, as a node picks it: the highest that has taken effect. */
function held(versions: readonly Item[], day: string): Item | undefined {
  return versions.filter((v) => v.effectiveFrom <= day).sort((a, b) => b.version - a.version)[0];
}
const ITEM: Item = { ...itemOf('3310-MZ-001'), effectiveFrom: '2024-01-01' };
const forceOf = (versions: readonly Item[], day: string) => {
  const item = held(versions, day);
  return item !== undefined && isInForce(item, day);
};

describe('a suspension', () => {
  test('holds from its day to its end, for every stretch of days', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 60 }), (today, wait, length) => {
        const from = plusDays(today, wait);
        const until = plusDays(from, length);
        const versions = [ITEM, ...suspensionOf(ITEM, from, until, today)];
        expect(forceOf(versions, plusDays(from, -1))).toBe(plusDays(from, -1) >= ITEM.effectiveFrom);
        expect(forceOf(versions, from)).toBe(false);
        expect(forceOf(versions, plusDays(until, -1))).toBe(false);
        expect(forceOf(versions, until)).toBe(true);
      }),
    );
  });

  test('without an end holds until a draft takes the item up again', () => {
    expect(suspensionOf(ITEM, '2026-03-02', null, '2026-03-02')).toMatchObject([{ version: 2, status: 'SUSPENDED' }]);
  });

  test('keeps what was to take effect meanwhile for its end', () => {
    const coming = { ...ITEM, version: 2, name: '新名称', effectiveFrom: '2026-05-01' };
    const versions = [ITEM, coming, ...suspensionOf(coming, '2026-03-02', '2026-04-01', '2026-03-02')];
    expect(forceOf(versions, '2026-04-10')).toBe(false);
    expect(held(versions, '2026-05-01')).toMatchObject({ name: '新名称', status: 'IN_FORCE' });
  });

  test('is refused for what is suspended or cancelled, and for a stretch that is none', () => {
    const suspended: Item = { ...ITEM, status: 'SUSPENDED' };
    const on = '2026-03-02';
    expect(refusal(() => suspensionOf(suspended, on, null, on)).code).toBe('ILLEGAL_STEP');
    expect(refusal(() => suspensionOf({ ...ITEM, effectiveTo: on }, on, null, on)).code).toBe('ILLEGAL_STEP');
    expect(refusal(() => suspensionOf(ITEM, '2026-03-01', null, on)).field).toBe('from');
    expect(refusal(() => suspensionOf(ITEM, on, on, on)).field).toBe('until');
  });
});

describe('a cancellation', () => {
  test('ends the item on exactly its day', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 60 }), (today, wait) => {
        const effectiveTo = plusDays(today, wait);
        const versions = [ITEM, ...cancellationOf(ITEM, ITEM, effectiveTo, today)];
        for (const day of [plusDays(effectiveTo, -1), effectiveTo, plusDays(effectiveTo, 400)]) {
          expect(forceOf(versions, day)).toBe(day < effectiveTo && day >= ITEM.effectiveFrom);
          expect(statusOn(held(versions, effectiveTo) ?? ITEM, effectiveTo)).toBe('CANCELLED');
        }
      }),
    );
  });

  test('lets a version that is still to come take effect until then', () => {
    const coming = { ...ITEM, version: 2, name: '新名称', effectiveFrom: '2026-04-01' };
    const versions = [ITEM, coming, ...cancellationOf(ITEM, coming, '2026-05-01', '2026-03-02')];
    expect(held(versions, '2026-03-02')).toMatchObject({ name: ITEM.name, effectiveTo: '2026-05-01' });
    expect(held(versions, '2026-04-01')).toMatchObject({ name: '新名称', effectiveTo: '2026-05-01' });
    expect(forceOf(versions, '2026-05-01')).toBe(false);
  });

  test('is refused for what is cancelled by then already, and for a day that is over', () => {
    const on = '2026-03-02';
    const ended: Item = { ...ITEM, effectiveTo: '2026-04-01' };
    expect(refusal(() => cancellationOf(ended, ended, '2026-04-01', on)).code).toBe('ILLEGAL_STEP');
    expect(refusal(() => cancellationOf(ITEM, ITEM, '2026-03-01', on)).field).toBe('effectiveTo');
    expect(cancellationOf(ended, ended, '2026-03-20', on)).toMatchObject([{ effectiveTo: '2026-03-20', version: 2 }]);
  });
});
