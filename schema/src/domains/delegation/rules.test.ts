import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Grant } from './messages.ts';
import { anyDay, anyPlace } from '../../testing/arbitraries.ts';
import {
  at,
  CITY,
  COUNTY,
  divisions,
  items,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import {
  answerOf,
  anyDelegableItem,
  anyGrant,
  endOf,
  grantOf,
  recordOf,
  RELIEF,
  SEAL,
  TEACHER,
} from '../../testing/grants.ts';
import { codeOrDone, refusal } from '../../testing/refusals.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { route } from '../../case/competence.ts';
import { grantsInEffect, grantStateOf, isUnderCap, requireSoundGrant } from './rules.ts';

const TODAY = '2026-03-02';

describe('a grant', () => {
  test('is offered until it is answered, also past its first day', () => {
    expect(grantStateOf(recordOf({ answer: null }), TODAY)).toBe('OFFERED');
    expect(grantStateOf(recordOf({ answer: null }), '2025-12-21')).toBe('OFFERED');
  });

  test('is offered still on the days before it was accepted, and in effect from that day on', () => {
    const record = recordOf({ answer: answerOf(true, '2026-02-10') });
    expect(grantStateOf(record, '2026-02-09')).toBe('OFFERED');
    expect(grantStateOf(record, '2026-02-10')).toBe('IN_EFFECT');
  });

  test('is declined for good', () => {
    const record = recordOf({ answer: answerOf(false) });
    expect(grantStateOf(record, TODAY)).toBe('DECLINED');
    expect(grantStateOf(record, '2030-01-01')).toBe('DECLINED');
  });

  test.each([
    ['2025-12-31', 'NOT_YET'],
    ['2026-01-01', 'IN_EFFECT'],
    ['2026-06-30', 'IN_EFFECT'],
    ['2026-07-01', 'EXPIRED'],
  ])('from 2026-01-01 to 2026-06-30 is on %s %s', (day, state) => {
    expect(grantStateOf(recordOf({ grant: grantOf({ to: '2026-06-30' }) }), day)).toBe(state);
  });

  test('of one day is in effect on that day', () => {
    const record = recordOf({ grant: grantOf({ from: TODAY, to: TODAY }) });
    expect(['2026-03-01', TODAY, '2026-03-03'].map((day) => grantStateOf(record, day))).toEqual([
      'NOT_YET',
      'IN_EFFECT',
      'EXPIRED',
    ]);
  });

  test('without an end goes on', () => {
    expect(grantStateOf(recordOf(), '2099-12-31')).toBe('IN_EFFECT');
  });

  test.each(['REVOKED', 'HANDED_BACK'] as const)('that is %s is so from the day it says, in our zone', (way) => {
    const record = recordOf({ end: endOf(way, TODAY) });
    expect(grantStateOf(record, '2026-03-01')).toBe('IN_EFFECT');
    expect(grantStateOf(record, TODAY)).toBe(way);
    expect(grantStateOf(record, '2027-01-01')).toBe(way);
    // half past midnight here is the day before in UTC
    const atNight = recordOf({ end: { ...endOf(way, TODAY), at: at(TODAY, '00:30').toISOString() } });
    expect(grantStateOf(atNight, '2026-03-01')).toBe('IN_EFFECT');
    expect(grantStateOf(atNight, TODAY)).toBe(way);
  });

  test('that was called off before anybody answered is revoked', () => {
    expect(grantStateOf(recordOf({ answer: null, end: endOf('REVOKED', TODAY) }), TODAY)).toBe('REVOKED');
  });

  test('the grantee did not take is invalid, whatever else was said', () => {
    const refusal = { code: 'GRANT_OUT_OF_COMPETENCE', reason: '超出权限' };
    expect(grantStateOf(recordOf({ refusal }), TODAY)).toBe('INVALID');
    expect(grantStateOf(recordOf({ refusal, end: endOf('REVOKED', TODAY) }), TODAY)).toBe('INVALID');
  });

  test('gives power only while it is in effect', () => {
    const kept = grantOf({ id: '0198c0de-0000-4000-8000-00000000000b' });
    const records = [
      recordOf({ grant: kept }),
      recordOf({ answer: null }),
      recordOf({ answer: answerOf(false) }),
      recordOf({ end: endOf('HANDED_BACK', TODAY) }),
      recordOf({ grant: grantOf({ from: '2026-03-03' }) }),
      recordOf({ grant: grantOf({ to: '2026-03-01' }) }),
      recordOf({ refusal: { code: 'GRANT_INVALID', reason: '' } }),
    ];
    expect(grantsInEffect(records, TODAY)).toEqual([kept]);
  });

  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
  const anyRecord = fc
    .record({
      from: anyDay,
      to: maybe(anyDay),
      answer: maybe(fc.tuple(fc.boolean(), anyDay)),
      end: maybe(fc.tuple(fc.constantFrom('REVOKED' as const, 'HANDED_BACK' as const), anyDay)),
      refused: fc.boolean(),
    })
    .map(({ from, to, answer, end, refused }) =>
      recordOf({
        grant: grantOf({ from, to }),
        answer: answer && answerOf(...answer),
        end: end && endOf(...end),
        refusal: refused ? { code: 'GRANT_INVALID', reason: '' } : null,
      }),
    );

  test('takes effect on no day unaccepted, outside its dates or after its end', () => {
    fc.assert(
      fc.property(anyRecord, anyDay, (record, day) => {
        const { grant, answer, end, refusal: refused } = record;
        const accepted = answer?.accepted === true && dayOf(new Date(answer.at)) <= day;
        const within = grant.from <= day && (grant.to === null || day <= grant.to);
        const ended = end !== null && dayOf(new Date(end.at)) <= day;
        expect(grantStateOf(record, day) === 'IN_EFFECT').toBe(accepted && within && !ended && refused === null);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a cap', () => {
  test.each([
    ['nothing', 0, true],
    ['one fen below it', 99_999, true],
    ['just it', 100_000, true],
    ['one fen above it', 100_001, false],
    ['an unknown amount', null, false],
  ])('of ¥1,000 lets through %s: %s fen is %s', (_, amountFen, through) => {
    expect(isUnderCap(grantOf(), { amountFen })).toBe(through);
  });

  test('of nothing lets through what costs nothing', () => {
    expect(isUnderCap({ cap: { amountFen: 0 } }, { amountFen: 0 })).toBe(true);
    expect(isUnderCap({ cap: { amountFen: 0 } }, { amountFen: 1 })).toBe(false);
  });

  test('that is not set lets everything through, also what nobody knows', () => {
    expect(isUnderCap({ cap: null }, { amountFen: null })).toBe(true);
    expect(isUnderCap({ cap: null }, { amountFen: Number.MAX_SAFE_INTEGER })).toBe(true);
  });
});

describe('a grant is sound', () => {
  const CATALOGUE = [...items.filter((i) => ![SEAL.code, TEACHER.code].includes(i.code)), SEAL, TEACHER];
  const findItem = (code: string) => CATALOGUE.find((i) => i.code === code) ?? null;
  const check = (grant: Grant, signer = grant.grantor) => requireSoundGrant(grant, signer, findItem, divisions, TODAY);

  test.each<[string, Partial<Grant>]>([
    ['from the county to its township', {}],
    ['conferred', { mode: 'CONFERRED' }],
    ['without a cap or an end', { cap: null, to: null }],
    ['that ends today', { to: TODAY }],
    ['that begins later', { from: '2027-01-01' }],
    ['of one day', { from: TODAY, to: TODAY }],
    ['of a review alone', { stages: ['REVIEW'] }],
    [
      'of acceptance and decision where the township is no accepting organ',
      { items: [SEAL.code], stages: ['ACCEPT', 'DECIDE'] },
    ],
    ['of acceptance alone', { items: [SEAL.code], stages: ['ACCEPT'] }],
    ['from the city to a county that accepts the item', { grantor: CITY, grantee: COUNTY, items: [TEACHER.code] }],
    [
      'from the city past the county to a township',
      { grantor: CITY, items: [TEACHER.code], stages: ['ACCEPT', 'REVIEW', 'DECIDE'] },
    ],
    ['of several items', { items: [RELIEF.code, '3310-LY-001', '3310-RS-001'] }],
  ])('%s', (_, as) => {
    expect(() => check(grantOf(as))).not.toThrow();
  });

  test.each<[string, Partial<Grant>, string, string]>([
    ['to itself', { grantee: COUNTY }, 'GRANT_INVALID', 'grantee'],
    ['to the city above', { grantee: CITY }, 'GRANT_INVALID', 'grantee'],
    ['to another county', { grantee: OTHER_COUNTY }, 'GRANT_INVALID', 'grantee'],
    ["to another county's township", { grantor: OTHER_COUNTY }, 'GRANT_INVALID', 'grantee'],
    ['to a neighbouring township', { grantor: TOWNSHIP, grantee: OTHER_TOWNSHIP }, 'GRANT_INVALID', 'grantee'],
    ['to a village', { grantee: VILLAGE }, 'GRANT_INVALID', 'grantee'],
    [
      'of what a township was granted, to its village',
      { grantor: TOWNSHIP, grantee: VILLAGE },
      'GRANT_INVALID',
      'grantee',
    ],
    ['by nobody', { grantor: '339999' }, 'GRANT_INVALID', 'grantee'],
    ['that ends before it begins', { from: '2026-05-02', to: '2026-05-01' }, 'GRANT_INVALID', 'to'],
    ['that ended yesterday', { to: '2026-03-01' }, 'GRANT_EXPIRED', 'to'],
    [
      'of a city item a county holds by grant',
      { items: [TEACHER.code], stages: ['ACCEPT', 'DECIDE'] },
      'GRANT_OUT_OF_COMPETENCE',
      'items.0',
    ],
    ['of a county item by the city', { grantor: CITY }, 'GRANT_OUT_OF_COMPETENCE', 'items.0'],
    [
      'of an item that is delegable to no township',
      { items: [RELIEF.code, '3310-MZ-001'] },
      'GRANT_OUT_OF_COMPETENCE',
      'items.1',
    ],
    ['of a decision without the acceptance', { items: [RELIEF.code, SEAL.code] }, 'GRANT_OUT_OF_COMPETENCE', 'stages'],
  ])('but not %s', (_, as, code, field) => {
    expect(refusal(() => check(grantOf(as)))).toMatchObject({ code, field, article: ARTICLES.delegation });
  });

  test.each([TOWNSHIP, CITY, OTHER_COUNTY])('but not signed by %s in the place of the county', (signer) => {
    expect(refusal(() => check(grantOf(), signer))).toMatchObject({
      code: 'GRANT_INVALID',
      field: 'grantor',
      article: ARTICLES.delegation,
    });
  });

  test('but not of an item no catalogue here knows', () => {
    expect(refusal(() => check(grantOf({ items: [RELIEF.code, '3310-XX-999'] })))).toMatchObject({
      code: 'ITEM_UNKNOWN',
      field: 'items.1',
    });
  });

  test('but not to a place that does not exist', () => {
    expect(refusal(() => check(grantOf({ grantee: '331022999' })))).toMatchObject({ code: 'UNKNOWN_DIVISION' });
  });

  /** A grant made for a place below its grantor, that is sound more often than not. */
  const anyPromising = fc
    .tuple(anyDelegableItem, anyPlace)
    .chain(([item, place]) => anyGrant(item, place).map((grant) => ({ item, place, grant })));
  const soundFor = (item: Item, grant: Grant) => {
    const only = (code: string) => (code === item.code ? item : null);
    return codeOrDone(() => requireSoundGrant(grant, grant.grantor, only, divisions, TODAY)) === null;
  };

  test('only between an organ that holds the power itself and a lower one that the item names', () => {
    fc.assert(
      fc.property(anyPromising, ({ item, grant }) => {
        fc.pre(soundFor(item, grant));
        expect(divisions.get(grant.grantor).tier).toBe(item.decidingTier);
        expect(divisions.ancestors(grant.grantee).map((d) => d.code)).toContain(grant.grantor);
        expect(['COUNTY', 'TOWNSHIP']).toContain(divisions.get(grant.grantee).tier);
        expect(item.delegableTo).toContain(divisions.get(grant.grantee).tier);
      }),
      { numRuns: 200 },
    );
  });

  test('only where the grantee then decides for every place of its own', () => {
    fc.assert(
      fc.property(anyPromising, ({ item, grant }) => {
        fc.pre(grant.stages.includes('DECIDE') && soundFor(item, grant));
        const facts = { amountFen: grant.cap?.amountFen ?? null };
        // the grantee itself may be too high a place to name the accepting organ
        const places = divisions.subtree(grant.grantee).slice(0, 5);
        const decided = places.filter(({ code }) => codeOrDone(() => route(item, code, divisions)) === null);
        const deciders = decided.map(({ code }) => route(item, code, divisions, [grant], facts).decider);
        expect(new Set([...deciders, grant.grantee])).toEqual(new Set([grant.grantee]));
      }),
      { numRuns: 200 },
    );
  });
});
