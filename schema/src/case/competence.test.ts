import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyItem, anyPlace, anyVillage } from '../testing/arbitraries.ts';
import {
  CITY,
  COUNTY,
  divisions,
  itemOf,
  items,
  NEIGHBOUR_VILLAGE,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  OTHER_TOWNSHIPS_VILLAGE,
  TOWNSHIP,
  VILLAGE,
} from '../testing/fixtures.ts';
import { codeOrDone, refusal } from '../testing/refusals.ts';
import { ProblemError } from '../kernel/errors.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import type { Route } from './competence.ts';
import { mayTakeIn, requireIntake, route } from './competence.ts';

const routeOf = (code: string, place: string) => route(itemOf(code), place, divisions);

/** The route; null where competence can't be resolved. */
function findRoute(item: Item, place: string): Route | null {
  try {
    return route(item, place, divisions);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return null;
    throw error;
  }
}

describe('competence', () => {
  test.each([
    ['低保', '3310-MZ-001', VILLAGE, TOWNSHIP, COUNTY],
    ['低保', '3310-MZ-001', TOWNSHIP, TOWNSHIP, COUNTY],
    ['宅基地', '3310-NY-001', VILLAGE, TOWNSHIP, TOWNSHIP],
    ['乡村建设规划许可, of a village', '3310-ZJ-001', VILLAGE, TOWNSHIP, COUNTY],
    ['乡村建设规划许可, of the county town', '3310-ZJ-001', COUNTY, COUNTY, COUNTY],
    ['教师资格', '3310-JY-001', VILLAGE, COUNTY, CITY],
    ['教师资格', '3310-JY-001', COUNTY, COUNTY, CITY],
    ['危化品, of a village', '3310-YJ-001', VILLAGE, COUNTY, CITY],
    ['危化品, of the city', '3310-YJ-001', CITY, CITY, CITY],
    ['公章刻制', '3310-GA-001', VILLAGE, COUNTY, COUNTY],
    ['一件事', '3310-LB-001', VILLAGE, TOWNSHIP, COUNTY],
  ])('for %s (%s) at %s: %s accepts and %s decides', (_, code, place, acceptor, decider) => {
    expect(routeOf(code, place)).toMatchObject({ acceptor, decider });
  });

  test.each([
    ['3310-MZ-001', COUNTY],
    ['3310-MZ-001', CITY],
    ['3310-NY-001', COUNTY],
    ['3310-JY-001', CITY],
    ['3310-GA-001', CITY],
  ])('for %s is unresolved when the place is only known as %s', (code, place) => {
    expect(refusal(() => routeOf(code, place))).toMatchObject({ code: 'COMPETENCE_UNRESOLVED', field: 'place' });
  });

  test('is refused for a place that does not exist', () => {
    expect(refusal(() => routeOf('3310-MZ-001', '339999'))).toMatchObject({ code: 'UNKNOWN_DIVISION' });
  });

  test('says why, and that a first review goes up with all materials', () => {
    expect(routeOf('3310-MZ-001', VILLAGE).reasons).toHaveLength(3);
    expect(routeOf('3310-NY-001', VILLAGE).reasons).toHaveLength(2);
  });

  test('is resolved for every item of the catalogue and every village', () => {
    fc.assert(
      fc.property(anyVillage, (place) => {
        for (const item of items) expect(findRoute(item, place)).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  test("names one decider, at the item's deciding tier, over the place", () => {
    fc.assert(
      fc.property(anyItem, anyPlace, (item, place) => {
        const found = findRoute(item, place);
        fc.pre(found !== null);
        if (!found) return;
        expect(divisions.get(found.decider).tier).toBe(item.decidingTier);
        expect(divisions.isWithin(place, found.decider)).toBe(true);
      }),
    );
  });

  test('names an acceptor over the place that is an organ the item names, at or below the decider', () => {
    fc.assert(
      fc.property(anyItem, anyPlace, (item, place) => {
        const found = findRoute(item, place);
        fc.pre(found !== null);
        if (!found) return;
        const { tier } = divisions.get(found.acceptor);
        expect(tier).not.toBe('VILLAGE');
        expect(item.acceptingTiers).toContain(tier);
        expect(divisions.isWithin(place, found.acceptor)).toBe(true);
        expect(divisions.isWithin(found.acceptor, found.decider)).toBe(true);
      }),
    );
  });

  test('is unresolved exactly when no place over the matter is of an accepting organ', () => {
    fc.assert(
      fc.property(anyItem, anyPlace, (item, place) => {
        const tiers = divisions.lineage(place).map((d) => d.tier);
        const accepted = tiers.some((tier) => tier !== 'VILLAGE' && item.acceptingTiers.includes(tier));
        expect(findRoute(item, place) !== null).toBe(accepted && tiers.includes(item.decidingTier));
      }),
    );
  });

  test('is the same every time it is asked, and on a copy of the catalogue', () => {
    fc.assert(
      fc.property(anyItem, anyVillage, (item, place) => {
        const copy = JSON.parse(JSON.stringify(item)) as Item;
        expect(route(copy, place, divisions)).toEqual(route(item, place, divisions));
      }),
    );
  });

  test('is one for all villages of a township', () => {
    fc.assert(
      fc.property(anyItem, anyVillage, (item, place) => {
        const parent = divisions.get(place).parent ?? '';
        const { acceptor, decider } = route(item, place, divisions);
        for (const neighbour of divisions.children(parent)) {
          expect(route(item, neighbour.code, divisions)).toMatchObject({ acceptor, decider });
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('taking in', () => {
  /** A place, and a desk over it, beside it or anywhere. */
  const anyPlaceAndDesk = anyVillage.chain((place) => {
    const beside = divisions.children(divisions.get(place).parent ?? '');
    const near = [...divisions.lineage(place), ...beside].map((d) => d.code);
    return fc.tuple(fc.constant(place), fc.oneof(fc.constantFrom(...near), anyPlace));
  });
  const anyItemProxyOrNot = fc.tuple(anyItem, fc.boolean()).map(([item, proxyAllowed]) => ({ ...item, proxyAllowed }));

  const takesIn = (item: Item, node: string, place = VILLAGE) => {
    requireIntake(item, node, route(item, place, divisions), divisions);
  };
  const noProxy = itemOf('3310-CZ-003');

  test.each([
    ['the accepting organ itself', '3310-MZ-001', TOWNSHIP],
    ['a village the item names', '3310-MZ-001', VILLAGE],
    ['another village of the accepting township', '3310-MZ-001', NEIGHBOUR_VILLAGE],
    ['a village as proxy, for a county that accepts', '3310-GA-001', VILLAGE],
    ['a village of another township as proxy, for the county of both', '3310-GA-001', OTHER_TOWNSHIPS_VILLAGE],
    ['a township as proxy, for a county that accepts', '3310-GA-001', TOWNSHIP],
    ['the hall of the city for a county below it that accepts', '3310-YJ-001', CITY],
  ])('is open to %s (%s at %s)', (_, code, node) => {
    expect(() => takesIn(itemOf(code), node)).not.toThrow();
  });

  test.each([
    ['a village of another township', '3310-MZ-001', OTHER_TOWNSHIPS_VILLAGE],
    ['another township', '3310-MZ-001', OTHER_TOWNSHIP],
    ['another county', '3310-MZ-001', OTHER_COUNTY],
    ['another county, for an item a county accepts', '3310-GA-001', OTHER_COUNTY],
    ['a tier above the deciding one', '3310-GA-001', CITY],
    ['a tier above the deciding one', '3310-NY-001', COUNTY],
  ])('is refused to %s (%s at %s)', (_, code, node) => {
    expect(refusal(() => takesIn(itemOf(code), node))).toMatchObject({ code: 'NOT_COMPETENT', field: 'item' });
  });

  test.each([VILLAGE, TOWNSHIP])(
    'is refused to %s where the item allows no proxy and names only the county',
    (node) => {
      expect(refusal(() => takesIn(noProxy, node))).toMatchObject({ code: 'NOT_COMPETENT', field: 'item' });
    },
  );

  test('stays open to the county itself where the item allows no proxy', () => {
    expect(() => takesIn(noProxy, COUNTY)).not.toThrow();
  });

  test.each([
    ['COUNTY', OTHER_TOWNSHIPS_VILLAGE, true],
    ['COUNTY', OTHER_COUNTY, false],
    ['CITY', OTHER_TOWNSHIPS_VILLAGE, true],
    ['CITY', OTHER_COUNTY, true],
    ['PROVINCE', OTHER_COUNTY, true],
    ['NONE', OTHER_TOWNSHIPS_VILLAGE, false],
  ] as const)('of an item handled across the %s is at %s: %s', (crossDistrict, node, open) => {
    const item = { ...itemOf('3310-MZ-001'), crossDistrict };
    expect(codeOrDone(() => takesIn(item, node))).toBe(open ? null : 'NOT_COMPETENT');
  });

  test.each([
    [[], true],
    [['COLLECTED'], true],
    [['ONLINE', 'JOINT'], true],
    [['ONLINE'], false],
  ] as const)('across districts by the ways %j is open at a desk: %s', (ways, open) => {
    const item = { ...itemOf('3310-MZ-001'), crossDistrict: 'CITY' as const, crossDistrictWays: [...ways] };
    expect(codeOrDone(() => takesIn(item, OTHER_TOWNSHIPS_VILLAGE))).toBe(open ? null : 'NOT_COMPETENT');
  });

  test('across districts stays below the deciding tier, and with desks that may take it in at all', () => {
    expect(refusal(() => takesIn({ ...itemOf('3310-MZ-001'), crossDistrict: 'CITY' }, CITY)).code).toBe(
      'NOT_COMPETENT',
    );
    const closed = { ...noProxy, crossDistrict: 'CITY' as const };
    expect(refusal(() => takesIn(closed, OTHER_TOWNSHIPS_VILLAGE)).code).toBe('NOT_COMPETENT');
  });

  test('is refused to a place that does not exist', () => {
    expect(refusal(() => takesIn(noProxy, '339999'))).toMatchObject({ code: 'UNKNOWN_DIVISION' });
  });

  test('is open only on the line from the deciding organ down to what the accepting organ covers', () => {
    fc.assert(
      fc.property(anyItemProxyOrNot, anyPlaceAndDesk, (item, [place, node]) => {
        const found = route(item, place, divisions);
        const open = codeOrDone(() => requireIntake(item, node, found, divisions)) === null;
        const below = divisions.isWithin(node, found.acceptor);
        const between = divisions.isWithin(found.acceptor, node) && divisions.isWithin(node, found.decider);
        const mayHelp = item.proxyAllowed || item.acceptingTiers.includes(divisions.get(node).tier);
        expect(mayTakeIn(item, node, found, divisions)).toBe(open);
        expect(open).toBe(node === found.acceptor || ((below || between) && mayHelp));
      }),
    );
  });
});
