import { z } from 'zod';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { Tier } from '../../kernel/words.ts';
import {
  AUDIENCES,
  CROSS_DISTRICT_WAYS,
  CROSS_DISTRICTS,
  DAY_UNIT,
  DAY_UNITS,
  FLOW_STEPS,
  HANDLING_WAYS,
  HEARING_NEEDS,
  ITEM_KINDS,
  ITEM_STATUSES,
  MATERIAL_SOURCES,
  ONLINE_DEPTHS,
  POWER_SOURCES,
  PROCESSING_CLASSES,
  SIGN_OFF_LEVELS,
} from './item-words.ts';
import { SPECIAL_PROCEDURES } from '../../case/words.ts';
import { TIERS } from '../../kernel/words.ts';
import { itemFormSchema, MAX_ITEM_FORMS } from './item-forms.ts';
import { word } from '../../operation/fields.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { isDay } from '../../kernel/calendar.ts';

const day = z.string().refine(isDay, 'a day YYYY-MM-DD');
const text = z.string().min(1);

/** Whole days, or half working days by the centre's rule ({@link ARTICLES.halfDays}); plain days have no halves. */
export const limitSchema = z
  .object({ days: z.number().min(0).max(3650).multipleOf(0.5), unit: word(DAY_UNIT, DAY_UNITS) })
  .refine(({ days, unit }) => unit === 'WORKDAY' || Number.isInteger(days), {
    path: ['days'],
    message: 'only working days have halves',
  });

/** A material an item asks for. */
export const materialRequirementSchema = z.object({
  name: text,
  required: z.boolean(),
  /** The source of the material. People are not asked for what data sharing or another agency gives. */
  providedBy: z.enum(MATERIAL_SOURCES).default('APPLICANT'),
  /** Whether the system already holds it, so that the applicant need not bring it again. */
  held: z.boolean().default(false),
});
export type MaterialRequirement = z.infer<typeof materialRequirementSchema>;

/** The item's place in its hierarchy: 主项, 子项; the item itself is the 办理项. */
export const hierarchySchema = z.object({
  main: z.object({ code: text, name: text }),
  sub: z.object({ code: text, name: text }).nullable().default(null),
});

/** The highest level that signs a decision, and the most people who sign. */
export const signOffSchema = z.object({ level: z.enum(SIGN_OFF_LEVELS), maxLayers: z.int().min(1).max(9) });

/** 收费项目: base amount in fen (null: by the surveyors' own schedules), and the share each category pays. */
export const feeScheduleSchema = z.object({
  baseFen: z.int().min(0).nullable().default(null),
  unit: z.string().min(1),
  note: z.string().nullable().default(null),
  rates: z.array(z.object({ category: z.string().min(1), percent: z.int().min(0).max(100) })).min(1),
});

export type FeeSchedule = z.infer<typeof feeScheduleSchema>;
/** A text that is a regular expression; the whole value has to match it. */
const pattern = text.max(200).refine((source) => {
  try {
    return new RegExp(`^(?:${source})$`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}, 'a regular expression');

/** A field of an item's form (表单字段). */
export const formFieldSchema = z.object({
  name: text.max(60),
  label: text.max(100),
  required: z.boolean(),
  /** Pattern the whole value has to match; null for any text. */
  pattern: pattern.nullable().default(null),
});
export type FormField = z.infer<typeof formFieldSchema>;

/** A field of a bundle's one form (一表式), and which fields of its members' forms it fills. */
export const bundleFieldSchema = formFieldSchema.extend({
  fills: z.array(z.object({ item: text, field: text })).min(1),
});
export type BundleField = z.infer<typeof bundleFieldSchema>;

/** Several items on one form (一件事) or several departments on one site (联合测量, 联合验收). */
export const bundleSchema = z.object({
  lead: z.string().min(1),
  members: z.array(z.string().min(1)),
  sequence: z.array(z.array(z.string().min(1))),
  departments: z.array(z.string().min(1)),
  mode: z.string().nullable().default(null),
  silentApproval: z.boolean(),
  absenceDefault: z.boolean(),
  /** 一表式: the one form whose fields fill the members' forms. */
  form: z.array(bundleFieldSchema).default([]),
  /** The material that a member's result serves as for later members: 营业执照 for the seal maker. */
  provides: z.array(z.object({ item: text, material: text })).default([]),
});
export type Bundle = z.infer<typeof bundleSchema>;

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
  /** 服务对象: audiences of the item; empty for all. */
  audiences: z.array(z.enum(AUDIENCES)).default([]),
  /** 人生事项: the item's everyday names, 养老 or 开办企业. */
  lifeEvents: z.array(z.string().min(1)).default([]),
  feeSchedule: feeScheduleSchema.nullable(),
  bundle: bundleSchema.nullable(),
  /** 表格、样表 to download; left out where there are none, as by a program that knows no forms. */
  forms: z.array(itemFormSchema).min(1).max(MAX_ITEM_FORMS).optional(),
  hierarchy: hierarchySchema.nullable().default(null),
  powerSource: z.enum(POWER_SOURCES).default('STATUTORY'),
  handlingWay: z.enum(HANDLING_WAYS).default('OWN'),
  /** 办理窗口: the window, or kind of window, all centres put the item at; null where they choose. */
  window: text.nullable().default(null),
  crossDistrict: z.enum(CROSS_DISTRICTS).default('NONE'),
  /** 通办方式; every one where none is named. */
  crossDistrictWays: z.array(z.enum(CROSS_DISTRICT_WAYS)).default([]),
  /** 监督方式: where people complain, and who looks. */
  supervisionWay: text.nullable().default(null),
  /** Null where the basis sets no bound to signatures. */
  signOff: signOffSchema.nullable().default(null),
  /** Procedures the item's own basis takes out of its limit, beyond those the law does (Art. 45). */
  excludedTime: z.array(z.enum(SPECIAL_PROCEDURES)).default([]),
  /** 听证: whether a licence is decided after a hearing, or after one was offered (Art. 46, 47). */
  hearing: z.enum(HEARING_NEEDS).default('NONE'),
  /** 实质核查: the materials' substance is checked, by two of staff (Art. 34). */
  substanceCheck: z.boolean().default(false),
  /** Days before a licence's expiry by which its renewal is asked for; thirty unless the item's basis says otherwise (Art. 50). */
  renewalDays: z.int().min(0).max(365).default(30),
  /** 集体决定: decided by a meeting, not by one person. */
  collectiveDecision: z.boolean().default(false),
  /** 先缴费后发证: no approval document before the amount due is paid. */
  payBeforeDocument: z.boolean().default(false),
  /** 容缺缴费: the document is delivered while something is still due; the case closes when it is paid. */
  deliverBeforePayment: z.boolean().default(false),
  note: z.string().nullable(),
  /** False while the days or the basis are not checked against the text in force. */
  verified: z.boolean(),
  status: z.enum(ITEM_STATUSES),
  effectiveFrom: day,
  effectiveTo: day.nullable(),
  standard: z.object({
    promised: limitSchema,
    /** 绿色通道时限 of key projects' cases, from acceptance; null if the item has no such limit. */
    greenChannel: limitSchema.nullable().default(null),
    /** 特急时限, from the day the materials are in; null if the item has no such limit. */
    urgent: limitSchema.nullable().default(null),
    materials: z.array(materialRequirementSchema),
    maxVisits: z.int().min(0),
    /** 受理条件. */
    conditions: z.array(text).default([]),
    /** 表单字段: data an application states beside the applicant. */
    fields: z.array(formFieldSchema).default([]),
  }),
});
export type Item = z.infer<typeof itemSchema>;

