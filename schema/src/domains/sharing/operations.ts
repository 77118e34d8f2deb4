import { z } from 'zod';
import type { DataRequestView, GivenField } from './views.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { clearAnswer, personalOfCase } from '../../operation/personal-field.ts';
import { askedDivision, id, requiredDivision } from '../../operation/fields.ts';
import { text } from '../../operation/input-parts.ts';
import type { InputOf } from '../../operation/operation.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ASKED_DIVISION, NAMED_DIVISION } from '../../operation/route.ts';
import { purpose } from '../reads/rules.ts';
import { ClearNumber } from '../reads/views.ts';
import { DataLight, DataOffer, DataRequest, DataUse, Material } from './views.ts';

const ofCase = {
  input: {
    case: z.string().meta({ scalar: 'ID' }),
    division: askedDivision.meta({ description: 'The desk that is asked; the own one when left out.' }),
  },
  route: ASKED_DIVISION,
};

/** The offers a desk knows: its own, and those of the desks above it. */
export const dataOffers = query('dataOffers', {
  zh: '数据共享目录',
  about: "what a division's desk offers and knows to be offered above it.",
  by: 'LOGIN',
  article: ARTICLES.sharedData,
  input: {
    division: requiredDivision,
    material: z
      .string()
      .nullish()
      .transform((v) => v ?? null)
      .meta({ description: 'Only what replaces this material.' }),
  },
  route: NAMED_DIVISION,
  answer: listOf(DataOffer),
});

/**
 * The requests of a case, oldest first; values for those who handle it.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export const dataRequests = query('dataRequests', {
  zh: '数据共享请求',
  about: 'what was asked for a case, as one desk knows it.',
  by: 'READ_CASE',
  article: ARTICLES.sharedData,
  oneCase: true,
  ...ofCase,
  answer: listOf(DataRequest),
});

/**
 * Names of the materials that sharing gave for a case.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export const suppliedMaterials = query('suppliedMaterials', {
  zh: '免提交材料',
  about: 'materials of a case that sharing gave, so that they need not be handed in.',
  by: 'READ_CASE',
  article: ARTICLES.sharedData,
  oneCase: true,
  ...ofCase,
  answer: listOf(Material),
});

/**
 * For the person a case is about: the requests for their data, without values.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code
 */
export const dataUse = query('dataUse', {
  zh: '个人数据使用记录',
  about: 'for the person a case is about, with number and tracking code: who asked whom for what. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.toldAndAgreed,
  input: { number: z.string(), code: z.string() },
  route: { by: 'prefix', argument: 'number', copyAt: null },
  answer: listOf(DataUse),
});

/**
 * For supervisors of the division: the lights it raised, newest first, at most 200.
 * @throws {ProblemError} FORBIDDEN
 */
export const dataLights = query('dataLights', {
  zh: '数据共享预警',
  about: 'requests outside their grant that a node saw, newest first; for supervisors.',
  by: 'READ_LIGHTS',
  article: ARTICLES.statutoryDuty,
  input: { division: requiredDivision },
  route: NAMED_DIVISION,
  answer: listOf(DataLight),
});

/**
 * Asks the offering node; the answer comes later. That node checks whether the offer allows it.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, ITEM_UNKNOWN, WRONG_DEPARTMENT, NOT_CUSTODIAN, CASE_IN_TRANSIT,
 * ILLEGAL_STEP, NOT_IN_ROSTER, HELPER_LIMITED, TRAINING_LAPSED, ITEM_WITHHELD; BAD_INPUT for an offer that names no
 * node
 */
export const requestData = mutation('requestData', {
  zh: '数据共享请求',
  about: "asks the offering node for data on a case's applicant; waits while the line is cut.",
  by: 'REQUEST_DATA',
  judgedBy: 'RULES',
  article: ARTICLES.sharedData,
  oneCase: true,
  input: {
    case: id(),
    offer: id(60),
    fields: z
      .array(text(60))
      .min(1, 'name at least one')
      .max(60)
      .meta({ description: 'Names of the fields, no more than the purpose needs.' }),
  },
  answer: DataRequest,
});
export type RequestDataInput = InputOf<typeof requestData>;

/**
 * One shared value in the clear: in lists, the numbers in it are masked.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, REASON_MISSING, BAD_INPUT
 */
export const showSharedValue = query('showSharedValue', {
  zh: '查看共享数据完整信息',
  about:
    'one value in the clear, for the desks that handle the case; the purpose is written into the log of reads first.',
  by: 'SHOW_PERSONAL_DATA',
  oneCase: true,
  article: ARTICLES.readsAudited,
  input: {
    division: requiredDivision,
    case: z.string().meta({ scalar: 'ID' }),
    request: z.string().meta({ scalar: 'ID' }),
    field: z.string().meta({ description: 'Name of the field.' }),
    purpose,
  },
  route: NAMED_DIVISION,
  answer: ClearNumber,
});

export const sharing = domain('sharing', {
  zh: '数据共享',
  role: 'sharing',
  personal: {
    // for every question that returns it: a repeated request also returns the data given meanwhile
    'DataRequest.fields': {
      ...personalOfCase('value'),
      subject: (source) => (source as DataRequestView).caseId,
      shows: (value) => (value as GivenField[]).some((field) => field.value !== null),
    },
    'Query.showSharedValue': clearAnswer(() => 'DataRequest.fields.value'),
  },
  operations: { dataOffers, dataRequests, showSharedValue, suppliedMaterials, dataUse, dataLights, requestData },
});
