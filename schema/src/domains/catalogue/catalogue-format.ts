import { z } from 'zod';
import {
  AUDIENCES,
  CROSS_DISTRICT_WAYS,
  CROSS_DISTRICTS,
  DAY_UNITS,
  HANDLING_WAYS,
  HEARING_NEEDS,
  ITEM_KINDS,
  ITEM_STATUSES,
  MATERIAL_SOURCES,
  POWER_SOURCES,
  SIGN_OFF_LEVELS,
} from './item-words.ts';
import { SPECIAL_PROCEDURES } from '../../case/words.ts';
import { TIERS } from '../../kernel/words.ts';
import type { Day } from '../../kernel/calendar.ts';
import { isDay } from '../../kernel/calendar.ts';
import type { FormField, Item, MaterialRequirement } from './catalogue.ts';
import { bundleFieldSchema, formFieldSchema, hierarchySchema } from './catalogue.ts';

const lower = <T extends string>(values: readonly T[]) =>
  z
    .enum(values.map((v) => v.toLowerCase()) as [Lowercase<T>, ...Lowercase<T>[]])
    .transform((v) => v.toUpperCase() as T);

/** The words a file uses for the processing classes. */
const FILE_CLASSES = {
  instant: 'INSTANT',
  committed: 'COMMITTED',
  reported: 'FORWARDED',
  joint: 'JOINT',
  answer: 'ANSWER',
  urgent: 'URGENT',
} as const;

const days = z.number().min(0).max(3650).multipleOf(0.5, 'whole or half days');
const day = z.string().refine(isDay, 'a day YYYY-MM-DD');
const text = z.string().trim().min(1);

/** A material: its name alone, or with the properties that differ from the default. */
const fileMaterialSchema = z.union([
  text.transform((name) => ({ name, required: true, providedBy: 'APPLICANT' as const, held: false })),
  z.strictObject({
    name: text,
    required: z.boolean().default(true),
    providedBy: lower(MATERIAL_SOURCES).default('APPLICANT'),
    held: z.boolean().default(false),
  }),
]);

const fileLimitSchema = z.strictObject({ days, unit: lower(DAY_UNITS) });

/** A field of a form: required where nothing else is said. */
const fileFieldSchema = formFieldSchema.extend({ required: z.boolean().default(true) }).strict();
const fileBundleFieldSchema = bundleFieldSchema.extend({ required: z.boolean().default(true) }).strict();

/** One entry of a catalogue file. */
export const fileItemSchema = z.strictObject({
  code: z.string().regex(/^\d{4}-[A-Z]{2}-\d{3}$/, 'a code such as 3310-MZ-001'),
  name: z.string().trim().min(1),
  kind: lower(ITEM_KINDS),
  processingClass: z.enum(Object.keys(FILE_CLASSES) as (keyof typeof FILE_CLASSES)[]).transform((v) => FILE_CLASSES[v]),
  decidingTier: lower(TIERS),
  acceptingTiers: z.array(lower(TIERS)).min(1),
  statutoryDays: days.nullable(),
  promisedDays: days,
  statutoryUnit: lower(DAY_UNITS),
  /** The unit of the promise, if it differs from the statute's. */
  promisedUnit: lower(DAY_UNITS).optional(),
  /** 绿色通道时限 and 特急时限, shorter than the promise. */
  greenChannel: fileLimitSchema.optional(),
  urgent: fileLimitSchema.optional(),
  legalBasis: text,
  materials: z.array(fileMaterialSchema).min(1),
  conditions: z.array(text).optional(),
  fields: z.array(fileFieldSchema).optional(),
  hierarchy: hierarchySchema.nullable().optional(),
  powerSource: lower(POWER_SOURCES).optional(),
  handlingWay: lower(HANDLING_WAYS).optional(),
  window: text.nullable().optional(),
  crossDistrict: lower(CROSS_DISTRICTS).optional(),
  crossDistrictWays: z.array(lower(CROSS_DISTRICT_WAYS)).optional(),
  supervisionWay: text.nullable().optional(),
  signOff: z
    .strictObject({ level: lower(SIGN_OFF_LEVELS), maxLayers: z.int().min(1).max(9) })
    .nullable()
    .optional(),
  excludedTime: z.array(lower(SPECIAL_PROCEDURES)).optional(),
  hearing: lower(HEARING_NEEDS).optional(),
  substanceCheck: z.boolean().optional(),
  renewalDays: z.int().min(0).max(365).optional(),
  collectiveDecision: z.boolean().optional(),
  payBeforeDocument: z.boolean().optional(),
  deliverBeforePayment: z.boolean().optional(),
  /** In exports. On import, a new item takes effect on the given day, else on the day of import. */
  status: lower(ITEM_STATUSES).optional(),
  effectiveFrom: day.optional(),
  effectiveTo: day.nullable().optional(),
  department: text,
  feeSchedule: z
    .strictObject({
      base: z.number().min(0).multipleOf(0.01).nullable(),
      currency: z.literal('CNY'),
      unit: z.string().min(1),
      note: z.string().optional(),
      rates: z.array(z.strictObject({ category: z.string().min(1), percent: z.int().min(0).max(100) })).min(1),
    })
    .nullable(),
  delegableTo: z.array(lower(TIERS)),
  proxyAllowed: z.boolean(),
  audiences: z.array(lower(AUDIENCES)).optional(),
  lifeEvents: z.array(z.string().trim().min(1)).optional(),
  maxVisits: z.int().min(0),
  note: z.string().nullable(),
  verified: z.boolean(),
  bundle: z
    .strictObject({
      lead: z.string().min(1),
      members: z.array(z.string().min(1)).optional(),
      sequence: z.array(z.array(z.string().min(1)).min(1)).optional(),
      departments: z.array(z.string().min(1)).optional(),
      mode: z.string().optional(),
      silentApproval: z.boolean().optional(),
      absenceDefault: z.boolean().optional(),
      form: z.array(fileBundleFieldSchema).optional(),
      provides: z.array(z.strictObject({ item: text, material: text })).optional(),
    })
    .optional(),
});
export type FileItem = z.infer<typeof fileItemSchema>;

