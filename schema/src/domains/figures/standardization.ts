import { z } from 'zod';
import type { ProcessingClass } from '../catalogue/item-words.ts';
import { PROCESSING_CLASSES } from '../catalogue/item-words.ts';
import type { Implementation, Item } from '../catalogue/catalogue.ts';

/**
 * 标准化统计: by how much a node does better than the statute and the basic catalogue require, over the items it carries
 * out. Source: 汕头's yearly figures of standardization (承诺时限压缩, 材料精简, 即办件占比, 网上可办率, 最多跑一次).
 */
export const standardizationSchema = z.object({
  /** Items in force that the node carries out. */
  items: z.int().min(0),
  /**
   * Days cut from the statutory limits, each item in its own unit. Items whose promise can't be compared with a statute
   * are left out.
   */
  daysCut: z.object({ sum: z.int(), items: z.int().min(0), average: z.number().nullable() }),
  /** Materials of the basic standard that the node asks for no more. */
  materialsDropped: z.int().min(0),
  byClass: z.record(z.string(), z.int().min(0)),
  /** Share of the items that can be applied for online, 0 to 1; null while implementations do not say. */
  onlineShare: z.number().nullable(),
  /** Share of the items that take one visit or none, 0 to 1; null without items. */
  withinOneVisitShare: z.number().nullable(),
});
export type Standardization = z.infer<typeof standardizationSchema>;

/**
 * A node's figures of standardization.
 * @param carriedOut the items in force that it carries out, each with its newest implementation
 */
export function standardizationOf(
  carriedOut: readonly { item: Item; implementation: Implementation }[],
): Standardization {
  const cuts = carriedOut.flatMap(({ item, implementation }) => daysCutOf(item, implementation) ?? []);
  const cut = sum(cuts);
  const online = carriedOut.map(({ implementation }) => isOnline(implementation));
  return {
    items: carriedOut.length,
    daysCut: { sum: cut, items: cuts.length, average: share(cut, cuts.length) },
    materialsDropped: sum(carriedOut.map(({ item, implementation }) => materialsDroppedBy(item, implementation))),
    byClass: Object.fromEntries(
      PROCESSING_CLASSES.map((name) => [name, carriedOut.filter(({ item }) => item.processingClass === name).length]),
    ) as Record<ProcessingClass, number>,
    onlineShare: online.includes(null) ? null : share(online.filter(Boolean).length, online.length),
    withinOneVisitShare: share(
      carriedOut.filter(({ implementation }) => implementation.maxVisits <= 1).length,
      carriedOut.length,
    ),
  };
}

/** Null where the basis names no days, or counts in another unit than the promise. */
function daysCutOf({ statutory }: Item, { promised }: Implementation): number | null {
  return statutory && statutory.unit === promised.unit ? statutory.days - promised.days : null;
}

function materialsDroppedBy({ standard }: Item, { materials }: Implementation): number {
  const asked = new Set(materials.map(({ name }) => name));
  return standard.materials.filter(({ name }) => !asked.has(name)).length;
}

/** 网办深度: from 三级 (网上申请预审) on an item can be applied for online; null where its implementation does not say. */
function isOnline({ onlineDepth }: Implementation): boolean | null {
  return onlineDepth === null ? null : onlineDepth === 'LEVEL_3' || onlineDepth === 'LEVEL_4';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Rounded to four places, so that the same items give the same text. */
function share(part: number, of: number): number | null {
  return of === 0 ? null : Math.round((part / of) * 10_000) / 10_000;
}
