import { z } from 'zod';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { DriftKind } from './words.ts';
import type { Tier } from '../../kernel/words.ts';
import { DRIFT_KINDS } from './words.ts';
import type { Implementation, Item } from './catalogue.ts';
import { implementationSchema, itemSchema } from './catalogue.ts';
import type { Limit } from '../../kernel/limits.ts';

/** One place where a node differs from, or is worse than, the basic catalogue. */
export const driftSchema = z.object({
  node: z.string(),
  item: z.string(),
  /** Which element: `item`, `version`, `legalBasis`; of an implementation `implementation.promised` and so on. */
  element: z.string(),
  /** The node's value; null if it has none. */
  own: z.string().nullable(),
  /** The basic catalogue's value; null if it has none. */
  basic: z.string().nullable(),
  kind: z.enum(DRIFT_KINDS),
});
export type Drift = z.infer<typeof driftSchema>;

/** A node's data on one item: its copy of the item, and its own implementation if it decides the item. */
export const heldItemSchema = z.object({
  code: z.string(),
  own: itemSchema.nullable(),
  implementation: implementationSchema.nullable(),
});
export type HeldItem = z.infer<typeof heldItemSchema>;

/** An item's newest version, named by its content: two nodes with the same head hold the same item. */
export const itemHeadSchema = z.object({
  code: z.string(),
  version: z.int(),
  /** SHA-256 of {@link unifiedElements}. */
  digest: z.string(),
});
export type ItemHead = z.infer<typeof itemHeadSchema>;

/** The newest published version of every item a node knows; the others' items are compared with it. */
export const catalogueBasisSchema = z.object({
  items: z.array(z.object({ head: itemHeadSchema, item: itemSchema })),
  /** When the node last heard from the city; null at the city itself. */
  heardAt: z.iso.datetime().nullable(),
});
export type CatalogueBasis = z.infer<typeof catalogueBasisSchema>;

/**
 * A node's answer to the heads of the basic catalogue: the drift of items whose copy is identical, and its data on the
 * others, so that the gateway can compare them with the basic catalogue.
 */
export const nodeDriftSchema = z.object({ drift: z.array(driftSchema), differing: z.array(heldItemSchema) });
export type NodeDrift = z.infer<typeof nodeDriftSchema>;

/** Whether a desk of this tier must carry the item out; a village committee decides nothing (行政许可法 Art. 24). */
export function mustCarryOut(item: Pick<Item, 'decidingTier'>, tier: Tier): boolean {
  return item.decidingTier === tier && tier !== 'VILLAGE';
}

/**
 * The unified elements of an item (基本目录统一要素), each as text: those the city fixes and no level may change, and the
 * standard that an implementation may better. After adding one, raise `INDEX_FORM` of the nodes' item index.
 */
export function unifiedElements(item: Item): [element: string, value: string | null][] {
  const { standard } = item;
  return [
    ['name', item.name],
    ['kind', item.kind],
    ['processingClass', item.processingClass],
    ['decidingTier', item.decidingTier],
    ['acceptingTiers', item.acceptingTiers.join(',')],
    ['department', item.department],
    ['legalBasis', item.legalBasis],
    ['statutory', limitText(item.statutory)],
    ['delegableTo', item.delegableTo.join(',')],
    ['proxyAllowed', String(item.proxyAllowed)],
    ['lifeEvents', item.lifeEvents.join(',')],
    ['feeSchedule', item.feeSchedule && JSON.stringify(item.feeSchedule)],
    ['bundle', item.bundle && JSON.stringify(item.bundle)],
    ['audiences', item.audiences.join(',')],
    ['hierarchy', item.hierarchy && JSON.stringify(item.hierarchy)],
    ['powerSource', item.powerSource],
    ['handlingWay', item.handlingWay],
    ['window', item.window],
    ['crossDistrict', item.crossDistrict],
    ['crossDistrictWays', item.crossDistrictWays.join(',')],
    ['supervisionWay', item.supervisionWay],
    ['excludedTime', item.excludedTime.join(',')],
    ['signOff', item.signOff && JSON.stringify(item.signOff)],
    ['hearing', item.hearing],
    ['substanceCheck', String(item.substanceCheck)],
    ['renewalDays', String(item.renewalDays)],
    ['collectiveDecision', String(item.collectiveDecision)],
    ['payBeforeDocument', String(item.payBeforeDocument)],
    ['deliverBeforePayment', String(item.deliverBeforePayment)],
    ['status', item.status],
    ['effectiveFrom', item.effectiveFrom],
    ['effectiveTo', item.effectiveTo],
    ['standard.promised', limitText(standard.promised)],
    ['standard.greenChannel', limitText(standard.greenChannel)],
    ['standard.urgent', limitText(standard.urgent)],
    ['standard.fields', standard.fields.length > 0 ? JSON.stringify(standard.fields) : null],
    ['standard.materials', standard.materials.map((m) => `${m.name}${m.required ? '' : '?'}`).join(',')],
    ['standard.maxVisits', String(standard.maxVisits)],
    // an item without forms keeps the digest that older programs compute
    ...(item.forms ? [['forms', JSON.stringify(item.forms)] satisfies [string, string]] : []),
  ];
}

