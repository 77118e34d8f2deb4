import { z } from 'zod';
import { dayInput, optionalDay } from '../../operation/input-parts.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, word } from '../../operation/fields.ts';
import type { InputOf } from '../../operation/operation.ts';
import { mutation, query } from '../../operation/operation.ts';
import { OPINION, OPINIONS } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { reasonInput } from '../catalogue/element-inputs.ts';
import { REVIEW_DESK, REVIEW_DESKS } from '../catalogue/words.ts';
import {
  ITEM_FORM_KIND,
  ITEM_FORM_KINDS,
  itemFormSchema,
  itemFormType,
  MAX_ITEM_FORM_BYTES,
} from '../catalogue/item-forms.ts';
import { draftInput } from './draft-input.ts';
import { Item, ItemDraft, ItemHistory } from './views.ts';

/**
 * The changes of an item, oldest first, and its open draft.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN
 */
export const itemHistory = query('itemHistory', {
  zh: '事项变更记录',
  about: ', at the city for its cataloguers, reviewers and supervisors.',
  by: 'READ_ITEM_HISTORY',
  article: ARTICLES.itemLife,
  input: {
    code: z.string().meta({ scalar: 'ID' }),
    division: askedDivision.meta({ description: "The city; the viewer's own desk when left out." }),
  },
  route: { by: 'division', path: ['division'], otherwise: 'viewer' },
  answer: ItemHistory,
});

/**
 * Drafts a new item, or a change of one.
 * @throws {ProblemError} FORBIDDEN, BAD_INPUT, CATALOGUE_INVALID, REASON_MISSING; ILLEGAL_STEP if it changes nothing
 */
export const draftItem = mutation('draftItem', {
  zh: '起草',
  about: 'a new item, or a change of one. What is left out stays as it is; a changed draft is reviewed again.',
  by: 'DRAFT_ITEM',
  article: ARTICLES.itemLife,
  inputType: 'ItemDraftInput',
  input: draftInput,
  answer: ItemDraft,
  keyedAs: 'draft',
});

export type ItemDraftInput = InputOf<typeof draftItem>;

/**
 * Attaches a form to the draft of an item, or drafts a change with it. It takes the place of one of the same title.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN, BAD_INPUT, REASON_MISSING, PAYLOAD_TOO_LARGE, MATERIAL_MISLABELLED,
 *   MATERIAL_ENCRYPTED, MATERIAL_TORN, MATERIAL_OVERSIZED, MATERIAL_ACTIVE; ILLEGAL_STEP if it changes nothing
 */
export const attachItemForm = mutation('attachItemForm', {
  zh: '上载表格、样表',
  about:
    'a blank form or a filled sample (PDF, DOCX, XLSX, JPEG, PNG; at most 2 MiB) for a material of an item, in its draft. It takes the place of one of the same title; a changed draft is reviewed again.',
  by: 'DRAFT_ITEM',
  article: ARTICLES.itemLife,
  input: {
    code: id(50),
    material: itemFormSchema.shape.material,
    kind: word(ITEM_FORM_KIND, ITEM_FORM_KINDS),
    title: itemFormSchema.shape.title,
    fileName: itemFormSchema.shape.fileName,
    mediaType: itemFormType,
    content: z
      .string()
      .max(Math.ceil(MAX_ITEM_FORM_BYTES / 3) * 4, `is above ${MAX_ITEM_FORM_BYTES} bytes`)
      .meta({ scalar: 'Base64' }),
    reason: reasonInput,
  },
  answer: ItemDraft,
  keyedAs: 'attachForm',
});

/**
 * Takes a form out of the draft of an item, or drafts a change without it.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN, NOT_FOUND, REASON_MISSING
 */
export const detachItemForm = mutation('detachItemForm', {
  zh: '撤下表格、样表',
  about: 'in the draft of an item, by its title. A form that a published version named stays where guides led to it.',
  by: 'DRAFT_ITEM',
  article: ARTICLES.itemLife,
  input: { code: id(50), title: itemFormSchema.shape.title, reason: reasonInput },
  answer: ItemDraft,
  keyedAs: 'detachForm',
});

/**
 * Gives one desk's opinion of a draft.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, SAME_PERSON, REASON_MISSING, ILLEGAL_STEP
 */
export const reviewItemDraft = mutation('reviewItemDraft', {
  zh: '审核',
  about: ', by one desk: legality, reasonableness or compliance.',
  by: 'REVIEW_ITEM',
  article: ARTICLES.threeDesks,
  input: {
    code: id(50),
    desk: word(REVIEW_DESK, REVIEW_DESKS),
    opinion: word(OPINION, OPINIONS),
    remarks: z
      .string()
      .trim()
      .max(2000)
      .nullish()
      .transform((v) => v || null)
      .meta({ description: 'Needed for an objection.' }),
  },
  answer: ItemDraft,
  keyedAs: 'review',
});

/**
 * Publishes an approved draft to every node below.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, ITEM_NOT_REVIEWED; BAD_INPUT for a day that has passed
 */
export const publishItem = mutation('publishItem', {
  zh: '发布',
  about: 'to every node below, in force from a day on.',
  by: 'PUBLISH_ITEM',
  article: ARTICLES.threeDesks,
  input: { code: id(50), effectiveFrom: dayInput },
  answer: Item,
  keyedAs: 'publish',
});

/**
 * Takes an item out of use for a time.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN, ILLEGAL_STEP, REASON_MISSING, BAD_INPUT
 */
export const suspendItem = mutation('suspendItem', {
  zh: '暂停',
  by: 'PUBLISH_ITEM',
  article: ARTICLES.itemLife,
  input: {
    code: id(50),
    reason: reasonInput,
    from: optionalDay.meta({ description: 'Today when left out.' }),
    until: optionalDay.meta({ description: 'The first day it is in use again; without it, until a draft says so.' }),
  },
  answer: Item,
  keyedAs: 'suspend',
});

/**
 * Ends an item by a day.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN, ILLEGAL_STEP, REASON_MISSING, BAD_INPUT
 */
export const cancelItem = mutation('cancelItem', {
  zh: '取消',
  about: 'by a day; until the day before it may be applied for.',
  by: 'PUBLISH_ITEM',
  article: ARTICLES.itemLife,
  input: {
    code: id(50),
    reason: reasonInput,
    effectiveTo: dayInput.meta({ description: 'The first day it is not in use any more.' }),
  },
  answer: Item,
  keyedAs: 'cancel',
});

export const itemLife = domain('itemLife', {
  zh: '事项动态管理',
  role: 'catalogue',
  operations: {
    itemHistory,
    draftItem,
    attachItemForm,
    detachItemForm,
    reviewItemDraft,
    publishItem,
    suspendItem,
    cancelItem,
  },
});
