import { z } from 'zod';
import { dayInput, optionalDay, optionalText, text } from '../../operation/input-parts.ts';
import { NAMED_DIVISION } from '../../operation/route.ts';
import { domain } from '../../operation/domain.ts';
import { id, requiredDivision, word } from '../../operation/fields.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { WINDOW_STAGE, WINDOW_STAGES } from '../../kernel/words.ts';
import { FullAuthority, PowerTransfer, Seal, ServiceWindow } from './views.ts';

const atDivision = { input: { division: requiredDivision }, route: NAMED_DIVISION };
/** @example A01 */
export const windowCode = z
  .string()
  .trim()
  .regex(/^[A-Z0-9]{1,10}$/, 'is no window code such as A01')
  .meta({ scalar: 'ID' });
const placeText = (max: number) => z.string().trim().max(max).nullish();
const term = { from: dayInput, until: optionalDay };

/** Windows that are open today. */
export const windows = query('windows', {
  zh: '窗口',
  about: 'those that are open today. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.windowAuthority,
  ...atDivision,
  answer: listOf(ServiceWindow),
});

/**
 * The node's register of seals, past ones included.
 * @throws {ProblemError} FORBIDDEN
 */
export const seals = query('seals', {
  zh: '印章',
  about: "the register of the node's departments, past seals included.",
  by: 'READ_OFFICES',
  article: ARTICLES.seal,
  ...atDivision,
  answer: listOf(Seal),
});

/** Transfers of departments' powers to bureaus, past ones included. */
export const powerTransfers = query('powerTransfers', {
  zh: '划转',
  about: 'whose powers are with which bureau. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.concentratedPowers,
  ...atDivision,
  answer: listOf(PowerTransfer),
});

/**
 * How much of each item can be done on the spot today.
 * @throws {ProblemError} FORBIDDEN
 */
export const fullAuthority = query('fullAuthority', {
  zh: '充分授权',
  about: 'how far items can be done on the spot today, at windows and at the nodes below.',
  by: 'READ_OFFICES',
  article: ARTICLES.windowAuthority,
  ...atDivision,
  answer: FullAuthority,
});

/**
 * Opens a window, or opens a closed one again.
 * @throws {ProblemError} OFFICE_CONFLICT while it is open; BAD_INPUT for a term that ends before it begins
 */
export const openWindow = mutation('openWindow', {
  zh: '设立窗口',
  by: 'KEEP_WINDOWS',
  article: ARTICLES.windowAuthority,
  input: {
    code: windowCode,
    name: text(100),
    department: optionalText(50).meta({ description: 'Left out for a comprehensive window.' }),
    ...term,
    // left out, they are no part of the text that idempotency keys are hashed with
    place: placeText(200).meta({ description: 'Where it is.' }),
    hours: placeText(200).meta({ description: '办公时间' }),
    phone: placeText(60),
  },
  answer: ServiceWindow,
});

/**
 * Gives a window its last day.
 * @throws {ProblemError} NOT_FOUND; BAD_INPUT for a day before its first
 */
export const closeWindow = mutation('closeWindow', {
  zh: '撤销窗口',
  by: 'KEEP_WINDOWS',
  article: ARTICLES.windowAuthority,
  input: { code: windowCode, until: dayInput.meta({ description: 'Its last day.' }) },
  answer: ServiceWindow,
});

/**
 * Lets a window do stages of an item in a department's name.
 * @throws {ProblemError} ITEM_UNKNOWN, WRONG_DEPARTMENT, NOT_COMPETENT, OFFICE_CONFLICT, BAD_INPUT
 */
export const authorizeWindow = mutation('authorizeWindow', {
  zh: '窗口授权',
  about: 'a department lets a window do stages of an item.',
  by: 'AUTHORIZE_WINDOW',
  article: ARTICLES.windowAuthority,
  input: {
    window: windowCode,
    item: id(50),
    department: text(50).meta({ description: 'The department or bureau whose power it is.' }),
    stages: z
      .array(word(WINDOW_STAGE, WINDOW_STAGES))
      .min(1)
      .transform((stages) => WINDOW_STAGES.filter((stage) => stages.includes(stage))),
    ...term,
  },
  answer: ServiceWindow,
});

const revocation = {
  id: z.uuid().meta({ scalar: 'ID' }),
  on: dayInput.meta({ description: 'The first day without it.' }),
  // may be empty: the rule refuses that, and cites its source
  reason: z.string().trim().max(1000),
};

/**
 * Takes an authorization back from a day on.
 * @throws {ProblemError} NOT_FOUND, WRONG_DEPARTMENT, REASON_MISSING; BAD_INPUT for a day that has passed
 */
export const revokeWindowAuthority = mutation('revokeWindowAuthority', {
  zh: '收回窗口授权',
  by: 'AUTHORIZE_WINDOW',
  article: ARTICLES.windowAuthority,
  inputType: 'RevokeInput',
  input: revocation,
  answer: ServiceWindow,
  keyedAs: 'revokeAuthority',
});

/**
 * Registers a department's seal.
 * @throws {ProblemError} WRONG_DEPARTMENT, OFFICE_CONFLICT; BAD_INPUT for a term that ends before it begins
 */
export const registerSeal = mutation('registerSeal', {
  zh: '印章登记',
  by: 'KEEP_SEALS',
  article: ARTICLES.seal,
  input: { name: text(100), department: text(50), keeper: text(50), ...term },
  answer: Seal,
});

/**
 * Ends a seal from a day on.
 * @throws {ProblemError} NOT_FOUND, WRONG_DEPARTMENT, REASON_MISSING; BAD_INPUT for a day that has passed
 */
export const revokeSeal = mutation('revokeSeal', {
  zh: '印章停用',
  by: 'KEEP_SEALS',
  article: ARTICLES.seal,
  inputType: 'RevokeInput',
  input: revocation,
  answer: Seal,
});

/**
 * Gives a bureau the powers of several departments; it succeeds for all or for none.
 * @throws {ProblemError} OFFICE_CONFLICT; BAD_INPUT for a basis that is not a citation
 */
export const transferPowers = mutation('transferPowers', {
  zh: '划转',
  about: "a bureau holds several departments' powers from a day on; their own seals are put away.",
  by: 'TRANSFER_POWERS',
  article: ARTICLES.concentratedPowers,
  input: {
    bureau: text(50),
    departments: z.array(text(50)).min(1).max(100),
    basis: text(500).meta({ description: 'Say 《行政许可法》第二十五条.' }),
    ...term,
  },
  answer: listOf(PowerTransfer),
});

export const offices = domain('offices', {
  zh: '部门与窗口',
  role: 'offices',
  operations: {
    windows,
    seals,
    powerTransfers,
    fullAuthority,
    openWindow,
    closeWindow,
    authorizeWindow,
    revokeWindowAuthority,
    registerSeal,
    revokeSeal,
    transferPowers,
  },
});
