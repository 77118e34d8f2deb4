import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../kernel/errors.ts';
import type { Grant } from '../domains/delegation/messages.ts';
import { NO_GRANTS } from './log-line.ts';
import {
  CITY,
  COUNTY,
  divisions,
  itemOf,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  OTHER_TOWNSHIPS_VILLAGE,
  TOWNSHIP,
  VILLAGE,
} from '../testing/fixtures.ts';
import { anyMatter, grantId, grantOf, RELIEF, SEAL, TEACHER, useOf } from '../testing/grants.ts';
import { codeOrDone } from '../testing/refusals.ts';
import type { GrantStage } from '../domains/delegation/words.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import type { Route } from './competence.ts';
import { mayTakeIn, route } from './competence.ts';
import type { CaseFacts } from '../domains/delegation/rules.ts';
import { isUnderCap } from '../domains/delegation/rules.ts';

const yuan = (amount: number | null): CaseFacts => ({ amountFen: amount === null ? null : Math.round(amount * 100) });
const relief = (grants: Grant[], amount: number | null = 800, place = VILLAGE) =>
  route(RELIEF, place, divisions, grants, yuan(amount));

describe('临时救助 under a grant up to ¥1,000', () => {
  test.each([0, 800, 1000])('ends at the township with ¥%s', (amount) => {
    expect(relief([grantOf()], amount)).toMatchObject({
      acceptor: TOWNSHIP,
      decider: TOWNSHIP,
      power: COUNTY,
      through: { accept: null, review: null, decide: useOf(grantOf()) },
    });
  });

  test.each([1000.01, 5000, null])('goes to the county with ¥%s', (amount) => {
    expect(relief([grantOf()], amount)).toMatchObject({
      acceptor: TOWNSHIP,
      decider: COUNTY,
      power: COUNTY,
      through: NO_GRANTS,
    });
  });

  test('says by which grant it ends there, in whose right and up to which amount', () => {
    const { reasons } = relief([grantOf()]);
    expect(reasons).toHaveLength(2);
    expect(reasons[1]).toContain(`${TOWNSHIP} 亭旁镇 decides`);
    expect(reasons[1]).toContain(`委托 by ${COUNTY} since 2026-01-01 up to ¥1000.00`);
    expect(reasons[1]).toContain('《行政许可法》第二十四条');
  });

  test('says that the amount is above the cap, and which', () => {
    expect(relief([grantOf()], 1000.01).reasons).toContainEqual(
      `Not ${TOWNSHIP}: its power ends at ¥1000.00, and ¥1000.01 is above it.`,
    );
  });

  test('says that no amount is named', () => {
    expect(relief([grantOf()], null).reasons).toContainEqual(
      `Not ${TOWNSHIP}: its power ends at ¥1000.00, and no amount is named.`,
    );
  });

  test('says nothing of a cap where the grantee could not decide whatever the amount', () => {
    // a decision lent without the acceptance, to an organ below the accepting one
    const grant = grantOf({ items: [SEAL.code] });
    const { decider, reasons } = route(SEAL, VILLAGE, divisions, [grant], yuan(800));
    expect(decider).toBe(COUNTY);
    expect(reasons.join('\n')).not.toContain('¥');
  });

  test('is conferred in the same way, and the route says so', () => {
    const conferred = grantOf({ mode: 'CONFERRED', cap: null });
    const found = relief([conferred], null);
    expect(found).toMatchObject({ decider: TOWNSHIP, through: { decide: { mode: 'CONFERRED' } } });
    expect(found.reasons[1]).toContain('授权(下放)');
    expect(found.reasons[1]).not.toContain('up to');
  });

  test.each<[string, Partial<Grant>]>([
    ['to the neighbouring township', { grantee: OTHER_TOWNSHIP }],
    ['of another county', { grantor: OTHER_COUNTY }],
    ['of another county to its own township', { grantor: OTHER_COUNTY, grantee: '331002001' }],
    ['of the city, which does not hold the power', { grantor: CITY }],
    ['of the township to itself', { grantor: TOWNSHIP }],
    ['of the township to its village, a delegation of a delegation', { grantor: TOWNSHIP, grantee: VILLAGE }],
    ['of the county to a village', { grantee: VILLAGE }],
    ['of the county to itself', { grantee: COUNTY }],
    ['of another item', { items: ['3310-LY-001'] }],
    ['to a place no register knows', { grantee: '331022999' }],
  ])('is not changed by a grant %s', (_, as) => {
    expect(relief([grantOf({ cap: null, ...as })])).toEqual(relief([]));
  });

  test.each(['VILLAGE', 'COUNTY', 'CITY'] as const)(
    'is not changed by a grant to a %s, even if the catalogue named that tier',
    (tier) => {
      const item: Item = { ...RELIEF, delegableTo: [tier] };
      const grantee = divisions.atTier(VILLAGE, tier)?.code ?? '';
      const grant = grantOf({ grantee, cap: null, stages: ['ACCEPT', 'REVIEW', 'DECIDE'] });
      expect(route(item, VILLAGE, divisions, [grant])).toEqual(route(item, VILLAGE, divisions));
    },
  );

  test('leaves a village of another township where it was', () => {
    expect(relief([grantOf()], 800, OTHER_TOWNSHIPS_VILLAGE)).toEqual(relief([], 800, OTHER_TOWNSHIPS_VILLAGE));
  });

  test('is not changed for an item that is delegable to nobody', () => {
    const dibao = itemOf('3310-MZ-001');
    const grant = grantOf({ items: [dibao.code], cap: null });
    expect(route(dibao, VILLAGE, divisions, [grant])).toEqual(route(dibao, VILLAGE, divisions));
  });
});