/**
 * The differences between a node and the basic catalogue in one item. The copy shall be the city's newest version to
 * the letter; the implementation may better the standard (fewer days, materials, visits) and never worsen it. Source:
 * 基本目录统一要素; 实施清单 may only reduce 时限, 材料, 跑动次数.
 * @param basic the city's newest version; null if the city does not have the item
 * @param decides whether the node is of the item's deciding tier, and so must carry it out
 */
export function driftOf(
  node: DivisionCode,
  { code, own, implementation }: HeldItem,
  basic: Item | null,
  decides: boolean,
): Drift[] {
  const line = (kind: DriftKind, element: string, mine: string | null, its: string | null): Drift => ({
    node,
    item: code,
    element,
    own: mine,
    basic: its,
    kind,
  });
  if (!basic) {
    return [
      ...(own ? [line('UNKNOWN_ITEM', 'item', own.name, null)] : []),
      ...(implementation ? [line('UNKNOWN_ITEM', 'implementation', String(implementation.version), null)] : []),
    ];
  }
  const found: Drift[] = [];
  if (!own) found.push(line('MISSING', 'item', null, basic.name));
  else if (own.version < basic.version)
    found.push(line('OUTDATED_VERSION', 'version', String(own.version), String(basic.version)));
  else if (own.version > basic.version)
    found.push(line('DIFFERENT', 'version', String(own.version), String(basic.version)));
  if (own) {
    const theirs = new Map(unifiedElements(basic));
    for (const [element, value] of unifiedElements(own)) {
      const its = theirs.get(element) ?? null;
      if (value !== its) found.push(line('DIFFERENT', element, value, its));
    }
  }
  if (implementation) found.push(...implementationDrift(implementation, basic, line));
  // a suspended or cancelled item needs no implementation
  else if (decides && basic.status === 'IN_FORCE') found.push(line('MISSING', 'implementation', null, '1'));
  return found;
}

function implementationDrift(
  mine: Implementation,
  { version, standard }: Item,
  line: (kind: DriftKind, element: string, own: string | null, basic: string | null) => Drift,
): Drift[] {
  const found: Drift[] = [];
  if (mine.itemVersion !== version) {
    const kind = mine.itemVersion < version ? 'OUTDATED_VERSION' : 'DIFFERENT';
    found.push(line(kind, 'implementation.itemVersion', String(mine.itemVersion), String(version)));
  }
  const longer = isLonger(mine.promised, standard.promised);
  if (longer !== false) {
    const kind = longer === null ? 'DIFFERENT' : 'WORSE';
    found.push(line(kind, 'implementation.promised', limitText(mine.promised), limitText(standard.promised)));
  }
  for (const field of ['greenChannel', 'urgent'] as const) {
    const [own, basic] = [mine[field], standard[field]];
    if (!basic || (own && isLonger(own, basic) === false)) continue;
    const kind = own && isLonger(own, basic) === null ? 'DIFFERENT' : 'WORSE';
    found.push(line(kind, `implementation.${field}`, limitText(own), limitText(basic)));
  }
  const asked = new Map(standard.materials.map((m) => [m.name, m.required]));
  for (const { name, required } of mine.materials) {
    const its = asked.get(name);
    if (its === undefined) found.push(line('WORSE', 'implementation.materials', name, null));
    else if (required && !its) found.push(line('WORSE', 'implementation.materials', `${name} 必要`, `${name} 非必要`));
  }
  if (mine.maxVisits > standard.maxVisits)
    found.push(line('WORSE', 'implementation.maxVisits', String(mine.maxVisits), String(standard.maxVisits)));
  return found;
}

/** Null where working days and plain days can't be compared: so many plain days are never more than as many workdays. */
function isLonger(mine: Limit, its: Limit): boolean | null {
  if (mine.unit === its.unit) return mine.days > its.days;
  if (mine.unit === 'DAY') return mine.days <= its.days ? false : null;
  return mine.days > its.days ? true : null;
}

function limitText(limit: Limit | null): string | null {
  return limit && `${limit.days} ${limit.unit}`;
}
