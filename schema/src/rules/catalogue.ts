import { z } from 'zod';
import type { DivisionCode } from '../divisions.ts';
import { isDivisionCode } from '../divisions.ts';
import { problem } from '../errors.ts';
import type { Tier } from '../vocabulary.ts';
import { AUDIENCES, DAY_UNITS, ITEM_KINDS, ITEM_STATUSES, PROCESSING_CLASSES, TIERS } from '../vocabulary.ts';
import { ARTICLES } from './articles.ts';
import type { Day } from './calendar.ts';
import { isDay } from './calendar.ts';

const day = z.string().refine(isDay, 'a day YYYY-MM-DD');
export const limitSchema = z.object({ days: z.int().min(0).max(3650), unit: z.enum(DAY_UNITS) });

/** A material an item asks for. */
export const materialRequirementSchema = z.object({ name: z.string().min(1), required: z.boolean() });
export type MaterialRequirement = z.infer<typeof materialRequirementSchema>;

/** 收费项目: base amount in fen (null: by the surveyors' own schedules), and what each category pays of it. */
export const feeScheduleSchema = z.object({
  baseFen: z.int().min(0).nullable(),
  unit: z.string().min(1),
  note: z.string().nullable(),
  rates: z.array(z.object({ category: z.string().min(1), percent: z.int().min(0).max(100) })).min(1),
});

/** Several items on one form (一件事) or several departments on one site (联合测量, 联合验收). */
export const bundleSchema = z.object({
  lead: z.string().min(1),
  members: z.array(z.string().min(1)),
  sequence: z.array(z.array(z.string().min(1))),
  departments: z.array(z.string().min(1)),
  mode: z.string().nullable(),
  silentApproval: z.boolean(),
  absenceDefault: z.boolean(),
});

/**
 * An item of the basic catalogue (基本目录): the unified elements the city fixes, and the standard implementation a
 * deciding node starts from.
 */
export const itemSchema = z.object({
  code: z.string().min(1),
  /** Raised by one with each published change; a case keeps the version it was accepted under. */
  version: z.int().min(1),
  name: z.string().min(1),
  kind: z.enum(ITEM_KINDS),
  processingClass: z.enum(PROCESSING_CLASSES),
  decidingTier: z.enum(TIERS),
  acceptingTiers: z.array(z.enum(TIERS)).min(1),
  /** The statute's limit; null where the basis names none. */
  statutory: limitSchema.nullable(),
  legalBasis: z.string().min(1),
  department: z.string().min(1),
  delegableTo: z.array(z.enum(TIERS)),
  proxyAllowed: z.boolean(),
  /** 服务对象: whom it serves; empty for everybody. */
  audiences: z.array(z.enum(AUDIENCES)).default([]),
  /** 人生事项: what people call it by, 养老 or 开办企业. */
  lifeEvents: z.array(z.string().min(1)).default([]),
  feeSchedule: feeScheduleSchema.nullable(),
  bundle: bundleSchema.nullable(),
  note: z.string().nullable(),
  /** False while the days or the basis are not checked against the text in force. */
  verified: z.boolean(),
  status: z.enum(ITEM_STATUSES),
  effectiveFrom: day,
  effectiveTo: day.nullable(),
  standard: z.object({
    promised: limitSchema,
    materials: z.array(materialRequirementSchema),
    maxVisits: z.int().min(0),
  }),
});
export type Item = z.infer<typeof itemSchema>;

/** How a deciding node carries an item out (实施清单). */
export const implementationSchema = z.object({
  item: z.string().min(1),
  itemVersion: z.int().min(1),
  node: z.string().refine(isDivisionCode, 'a division code'),
  version: z.int().min(1),
  promised: limitSchema,
  materials: z.array(materialRequirementSchema),
  maxVisits: z.int().min(0),
});
export type Implementation = z.infer<typeof implementationSchema>;

/** The implementation a deciding node starts with: what the city's standard says. */
export function standardImplementation(item: Item, node: DivisionCode, version: number): Implementation {
  const { promised, materials, maxVisits } = item.standard;
  return { item: item.code, itemVersion: item.version, node, version, promised, materials, maxVisits };
}

/**
 * Only items in force may be taken in or accepted, by their own dates, so that a node that was offline when an item
 * was cancelled refuses it all the same.
 * @throws {ProblemError} ITEM_NOT_IN_FORCE
 */
export function requireInForce(item: Item, today: Day): void {
  if (isInForce(item, today)) return;
  const { status, effectiveFrom, effectiveTo } = item;
  const why =
    status !== 'IN_FORCE' ? status : today < effectiveFrom ? `begins on ${effectiveFrom}` : `ended on ${effectiveTo}`;
  throw problem('ITEM_NOT_IN_FORCE', `Item ${item.code} ${item.name} is not in force on ${today} (${why}).`, {
    article: ARTICLES.itemLife,
    field: 'item',
  });
}

/** Whether an item is in force on a day. */
export function isInForce({ status, effectiveFrom, effectiveTo }: Item, today: Day): boolean {
  return status === 'IN_FORCE' && today >= effectiveFrom && (effectiveTo === null || today < effectiveTo);
}

/** The tiers that may accept, lowest first; a village takes in and accepts nothing (Art. 24). */
export function acceptingOrgans(item: Pick<Item, 'acceptingTiers'>): Tier[] {
  return TIERS.filter((tier) => tier !== 'VILLAGE' && item.acceptingTiers.includes(tier)).toReversed();
}