describe('a grant of acceptance', () => {
  const accept = grantOf({ items: [SEAL.code], stages: ['ACCEPT'], cap: null });

  test('lets the township accept what the county accepts by itself; the county decides', () => {
    const found = route(SEAL, VILLAGE, divisions, [accept]);
    expect(found).toMatchObject({
      acceptor: TOWNSHIP,
      decider: COUNTY,
      through: { accept: useOf(accept), decide: null },
    });
    expect(found.reasons[0]).toContain(`${TOWNSHIP} 亭旁镇 accepts: 委托 by ${COUNTY}`);
    expect(found.reasons.at(-1)).toContain('first review goes up with all materials');
  });

  test('with the decision lets the case end at the township', () => {
    const both = { ...accept, stages: ['ACCEPT', 'DECIDE'] } satisfies Grant;
    expect(route(SEAL, VILLAGE, divisions, [both])).toMatchObject({ acceptor: TOWNSHIP, decider: TOWNSHIP });
  });

  test('is not needed by an organ that accepts by itself, and is not named then', () => {
    const idle = grantOf({ stages: ['ACCEPT'], cap: null });
    expect(relief([idle])).toEqual(relief([]));
  });

  test('to a higher organ takes nothing from a lower one that accepts', () => {
    const item: Item = { ...TEACHER, acceptingTiers: ['TOWNSHIP'] };
    const higher = grantOf({ grantor: CITY, grantee: COUNTY, items: [item.code], stages: ['ACCEPT'], cap: null });
    expect(route(item, VILLAGE, divisions, [higher])).toEqual(route(item, VILLAGE, divisions));
  });

  test('leaves a matter of the whole county with the county', () => {
    expect(route(SEAL, COUNTY, divisions, [accept])).toEqual(route(SEAL, COUNTY, divisions));
  });

  test.each([VILLAGE, COUNTY])('lets %s take in for the township', (desk) => {
    expect(mayTakeIn(SEAL, desk, route(SEAL, VILLAGE, divisions, [accept]), divisions)).toBe(true);
  });
});

describe('a grant of review', () => {
  const review = grantOf({ stages: ['REVIEW'] });

  test("lets the township's review stand for the county's, who decides", () => {
    const found = relief([review]);
    expect(found).toMatchObject({
      acceptor: TOWNSHIP,
      decider: COUNTY,
      through: { review: useOf(review), decide: null },
    });
    expect(found.reasons.join('\n')).toContain(`${TOWNSHIP}'s review stands for ${COUNTY}'s`);
  });

  test('goes by the cap as well', () => {
    expect(relief([review], 1000.01).through).toEqual(NO_GRANTS);
  });

  test('is not used where the grantee decides anyway', () => {
    expect(relief([review, grantOf({ id: grantId(2) })]).through).toMatchObject({
      review: null,
      decide: { id: grantId(2) },
    });
  });
});

