import {
  AUDIENCE,
  CROSS_DISTRICT,
  CROSS_DISTRICT_WAY,
  HANDLING_WAY,
  HEARING_NEED,
  ITEM_KIND,
  POWER_SOURCE,
  PROCESSING_CLASS,
  SIGN_OFF_LEVEL,
} from '../catalogue/item-words.ts';
import { z } from 'zod';
import { idempotencyKey } from '../../operation/input-parts.ts';
import { id, word } from '../../operation/fields.ts';
import { SPECIAL_PROCEDURE, SPECIAL_PROCEDURES } from '../../case/words.ts';
import { TIER, TIERS } from '../../kernel/words.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { feeScheduleInput, limitInput, promiseInputs, reasonInput, textsInput } from '../catalogue/element-inputs.ts';
import * as words from '../catalogue/item-words.ts';

const tiers = z.array(word(TIER, TIERS)).nullish();
const flag = z.boolean().nullish();
const text = z.string().nullish();

const bundle = z
  .object({
    absenceDefault: z.boolean(),
    departments: z.array(z.string()),
    form: z
      .array(
        z
          .object({
            fills: z.array(z.object({ field: z.string(), item: z.string() }).meta({ inputType: 'BundleFillInput' })),
            label: z.string(),
            name: z.string(),
            pattern: text,
            required: z.boolean(),
          })
          .meta({ inputType: 'BundleFieldInput' }),
      )
      .nullish()
      .meta({ description: '一表式' }),
    lead: z.string(),
    members: z.array(z.string()),
    mode: text,
    provides: z
      .array(z.object({ item: z.string(), material: z.string() }).meta({ inputType: 'BundleProvidesInput' }))
      .nullish()
      .meta({ description: "What a member's result is to those that follow it." }),
    sequence: z.array(z.array(z.string())),
    silentApproval: z.boolean(),
  })
  .nullish()
  .meta({ inputType: 'BundleInput' });

const rank = z.object({ code: z.string(), name: z.string() }).meta({ inputType: 'ItemRankInput' });
const formField = z
  .object({
    label: z.string(),
    name: z.string(),
    pattern: text.meta({ description: 'A regular expression that the whole value matches.' }),
    required: z.boolean(),
  })
  .meta({ inputType: 'FormFieldInput' });

/** Every element that a draft may have, in the order of the item's own schema. */
const elements = {
  name: text,
  kind: word(ITEM_KIND, words.ITEM_KINDS).nullish(),
  processingClass: word(PROCESSING_CLASS, words.PROCESSING_CLASSES).nullish(),
  decidingTier: word(TIER, TIERS).nullish(),
  acceptingTiers: tiers,
  statutory: limitInput.nullish(),
  legalBasis: text,
  department: text,
  delegableTo: tiers,
  proxyAllowed: flag,
  audiences: z.array(word(AUDIENCE, words.AUDIENCES)).nullish().meta({ description: '服务对象; empty for all.' }),
  lifeEvents: textsInput,
  feeSchedule: feeScheduleInput,
  bundle,
  hierarchy: z.object({ main: rank, sub: rank.nullish() }).nullish().meta({ inputType: 'ItemHierarchyInput' }),
  powerSource: word(POWER_SOURCE, words.POWER_SOURCES).nullish(),
  handlingWay: word(HANDLING_WAY, words.HANDLING_WAYS).nullish(),
  window: text,
  crossDistrict: word(CROSS_DISTRICT, words.CROSS_DISTRICTS).nullish(),
  crossDistrictWays: z.array(word(CROSS_DISTRICT_WAY, words.CROSS_DISTRICT_WAYS)).nullish(),
  supervisionWay: text,
  signOff: z
    .object({ level: word(SIGN_OFF_LEVEL, words.SIGN_OFF_LEVELS), maxLayers: z.int() })
    .nullish()
    .meta({ inputType: 'SignOffInput' }),
  excludedTime: z
    .array(word(SPECIAL_PROCEDURE, SPECIAL_PROCEDURES))
    .nullish()
    .meta({ description: "特别程序 that the item's own basis takes out of its limit, beyond those the law does." }),
  hearing: word(HEARING_NEED, words.HEARING_NEEDS).nullish(),
  substanceCheck: flag,
  renewalDays: z.int().nullish(),
  collectiveDecision: flag,
  payBeforeDocument: flag,
  deliverBeforePayment: flag,
  note: text,
  verified: flag,
} satisfies Record<Exclude<keyof Item, 'standard' | 'code' | SetByItsLife>, z.ZodType>;

type SetByItsLife = 'forms' | 'version' | 'status' | 'effectiveFrom' | 'effectiveTo';

const standard = {
  ...promiseInputs,
  fields: z.array(formField).nullish().meta({ description: '表单字段' }),
} satisfies Record<keyof Item['standard'], z.ZodType>;

/** A draft of an item. The key keeps its place, because idempotency keys are hashed with the input as text. */
export const draftInput = { code: id(50), reason: reasonInput, idempotencyKey, ...elements, ...standard };