/** The item of an entry; without a version, and in force from the given day unless the entry names one. */
export function itemOf(entry: FileItem, effectiveFrom: Day): Omit<Item, 'version'> {
  const {
    statutoryDays,
    statutoryUnit: unit,
    promisedDays,
    promisedUnit,
    greenChannel = null,
    urgent = null,
    materials,
    conditions,
    fields,
    maxVisits,
    feeSchedule,
    bundle,
    ...same
  } = entry;
  return {
    ...same,
    audiences: same.audiences ?? [],
    lifeEvents: same.lifeEvents ?? [],
    hierarchy: same.hierarchy ?? null,
    powerSource: same.powerSource ?? 'STATUTORY',
    handlingWay: same.handlingWay ?? 'OWN',
    window: same.window ?? null,
    crossDistrict: same.crossDistrict ?? 'NONE',
    crossDistrictWays: same.crossDistrictWays ?? [],
    supervisionWay: same.supervisionWay ?? null,
    signOff: same.signOff ?? null,
    excludedTime: same.excludedTime ?? [],
    hearing: same.hearing ?? 'NONE',
    substanceCheck: same.substanceCheck ?? false,
    renewalDays: same.renewalDays ?? 30,
    collectiveDecision: same.collectiveDecision ?? false,
    payBeforeDocument: same.payBeforeDocument ?? false,
    deliverBeforePayment: same.deliverBeforePayment ?? false,
    statutory: statutoryDays === null ? null : { days: statutoryDays, unit },
    feeSchedule: feeSchedule && {
      baseFen: feeSchedule.base === null ? null : Math.round(feeSchedule.base * 100),
      unit: feeSchedule.unit,
      note: feeSchedule.note ?? null,
      rates: feeSchedule.rates,
    },
    bundle: bundle
      ? {
          lead: bundle.lead,
          members: bundle.members ?? [],
          sequence: bundle.sequence ?? [],
          departments: bundle.departments ?? [],
          mode: bundle.mode ?? null,
          silentApproval: bundle.silentApproval ?? false,
          absenceDefault: bundle.absenceDefault ?? false,
          form: bundle.form ?? [],
          provides: bundle.provides ?? [],
        }
      : null,
    status: same.status ?? 'IN_FORCE',
    effectiveFrom: same.effectiveFrom ?? effectiveFrom,
    effectiveTo: same.effectiveTo ?? null,
    standard: {
      promised: { days: promisedDays, unit: promisedUnit ?? unit },
      greenChannel,
      urgent,
      materials,
      maxVisits,
      conditions: conditions ?? [],
      fields: fields ?? [],
    },
  };
}

/** An entry of a catalogue file as JSON, before it is parsed. */
export type CatalogueEntryJson = z.input<typeof fileItemSchema>;

/**
 * The entry for an item, in the keys and words of the file; default values are left out. Reading it gives the item
 * again ({@link itemOf}), except for the version, which each node assigns itself.
 */