describe('of several grants', () => {
  const county = grantOf({ id: grantId(1), seq: 9, grantor: CITY, grantee: COUNTY, items: [TEACHER.code], cap: null });
  const township = grantOf({ ...county, id: grantId(2), seq: 1, grantee: TOWNSHIP, stages: ['ACCEPT', 'DECIDE'] });
  const teacher = (grants: Grant[], amount: number | null = null) =>
    route(TEACHER, VILLAGE, divisions, grants, yuan(amount));

  test("the lowest grantee's counts, however old", () => {
    expect(teacher([county, township])).toMatchObject({ acceptor: TOWNSHIP, decider: TOWNSHIP, power: CITY });
  });

  test("the higher grantee's counts where the lower one's cap is passed", () => {
    const capped = { ...township, cap: { amountFen: 100_000 } };
    expect(teacher([county, capped], 1000)).toMatchObject({ acceptor: TOWNSHIP, decider: TOWNSHIP });
    expect(teacher([county, capped], 1001)).toMatchObject({ acceptor: COUNTY, decider: COUNTY, power: CITY });
  });

  test("the higher grantee's counts where the lower one could not accept", () => {
    const unsound = { ...township, stages: ['DECIDE'] } satisfies Grant;
    expect(teacher([unsound, county])).toMatchObject({ acceptor: COUNTY, decider: COUNTY });
  });

  test('the newest of one grantee counts', () => {
    const older = grantOf({ id: grantId(3), seq: 3 });
    const newer = grantOf({ id: grantId(4), seq: 4, mode: 'CONFERRED' });
    expect(relief([older, newer]).through.decide).toEqual(useOf(newer));
    expect(relief([newer, older]).through.decide).toEqual(useOf(newer));
  });

  test('the newest to one grantee replaces the older, also where it gives less', () => {
    const older = grantOf({ id: grantId(3), seq: 3, cap: { amountFen: 500_000 } });
    const newer = grantOf({ id: grantId(4), seq: 4 });
    expect(relief([older, newer], 1000).through.decide?.id).toBe(newer.id);
    expect(relief([older, newer], 1001).through.decide).toBeNull();
    // once the newer has ended, the older serves again
    expect(relief([older], 1001).through.decide?.id).toBe(older.id);
  });

  test('each may give another stage', () => {
    const accept = grantOf({ id: grantId(5), items: [SEAL.code], stages: ['ACCEPT'], cap: null });
    const decide = grantOf({ id: grantId(6), items: [SEAL.code] });
    const found = (amount: number) => route(SEAL, VILLAGE, divisions, [accept, decide], yuan(amount));
    expect(found(1000).through).toEqual({ accept: useOf(accept), review: null, decide: useOf(decide) });
    expect(found(1001).through).toEqual({ accept: useOf(accept), review: null, decide: null });
  });
});

