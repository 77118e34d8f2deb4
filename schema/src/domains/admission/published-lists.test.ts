import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Divisions } from '../../kernel/divisions.ts';
import { ProblemError } from '../../kernel/errors.ts';
import type { Grant } from '../delegation/messages.ts';
import { anyPlace } from '../../testing/arbitraries.ts';
import {
  CITY,
  COUNTY,
  divisions,
  itemOf,
  items,
  NEIGHBOUR_VILLAGE,
  OTHER_TOWNSHIP,
  OTHER_TOWNSHIPS_VILLAGE,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { anyDelegableItem, anyGrants, grantId, grantOf, RELIEF, SEAL, useOf } from '../../testing/grants.ts';
import type { Audience } from '../catalogue/item-words.ts';
import type { ListKind } from '../catalogue/words.ts';
import { AUDIENCES } from '../catalogue/item-words.ts';
import { LIST_KINDS } from '../catalogue/words.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { route } from '../../case/competence.ts';
import { publishedList, serves } from './published-lists.ts';

const TODAY = '2026-03-02';
const codes = (found: readonly { item: Item }[]) => found.map(({ item }) => item.code);

/** A node's list of the sample items without any grant, unless told otherwise. */
function listAt(
  node: string,
  kind: ListKind,
  as: { items?: readonly Item[]; grants?: readonly Grant[]; audience?: Audience } = {},
) {
  return publishedList(as.items ?? items, node, divisions, as.grants ?? [], kind, as.audience ?? null, TODAY);
}

describe('published lists', () => {
  test('hold the powers where they are decided', () => {
    const county = codes(listAt(COUNTY, 'POWERS'));
    expect(county).toContain('3310-MZ-001');
    expect(county).not.toContain('3310-NY-001');
    expect(county).not.toContain('3310-RS-001');
    expect(county).not.toContain('3310-LB-001');
    expect(codes(listAt(TOWNSHIP, 'POWERS'))).toEqual(['3310-NY-001']);
  });

  test('hold the flows of all that is decided there, services too', () => {
    const flows = codes(listAt(COUNTY, 'FLOWS'));
    expect(flows).toEqual(expect.arrayContaining([...codes(listAt(COUNTY, 'POWERS')), '3310-RS-003']));
    expect(flows).not.toContain('3310-NY-001');
    expect(listAt(VILLAGE, 'FLOWS')).toEqual([]);
  });

  test('hold the duties of everybody who has a part', () => {
    const township = listAt(TOWNSHIP, 'DUTIES');
    expect(township.find(({ item }) => item.code === '3310-MZ-001')?.stages).toEqual(['ACCEPT', 'REVIEW']);
  });

  test('hold the services down to the village that only takes in', () => {
    expect(codes(listAt(VILLAGE, 'SERVICES'))).toContain('3310-MZ-001');
    const seal = itemOf('3310-GA-001');
    expect(codes(listAt(VILLAGE, 'SERVICES', { items: [seal] }))).toEqual([seal.code]);
    const unproxied = { ...seal, proxyAllowed: false };
    expect(listAt(VILLAGE, 'SERVICES', { items: [unproxied] })).toEqual([]);
    expect(listAt(VILLAGE, 'POWERS')).toEqual([]);
    expect(listAt(VILLAGE, 'DUTIES')).toEqual([]);
  });

  test('are told apart by whom they serve', () => {
    const persons = codes(listAt(COUNTY, 'SERVICES', { audience: 'PERSON' }));
    expect(persons).toContain('3310-MZ-001');
    expect(persons).not.toContain('3310-SJ-003');
    expect(codes(listAt(COUNTY, 'SERVICES', { audience: 'ENTERPRISE' }))).toContain('3310-SJ-003');
    expect(AUDIENCES.every((audience) => serves({ audiences: [] }, audience))).toBe(true);
  });

  test('leave out what is not in force, and hold every item once', () => {
    fc.assert(
      fc.property(fc.subarray([...items]), anyPlace, fc.constantFrom(...LIST_KINDS), (some, node, kind) => {
        const found = codes(listAt(node, kind, { items: some }));
        expect(new Set(found).size).toBe(found.length);
        expect(found.every((code) => some.some((item) => item.code === code))).toBe(true);
        const suspended = some.map((item): Item => ({ ...item, status: 'SUSPENDED' }));
        expect(listAt(node, kind, { items: suspended })).toEqual([]);
      }),
    );
  });
});

describe('a power that is lent', () => {
  const entry = (node: string, kind: ListKind, grants: readonly Grant[], item = RELIEF) =>
    listAt(node, kind, { items: [item], grants })[0];

  test('up to a cap is on the list of both: the township’s names its grant and cap, the county’s has the rest', () => {
    const grants = [grantOf()];
    expect(entry(TOWNSHIP, 'POWERS', grants)).toMatchObject({
      stages: ['ACCEPT', 'REVIEW', 'DECIDE', 'DELIVER'],
      through: useOf(grantOf()),
      capFen: 100_000,
    });
    expect(entry(COUNTY, 'POWERS', grants)).toMatchObject({ through: null, capFen: null });
    expect(entry(OTHER_TOWNSHIP, 'POWERS', grants)).toBeUndefined();
    expect(entry(CITY, 'POWERS', grants)).toBeUndefined();
  });

  test('without a cap is on the township’s list, and on the county’s only for its other townships', () => {
    const grants = [grantOf({ cap: null })];
    expect(entry(TOWNSHIP, 'POWERS', grants)).toMatchObject({ through: useOf(grantOf()), capFen: null });
    expect(entry(COUNTY, 'POWERS', grants)).toBeDefined();
    const everywhere = divisions
      .children(COUNTY)
      .map(({ code }, index) => grantOf({ id: grantId(index), grantee: code, cap: null }));
    expect(entry(COUNTY, 'POWERS', everywhere)).toBeUndefined();
  });

  test('stays a duty of its grantor, who is answerable for it', () => {
    const everywhere = divisions
      .children(COUNTY)
      .map(({ code }, index) => grantOf({ id: grantId(index), grantee: code, cap: null }));
    expect(entry(COUNTY, 'DUTIES', everywhere)).toMatchObject({ stages: [] });
  });

  test('to accept is a duty of the grantee, and no power', () => {
    const grants = [grantOf({ items: [SEAL.code], stages: ['ACCEPT'], cap: null })];
    expect(entry(TOWNSHIP, 'DUTIES', grants, SEAL)).toMatchObject({ stages: ['ACCEPT', 'REVIEW'] });
    expect(entry(TOWNSHIP, 'POWERS', grants, SEAL)).toBeUndefined();
  });

  test('up to a cap that the grant to accept does not reach ends where accepting does', () => {
    const grants = [
      grantOf({ id: grantId(1), items: [SEAL.code], stages: ['ACCEPT', 'DECIDE'], cap: { amountFen: 50_000 } }),
      grantOf({ id: grantId(2), seq: 2, items: [SEAL.code], stages: ['DECIDE'], cap: { amountFen: 100_000 } }),
    ];
    expect(entry(TOWNSHIP, 'DUTIES', grants, SEAL)).toMatchObject({ through: { id: grantId(2) }, capFen: 50_000 });
  });

  test('by a grant that gives nothing is on no list', () => {
    expect(entry(VILLAGE, 'POWERS', [grantOf({ grantee: VILLAGE, cap: null })])).toBeUndefined();
    expect(entry(OTHER_TOWNSHIP, 'POWERS', [grantOf({ grantor: TOWNSHIP, grantee: OTHER_TOWNSHIP })])).toBeUndefined();
  });
});

describe('the list of powers', () => {
  // small enough to try every place with every amount
  const kept = [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIPS_VILLAGE];
  const few = new Divisions([...divisions.all()].filter(({ code }) => kept.includes(code)));
  const AMOUNTS = [null, ...Array.from({ length: 22 }, (_, amount) => amount)];
  const anyCase = fc
    .tuple(anyDelegableItem, fc.constantFrom(...kept))
    .chain(([item, place]) =>
      anyGrants(item, place).map((grants) => ({ item: { ...item, kind: 'CONFIRM' as const }, grants })),
    );

  /** Amounts for which an organ is named as decider of a matter somewhere in its place. */
  const decidedAt = (organ: string, item: Item, grants: readonly Grant[]) =>
    AMOUNTS.filter((amountFen) =>
      few.subtree(organ).some(({ code }) => {
        try {
          return route(item, code, few, grants, { amountFen }).decider === organ;
        } catch (error) {
          if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return false;
          throw error;
        }
      }),
    );

  test('names an item at an organ if and only if competence names that organ as its decider, up to the cap it says', () => {
    fc.assert(
      fc.property(anyCase, ({ item, grants }) => {
        for (const organ of kept) {
          const [listed] = publishedList([item], organ, few, grants, 'POWERS', null, TODAY);
          const amounts = decidedAt(organ, item, grants);
          expect(listed !== undefined).toBe(amounts.length > 0);
          if (!listed) continue;
          expect(listed.through === null).toBe(few.get(organ).tier === item.decidingTier);
          if (listed.capFen === null) continue;
          expect(amounts).toContain(listed.capFen);
          expect(amounts.every((amount) => amount !== null && amount <= (listed.capFen ?? 0))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
