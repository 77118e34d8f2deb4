import fc from 'fast-check';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { Grant, GrantAnswer, GrantEnd } from '../domains/delegation/messages.ts';
import type { GrantUse } from '../case/log-line.ts';
import type { Day } from '../kernel/calendar.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import type { GrantRecord } from '../domains/delegation/rules.ts';
import { GRANT_MODES, GRANT_STAGES } from '../domains/delegation/words.ts';
import { TIERS } from '../kernel/words.ts';
import { anyItem, anyPlace } from './arbitraries.ts';
import { GRANT_ID } from './case-log.ts';
import { at, COUNTY, divisions, itemOf, items, sha256, TOWNSHIP } from './fixtures.ts';

/** 临时救助: the township accepts, the county decides, and may lend that to townships. */
export const RELIEF = itemOf('3310-MZ-002');
/** 公章刻制, if townships could be given it: the county accepts and decides. */
export const SEAL: Item = { ...itemOf('3310-GA-001'), delegableTo: ['TOWNSHIP'] };
/** 教师资格, if counties and townships could be given it: the county accepts, the city decides. */
export const TEACHER: Item = { ...itemOf('3310-JY-001'), delegableTo: ['COUNTY', 'TOWNSHIP'] };

/** The id of the n-th grant. */
export function grantId(n: number): string {
  return `0198c0de-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** 三门县 lends 亭旁镇 the decision on 临时救助 up to ¥1,000, from 2026 on, unless told otherwise. */
export function grantOf(as: Partial<Grant> = {}): Grant {
  return {
    kind: 'GRANT',
    id: GRANT_ID,
    seq: 1,
    grantor: COUNTY,
    grantee: TOWNSHIP,
    items: [RELIEF.code],
    stages: ['DECIDE'],
    mode: 'ENTRUSTED',
    cap: { amountFen: 100_000 },
    from: '2026-01-01',
    to: null,
    basis: '《社会救助暂行办法》第四十八条',
    announcement: '三门县人民政府公告2025年第12号',
    request: null,
    at: at('2025-12-20').toISOString(),
    ...as,
  };
}

export function useOf({ id, grantor, grantee, mode }: Grant): GrantUse {
  return { id, grantor, grantee, mode };
}

export function answerOf(accepted = true, on: Day = '2025-12-22'): GrantAnswer {
  const reason = accepted ? null : '人手不足';
  return { kind: 'ANSWER', to: GRANT_ID, digest: sha256('grant'), accepted, reason, at: at(on).toISOString() };
}

export function endOf(way: GrantEnd['way'], on: Day): GrantEnd {
  return { kind: 'END', grant: GRANT_ID, way, reason: '机构调整', at: at(on, '16:00').toISOString() };
}

/** A grant that was accepted, unless told otherwise. */
export function recordOf(as: Partial<GrantRecord> = {}): GrantRecord {
  return { grant: grantOf(), answer: answerOf(), end: null, refusal: null, ...as };
}

/** An item of the catalogue, unchanged or delegable to any tiers. */
export const anyDelegableItem: fc.Arbitrary<Item> = fc.oneof(
  anyItem,
  fc.tuple(anyItem, fc.subarray([...TIERS])).map(([item, delegableTo]) => ({ ...item, delegableTo })),
);

export const anyAmount = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 20 }));

/** Any grant, sound or not; most are about the item and between places over the place. */
export function anyGrant(item: Item, place: DivisionCode): fc.Arbitrary<Grant> {
  const over = fc.constantFrom(...divisions.lineage(place).map((d) => d.code));
  const party = fc.oneof({ weight: 8, arbitrary: over }, { weight: 1, arbitrary: anyPlace });
  const own = divisions.atTier(place, item.decidingTier)?.code ?? place;
  const code = fc.constantFrom(...items.map((i) => i.code));
  return fc
    .record({
      seq: fc.integer({ min: 1, max: 3 }),
      grantor: fc.oneof({ weight: 2, arbitrary: fc.constant(own) }, { weight: 1, arbitrary: party }),
      grantee: fc.oneof(
        { weight: 20, arbitrary: party },
        { weight: 1, arbitrary: fc.constantFrom('339999', '331022999') },
      ),
      items: fc.oneof(
        { weight: 4, arbitrary: fc.constant<string[]>([item.code]) },
        { weight: 1, arbitrary: fc.uniqueArray(code, { minLength: 1, maxLength: 3 }) },
      ),
      stages: fc.subarray([...GRANT_STAGES], { minLength: 1 }),
      mode: fc.constantFrom(...GRANT_MODES),
      cap: fc.oneof(fc.constant(null), fc.record({ amountFen: fc.integer({ min: 0, max: 20 }) })),
    })
    .map(grantOf);
}

/** Any set of grants, each with its own id. */
export function anyGrants(item: Item, place: DivisionCode): fc.Arbitrary<Grant[]> {
  return fc
    .array(anyGrant(item, place), { maxLength: 6 })
    .map((grants) => grants.map((grant, index) => ({ ...grant, id: grantId(index) })));
}

/** An item, a place, an amount and any grants. */
export const anyMatter = fc
  .tuple(anyDelegableItem, anyPlace, anyAmount)
  .chain(([item, place, amountFen]) =>
    anyGrants(item, place).map((grants) => ({ item, place, facts: { amountFen }, grants })),
  );