describe('competence with any grants', () => {
  type Matter = typeof anyMatter extends fc.Arbitrary<infer T> ? T : never;

  const find = ({ item, place, facts, grants }: Matter): Route | null => {
    try {
      return route(item, place, divisions, grants, facts);
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return null;
      throw error;
    }
  };
  /** Whether the grantor gave the same grantee a newer grant that replaces this one. */
  const isReplaced = (grant: Grant, stage: GrantStage, { item, grants }: Matter) =>
    grants.some(
      (other) =>
        other.seq > grant.seq &&
        other.grantor === grant.grantor &&
        other.grantee === grant.grantee &&
        other.items.includes(item.code) &&
        other.stages.includes(stage),
    );
  /** Runs the property over any matter that competence can be resolved for. */
  const always = (check: (found: Route, matter: Matter) => void) => {
    fc.assert(
      fc.property(anyMatter, (matter) => {
        const found = find(matter);
        fc.pre(found !== null);
        if (found) check(found, matter);
      }),
      { numRuns: 200 },
    );
  };
  const gives = (grant: Grant, stage: 'ACCEPT' | 'REVIEW' | 'DECIDE', { item, place, facts }: Matter) =>
    grant.grantor === divisions.atTier(place, item.decidingTier)?.code &&
    grant.items.includes(item.code) &&
    grant.stages.includes(stage) &&
    isUnderCap(grant, facts) &&
    divisions
      .lineage(place)
      .some((d) => d.code === grant.grantee && d.tier !== 'VILLAGE' && item.delegableTo.includes(d.tier)) &&
    divisions.ancestors(grant.grantee).some((d) => d.code === grant.grantor);

  test('the power lies with one organ, of the deciding tier over the place, whatever was granted', () => {
    always(({ power }, { item, place }) => {
      expect(power).toBe(divisions.atTier(place, item.decidingTier)?.code);
    });
  });

  test('whoever decides holds the power, or has a grant of whoever does, never of a grantee', () => {
    always(({ decider, power, through }, matter) => {
      expect(decider).toBe(through.decide?.grantee ?? power);
      if (!through.decide) return;
      const grant = matter.grants.find(({ id }) => id === through.decide?.id);
      expect(grant && useOf(grant)).toEqual(through.decide);
      expect(grant && gives(grant, 'DECIDE', matter)).toBe(true);
      expect(through.decide).toMatchObject({ grantor: power, grantee: decider });
    });
  });

  test('the organ of the power decides itself only where no grant to an organ over the acceptor would do', () => {
    always(({ acceptor, through }, matter) => {
      const would = matter.grants.filter(
        (g) =>
          gives(g, 'DECIDE', matter) && divisions.isWithin(acceptor, g.grantee) && !isReplaced(g, 'DECIDE', matter),
      );
      expect(through.decide === null).toBe(would.length === 0);
      const depth = (grantee: string) => divisions.lineage(grantee).length;
      const { decide } = through;
      expect(would.filter((g) => decide === null || depth(g.grantee) > depth(decide.grantee))).toEqual([]);
    });
  });

  test('the acceptor lies over the place and within the decider, and is no village', () => {
    always(({ acceptor, decider, through }, matter) => {
      expect(divisions.get(acceptor).tier).not.toBe('VILLAGE');
      expect(divisions.isWithin(matter.place, acceptor)).toBe(true);
      expect(divisions.isWithin(acceptor, decider)).toBe(true);
      const grant = matter.grants.find(({ id }) => id === through.accept?.id);
      const own = matter.item.acceptingTiers.includes(divisions.get(acceptor).tier);
      expect(own || (grant?.grantee === acceptor && gives(grant, 'ACCEPT', matter))).toBe(true);
    });
  });

  test("a review that stands for the decider's is the grantee's of such a grant", () => {
    always(({ through }, matter) => {
      if (!through.review) return;
      const grant = matter.grants.find(({ id }) => id === through.review?.id);
      expect(grant && gives(grant, 'REVIEW', matter)).toBe(true);
      expect(through.decide).toBeNull();
    });
  });

  test('the order of the grants does not matter, nor a copy of them', () => {
    const anyTwice = anyMatter.chain((matter) =>
      fc.shuffledSubarray(matter.grants, { minLength: matter.grants.length }).map((grants) => ({ matter, grants })),
    );
    fc.assert(
      fc.property(anyTwice, ({ matter, grants }) => {
        const copy = JSON.parse(JSON.stringify({ ...matter, grants })) as Matter;
        expect(find(copy)).toEqual(find(matter));
      }),
      { numRuns: 200 },
    );
  });

  test('grants of other items and to other places do not matter', () => {
    always((found, matter) => {
      const { item, place } = matter;
      const ofItem = matter.grants.filter((g) => g.items.includes(item.code));
      expect(find({ ...matter, grants: ofItem })).toEqual(found);
      const ofPlace = matter.grants.filter((g) => divisions.isWithin(place, g.grantee));
      expect(find({ ...matter, grants: ofPlace })).toEqual(found);
    });
  });

  test('without grants it is as it was, by own powers only', () => {
    always((_, matter) => {
      const bare = find({ ...matter, grants: [] });
      if (!bare) return;
      expect(bare).toMatchObject({ through: NO_GRANTS, decider: bare.power });
      const plain = { acceptor: bare.acceptor, decider: bare.decider };
      expect(
        route({ ...matter.item, delegableTo: [] }, matter.place, divisions, matter.grants, matter.facts),
      ).toMatchObject(plain);
    });
  });

  test('grants resolve nothing less than own powers do', () => {
    fc.assert(
      fc.property(anyMatter, (matter) => {
        fc.pre(codeOrDone(() => route(matter.item, matter.place, divisions)) === null);
        expect(find(matter)).not.toBeNull();
      }),
    );
  });
});
