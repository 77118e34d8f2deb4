import { CLAUSE_FAULT } from '../domains/catalogue/words.ts';
import { DAY_UNIT, MATERIAL_SOURCE } from '../domains/catalogue/item-words.ts';
import { GRANT_MODE } from '../domains/delegation/words.ts';
import type { GrantUse, MissingMaterial } from '../case/log-line.ts';
import type { Item, MaterialRequirement } from '../domains/catalogue/catalogue.ts';
import type { VagueClause } from '../domains/catalogue/vague-clauses.ts';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { Limit } from '../kernel/limits.ts';
import type { EnumOf } from './enums.ts';
import { lazily } from './lazily.ts';
import type { GraphBuilder } from './pothos.ts';

/** A pointer to an item: its code, and a node that surely holds a copy. */
export interface ItemRef {
  code: string;
  via: DivisionCode;
}

/** A pointer to an implementation: its key, and a node that surely holds a copy. */
export interface ImplementationRef {
  item: string;
  node: DivisionCode;
  via: DivisionCode;
}

/**
 * The object types that several roles show, and key-only stubs of those another role owns; each is made when a role
 * first uses it.
 */
export function sharedTypes(builder: GraphBuilder, enumOf: EnumOf) {
  const places = placesOf(builder);
  return lazily({
    Division: () => places.Division,
    ...stubs(builder, places),
    ...caseTypes(builder, enumOf, places),
    ...itemTypes(builder, enumOf),
    FeeSchedule: () => feeSchedule(builder),
  });
}

const placesOf = (builder: GraphBuilder) =>
  lazily({
    Division: () =>
      builder.objectRef<DivisionCode>('Division').implement({
        description: '行政区划: a place; its desk is a node.',
        fields: (t) => ({ code: t.id({ nullable: false, resolve: (code) => code }) }),
      }),
  });

type Places = ReturnType<typeof placesOf>;

const stubs = (builder: GraphBuilder, places: Places) => ({
  /** An item's key, for roles that only point at it. */
  ItemStub: () =>
    builder.objectRef<ItemRef>('Item').implement({
      // the whole graph shows the description of the last role that has the type
      description: '事项: what can be applied for.',
      fields: (t) => ({
        code: t.exposeID('code', { nullable: false }),
        _via: t.id({ resolve: (ref) => ref.via }),
      }),
    }),
  /** An implementation's key, for roles that only point at it. */
  ImplementationStub: () =>
    builder.objectRef<ImplementationRef>('Implementation').implement({
      fields: (t) => ({
        itemCode: t.id({ nullable: false, resolve: (ref) => ref.item }),
        node: t.field({ type: places.Division, nullable: false, resolve: (ref) => ref.node }),
        _via: t.id({ resolve: (ref) => ref.via }),
      }),
    }),
});

const caseTypes = (builder: GraphBuilder, enumOf: EnumOf, places: Places) => ({
  DelegationUse: () =>
    builder.objectRef<GrantUse>('DelegationUse').implement({
      description: 'A grant a stage is done under.',
      fields: (t) => ({
        id: t.exposeID('id', { nullable: false }),
        grantor: t.field({ type: places.Division, nullable: false, resolve: (u) => u.grantor }),
        grantee: t.field({ type: places.Division, nullable: false, resolve: (u) => u.grantee }),
        mode: t.field({ type: enumOf(GRANT_MODE), nullable: false, resolve: (u) => u.mode }),
      }),
    }),
  MissingMaterial: () =>
    builder.objectRef<MissingMaterial>('MissingMaterial').implement({
      description: '一次告知: a material that is missing or faulty, and why.',
      fields: (t) => ({
        material: t.exposeString('material', { nullable: false }),
        reason: t.exposeString('reason', { nullable: false }),
      }),
    }),
});

const itemTypes = (builder: GraphBuilder, enumOf: EnumOf) => ({
  Limit: () =>
    builder.objectRef<Limit>('Limit').implement({
      description: '时限',
      fields: (t) => ({
        days: t.exposeFloat('days', { nullable: false, description: 'Whole days, or half working days.' }),
        unit: t.field({ type: enumOf(DAY_UNIT), nullable: false, resolve: (limit) => limit.unit }),
      }),
    }),
  MaterialRequirement: () =>
    builder.objectRef<MaterialRequirement>('MaterialRequirement').implement({
      description: '申请材料清单',
      fields: (t) => ({
        name: t.exposeString('name', { nullable: false }),
        required: t.exposeBoolean('required', { nullable: false }),
        providedBy: t.field({ type: enumOf(MATERIAL_SOURCE), nullable: false, resolve: (m) => m.providedBy }),
        held: t.exposeBoolean('held', {
          nullable: false,
          description: 'Whether the system holds it already, so that nobody brings it again.',
        }),
      }),
    }),
  VagueClause: () =>
    builder.objectRef<VagueClause>('VagueClause').implement({
      description: '模糊条款、兜底条款: a clause whose content nobody can know beforehand.',
      fields: (t) => ({
        place: t.exposeString('place', { nullable: false }),
        clause: t.exposeString('clause', { nullable: false }),
        text: t.exposeString('text', { nullable: false }),
        fault: t.field({ type: enumOf(CLAUSE_FAULT), nullable: false, resolve: (c) => c.fault }),
      }),
    }),
});

function feeSchedule(builder: GraphBuilder) {
  return builder.objectRef<NonNullable<Item['feeSchedule']>>('FeeSchedule').implement({
    description: '收费项目',
    fields: (t) => ({
      baseFen: t.expose('baseFen', {
        type: 'Fen',
        description: 'In fen; null where the amount follows a schedule of its own.',
      }),
      unit: t.exposeString('unit', { nullable: false }),
      note: t.exposeString('note'),
      rates: t.field({
        type: [
          builder.objectRef<{ category: string; percent: number }>('FeeRate').implement({
            fields: (r) => ({
              category: r.exposeString('category', { nullable: false }),
              percent: r.exposeInt('percent', { nullable: false }),
            }),
          }),
        ],
        nullable: false,
        resolve: (f) => f.rates,
      }),
    }),
  });
}