/** 裁量基准: under which circumstance which standard holds. */
export const discretionSchema = z.object({
  /** What a decision cites it by, unique in its implementation. */
  id: text.max(20),
  circumstance: text,
  standard: text,
});
type Discretion = z.infer<typeof discretionSchema>;

/** 裁量基准 as they are stated: one without an id gets the first whole number that no other has. */
const discretionsSchema = z
  .array(discretionSchema.extend({ id: discretionSchema.shape.id.nullish() }))
  .transform((stated): Discretion[] => {
    const taken = new Set(stated.map(({ id }) => id));
    let last = 0;
    const free = (): string => {
      do last += 1;
      while (taken.has(String(last)));
      return String(last);
    };
    return stated.map(({ id, ...rest }) => ({ id: id ?? free(), ...rest }));
  });

/** 办理环节 of the published flow: a check, its standard, limit and post. */
export const stageSchema = z.object({
  name: text,
  standard: text,
  limit: limitSchema.nullable().default(null),
  post: text,
  person: text.nullable().default(null),
  /** The step of the flow it is part of; null: by its name, see `stepOfStage`. */
  step: z.enum(FLOW_STEPS).nullable().default(null),
});
export type Stage = z.infer<typeof stageSchema>;

/** 责任人: who answers for the item at a node. */
export const inChargeSchema = z.object({
  post: text,
  person: text.nullable().default(null),
  phone: text.nullable().default(null),
});

/** Contact for questions or complaints. */
export const contactSchema = z.object({ name: text, phone: text });

/** How a deciding node carries an item out (实施清单). */
export const implementationSchema = z.object({
  item: z.string().min(1),
  itemVersion: z.int().min(1),
  node: z.string().refine(isDivisionCode, 'a division code'),
  version: z.int().min(1),
  promised: limitSchema,
  /** 绿色通道时限 and 特急时限, as in the item's standard; never longer than the promise. */
  greenChannel: limitSchema.nullable().default(null),
  urgent: limitSchema.nullable().default(null),
  materials: z.array(materialRequirementSchema),
  maxVisits: z.int().min(0),
  conditions: z.array(text).default([]),
  discretion: discretionsSchema.default([]),
  stages: z.array(stageSchema).default([]),
  /** The fee schedule of this node; null if the item's applies. */
  feeSchedule: feeScheduleSchema.nullable().default(null),
  windows: z.array(text).default([]),
  /** 办公时间, as people read it. */
  hours: text.nullable().default(null),
  contacts: z.array(contactSchema).default([]),
  /** Null until the node has said it. */
  onlineDepth: z.enum(ONLINE_DEPTHS).nullable().default(null),
  /** 办理地点, as people find it. */
  place: text.nullable().default(null),
  /** Null until the node has said it. */
  inCharge: inChargeSchema.nullable().default(null),
  /** False while what the node states of its own is not checked against the texts in force. */
  verified: z.boolean().default(true),
});
export type Implementation = z.infer<typeof implementationSchema>;

/** The implementation a deciding node starts with: the city's standard. */
export function standardImplementation(item: Item, node: DivisionCode, version: number): Implementation {
  return implementationSchema.parse({
    item: item.code,
    itemVersion: item.version,
    node,
    version,
    ...item.standard,
  });
}

/** 收费标准 of an item at a node: the implementation's, else the item's; null if it is free. */
export function scheduleOf(
  item: Pick<Item, 'feeSchedule'>,
  implementation: Pick<Implementation, 'feeSchedule'> | null,
): FeeSchedule | null {
  return implementation?.feeSchedule ?? item.feeSchedule;
}

/**
 * Only items in force may be taken in or accepted. Their own dates decide, so that a node that was offline when an item
 * was cancelled also refuses it.
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