export function entryOf(item: Omit<Item, 'version'>): CatalogueEntryJson {
  const { promised, greenChannel, urgent, materials, maxVisits, conditions, fields } = item.standard;
  const statutoryUnit = item.statutory?.unit ?? promised.unit;
  const { bundle, feeSchedule } = item;
  return {
    code: item.code,
    name: item.name,
    kind: small(item.kind),
    processingClass: FILE_CLASS_OF[item.processingClass],
    decidingTier: small(item.decidingTier),
    acceptingTiers: item.acceptingTiers.map(small),
    statutoryDays: item.statutory?.days ?? null,
    promisedDays: promised.days,
    statutoryUnit: small(statutoryUnit),
    ...(promised.unit === statutoryUnit ? {} : { promisedUnit: small(promised.unit) }),
    ...(greenChannel === null ? {} : { greenChannel: { ...greenChannel, unit: small(greenChannel.unit) } }),
    ...(urgent === null ? {} : { urgent: { ...urgent, unit: small(urgent.unit) } }),
    legalBasis: item.legalBasis,
    materials: materials.map(materialEntryOf),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(fields.length === 0 ? {} : { fields: fields.map(fieldEntryOf) }),
    department: item.department,
    feeSchedule: feeSchedule && {
      base: feeSchedule.baseFen === null ? null : feeSchedule.baseFen / 100,
      currency: 'CNY' as const,
      unit: feeSchedule.unit,
      ...(feeSchedule.note === null ? {} : { note: feeSchedule.note }),
      rates: feeSchedule.rates,
    },
    delegableTo: item.delegableTo.map(small),
    proxyAllowed: item.proxyAllowed,
    ...(item.audiences.length === 0 ? {} : { audiences: item.audiences.map(small) }),
    ...(item.lifeEvents.length === 0 ? {} : { lifeEvents: item.lifeEvents }),
    ...(item.hierarchy === null ? {} : { hierarchy: item.hierarchy }),
    ...(item.powerSource === 'STATUTORY' ? {} : { powerSource: small(item.powerSource) }),
    ...(item.handlingWay === 'OWN' ? {} : { handlingWay: small(item.handlingWay) }),
    ...(item.window === null ? {} : { window: item.window }),
    ...(item.crossDistrict === 'NONE' ? {} : { crossDistrict: small(item.crossDistrict) }),
    ...(item.excludedTime.length === 0 ? {} : { excludedTime: item.excludedTime.map(small) }),
    ...(item.crossDistrictWays.length === 0 ? {} : { crossDistrictWays: item.crossDistrictWays.map(small) }),
    ...(item.supervisionWay === null ? {} : { supervisionWay: item.supervisionWay }),
    ...(item.signOff === null ? {} : { signOff: { ...item.signOff, level: small(item.signOff.level) } }),
    ...(item.hearing === 'NONE' ? {} : { hearing: small(item.hearing) }),
    ...(item.substanceCheck ? { substanceCheck: true } : {}),
    ...(item.renewalDays === 30 ? {} : { renewalDays: item.renewalDays }),
    ...(item.collectiveDecision ? { collectiveDecision: true } : {}),
    ...(item.payBeforeDocument ? { payBeforeDocument: true } : {}),
    ...(item.deliverBeforePayment ? { deliverBeforePayment: true } : {}),
    maxVisits,
    note: item.note,
    verified: item.verified,
    ...(bundle === null ? {} : { bundle: bundleEntryOf(bundle) }),
    ...(item.status === 'IN_FORCE' ? {} : { status: small(item.status) }),
    effectiveFrom: item.effectiveFrom,
    ...(item.effectiveTo === null ? {} : { effectiveTo: item.effectiveTo }),
  };
}

const FILE_CLASS_OF = Object.fromEntries(Object.entries(FILE_CLASSES).map(([word, value]) => [value, word])) as Record<
  Item['processingClass'],
  keyof typeof FILE_CLASSES
>;

function small<T extends string>(word: T): Lowercase<T> {
  return word.toLowerCase() as Lowercase<T>;
}

function materialEntryOf({
  name,
  required,
  providedBy,
  held,
}: MaterialRequirement): CatalogueEntryJson['materials'][number] {
  if (required && providedBy === 'APPLICANT' && !held) return name;
  return { name, required, providedBy: small(providedBy), held };
}

function fieldEntryOf<F extends FormField>({ pattern, ...field }: F) {
  return { ...field, ...(pattern === null ? {} : { pattern }) };
}

function bundleEntryOf({ form, provides, mode, ...bundle }: NonNullable<Item['bundle']>): CatalogueEntryJson['bundle'] {
  return {
    ...bundle,
    mode: mode ?? undefined,
    ...(form.length === 0 ? {} : { form: form.map(fieldEntryOf) }),
    ...(provides.length === 0 ? {} : { provides }),
  };
}
