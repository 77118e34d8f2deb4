import { z } from 'zod';
import type { Material } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { fromNode, ruledStep } from '../../operation/case-step.ts';
import { domain } from '../../operation/domain.ts';
import { clearAnswer, personalAnswer, personalOfCase } from '../../operation/personal-field.ts';
import { ASKED_DIVISION, byKeys } from '../../operation/route.ts';
import { askedDivision, wordOf } from '../../operation/fields.ts';
import { purpose } from '../reads/rules.ts';
import { ClearNumber } from '../reads/views.ts';
import type { ApplicationNumber } from './words.ts';
import { APPLICATION_NUMBER } from './words.ts';
import { asText } from '../../operation/merging.ts';
import { filingNodeOf } from '../../kernel/identifiers.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import type { InputOf } from '../../operation/operation.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { grade } from '../handling/operations-ending.ts';
import { applicantInput, consentInput, formInput, lateInput, renewalInput } from './application-input.ts';
import { arrangedMaterialsInput, materialsInput } from './material-input.ts';
import type { Correction } from './corrections.ts';
import * as corrections from './corrections.ts';
import type { Filing } from './steps.ts';
import * as rules from './steps.ts';
import { Case, EarlierApplication, FiledCase, NextApplication, TrackedCase } from './views.ts';

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const oneCase = query('case', {
  zh: '办件',
  about: 'one case, for the desks it concerns.',
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.postDuties,
  input: { id: z.string().meta({ scalar: 'ID' }) },
  route: { by: 'prefix', argument: 'id', copyAt: 'viewer' },
  answer: Case,
});

/** @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code */
export const track = query('track', {
  zh: '办件查询',
  about: 'a case for the public, by its number and tracking code. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.postDuties,
  input: { number: z.string(), code: z.string() },
  route: { by: 'prefix', argument: 'number', copyAt: null },
  answer: TrackedCase,
});

/**
 * One number of an application in the clear; everywhere else numbers are masked.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, REASON_MISSING, BAD_INPUT
 */
export const showPersonalData = query('showPersonalData', {
  zh: '查看完整信息',
  about:
    'one number of an application in the clear, for the desks that handle the case; the purpose is written into the log of reads first.',
  by: 'SHOW_PERSONAL_DATA',
  oneCase: true,
  article: ARTICLES.readsAudited,
  input: {
    case: z.string().meta({ scalar: 'ID' }),
    field: wordOf(APPLICATION_NUMBER),
    entry: z.string().nullish().meta({ description: "Which field of the item's form, for FORM_ENTRY." }),
    purpose,
  },
  route: { by: 'prefix', argument: 'case', copyAt: 'viewer' },
  answer: ClearNumber,
});

/** Fields of the graph that show these numbers masked. */
const MASKED_AT: Record<ApplicationNumber, string> = {
  ID_NUMBER: 'Case.applicant.idNumber',
  PHONE: 'Case.applicant.phone',
  FORM_ENTRY: 'Case.form.value',
};

/** Input common to both operations that open a case. */
const application = {
  item: text(50).meta({ scalar: 'ID' }),
  place: z
    .string()
    .refine(isDivisionCode, 'is no division code')
    .nullish()
    .transform((v) => v ?? null)
    .meta({ scalar: 'ID', description: "Where the matter lies; the desk's own division when left out." }),
  applicant: applicantInput.meta({ inputType: 'ApplicantInput' }),
  consent: consentInput
    .nullish()
    .transform((v) => v ?? null)
    .meta({ inputType: 'ConsentInput', description: 'Needed when an agent files.' }),
  amountFen: z
    .int()
    .min(0)
    .nullish()
    .transform((v) => v ?? null)
    .meta({
      scalar: 'Fen',
      description: 'The amount asked for, in fen; how far powers reach may depend on it.',
    }),
  form: formInput.nullish().meta({ inputType: 'FormEntryInput', description: "What the item's form asks for." }),
  renewal: renewalInput.nullish().meta({
    inputType: 'RenewalInput',
    description: '延续: asked for in time, and not decided by its expiry, it counts as granted (Art. 50).',
  }),
  materials: materialsInput,
  enquiry: text(100)
    .nullish()
    .meta({ scalar: 'ID', description: '首问: the enquiry at this desk that it grew out of; of the same item.' }),
  project: text(100)
    .nullish()
    .meta({ scalar: 'ID', description: '项目 it is filed for; this desk must have been told of it.' }),
  // left out it is undefined, so that the hash of a key is what earlier programs stored
  late: lateInput.nullish().meta({
    inputType: 'LateFilingInput',
    description: '补录: the desk received it before, with a number its device had taken ahead. Not for drafts.',
  }),
};

/**
 * Takes an application in, as a case with a number and a tracking code. One that was received without a line (`late`) is
 * judged by the day it was received: item, roster, consent, grants and limits.
 * @throws {ProblemError} NODE_CLOSED, BAD_INPUT, MATERIAL_MISLABELLED, MATERIAL_ACTIVE, ITEM_UNKNOWN, the refusals of
 * the rule {@link rules.fileCase}, and those of linking the enquiry; with `late` NOT_FOUND, FORBIDDEN, DEVICE_ENDED,
 * NUMBER_USED, NUMBER_ENDED
 */
export const fileCase = mutation('fileCase', {
  zh: '收件',
  about: 'takes an application in.',
  by: 'FILE_CASE',
  article: ARTICLES.postDuties,
  inputType: 'FileCaseInput',
  input: application,
  answer: FiledCase,
});
export type FileCaseInput = InputOf<typeof fileCase>;

/**
 * Draws an application up for a pre-check.
 * @throws {ProblemError} as {@link fileCase}
 */
export const draftCase = mutation('draftCase', {
  zh: '申请预审',
  about: 'draws an application up; no clock runs and nothing is counted until it is filed.',
  by: 'FILE_CASE',
  article: ARTICLES.precheck,
  inputType: 'FileCaseInput',
  input: application,
  check: (input) =>
    input.refine(({ late }) => !late, { path: ['late'], message: 'is for applications that are filed' }),
  answer: FiledCase,
});

/**
 * Files a draft unchanged, with the additions the pre-check asked for.
 * @throws {ProblemError} NOT_COMPETENT if another desk made it; ILLEGAL_STEP if it is not a draft any more; as {@link
 * fileCase}
 */
export const fileDraft = ruledStep('fileDraft', {
  zh: '收件',
  about: 'files a draft as it stands, with what the pre-check asked for.',
  by: 'FILE_CASE',
  oneCase: true,
  article: ARTICLES.precheck,
  input: { materials: materialsInput.meta({ description: "Materials on top of the draft's." }) },
  needs: fromNode<Filing>(),
  answer: Case,
  guard: rules.mayFileDraft,
  rule: (context, file, _input, drafted) => rules.fileDraft(context, file, drafted),
});

/**
 * Hands in materials the one-time notice asked for.
 * @throws {ProblemError} ILLEGAL_STEP, MATERIAL_UNRELATED, BAD_INPUT, MATERIAL_MISLABELLED, MATERIAL_ACTIVE
 */
export const supplementCase = ruledStep('supplementCase', {
  zh: '补正',
  about: 'hands in what the one-time notice asked for.',
  by: 'SUPPLEMENT_CASE',
  oneCase: true,
  article: ARTICLES.oneTimeNotice,
  keyedAs: 'supplement',
  input: { materials: materialsInput.min(1, 'need at least one'), note: optionalText(1000) },
  needs: fromNode<Material[]>(),
  answer: Case,
  guard: rules.maySupplement,
  rule: (context, file, { note }, materials) => rules.supplementCase(context, file, materials, note),
});

/**
 * Puts the papers right before any other desk has had the case.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, MATERIAL_UNRELATED, NO_CHANGE; BAD_INPUT for a digest the
 *   application does not have; NOT_FOUND for an upload
 */
export const arrangeMaterials = ruledStep('arrangeMaterials', {
  zh: '调整材料',
  about:
    'states all materials in their order, before the case goes up: what is kept, what an upload replaces or adds. What is left out is taken back; the file keeps it among its papers.',
  by: 'FILE_CASE',
  oneCase: true,
  article: ARTICLES.rightedOnTheSpot,
  input: { materials: arrangedMaterialsInput, note: optionalText(1000) },
  needs: fromNode<Material[]>(),
  answer: Case,
  guard: corrections.mayArrangeMaterials,
  rule: (context, file, { note }, materials) => corrections.arrangeMaterials(context, file, materials, note),
});

/**
 * Corrects the application at the desk that took it in, before it is accepted.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, NO_CHANGE, CONSENT_MISSING, CONSENT_EXPIRED, FORM_INVALID, BAD_INPUT
 */
export const correctApplication = ruledStep('correctApplication', {
  zh: '更正申请',
  about:
    'corrects the application before it is accepted; what is left out stays. The log says which parts and why, and the desk keeps the earlier application.',
  by: 'FILE_CASE',
  oneCase: true,
  article: ARTICLES.rightedOnTheSpot,
  input: {
    applicant: applicantInput.nullish().meta({ inputType: 'ApplicantInput' }),
    consent: consentInput.nullish().meta({ inputType: 'ConsentInput' }),
    amountFen: z.int().min(0).nullish().meta({ scalar: 'Fen' }),
    form: formInput.nullish().meta({ inputType: 'FormEntryInput', description: 'All entries of the form.' }),
    reason: text(500).meta({ description: 'Without identity, phone or account numbers: every desk reads it.' }),
  },
  needs: fromNode<Correction>(),
  answer: Case,
  guard: corrections.mayCorrectApplication,
  rule: (context, file, _input, correction) => corrections.correctApplication(context, file, correction),
});

/** Oldest first. @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const earlierApplications = query('earlierApplications', {
  zh: '更正前的申请',
  about: 'what an application said before it was corrected, oldest first, for the desks that handle the case.',
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.rightedOnTheSpot,
  input: { division: askedDivision, case: z.string().meta({ scalar: 'ID' }) },
  route: ASKED_DIVISION,
  answer: listOf(EarlierApplication),
});

/**
 * What a case's result leads to, with what is known for it.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export const nextApplications = query('nextApplications', {
  zh: '下一步申请',
  about:
    "items that a case's result leads to by the catalogue's bundles, each with the applicant, the form and the materials that are known already, for the desks that handle the case.",
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.nextApplication,
  input: { division: askedDivision, case: z.string().meta({ scalar: 'ID' }) },
  route: ASKED_DIVISION,
  answer: listOf(NextApplication),
});

/**
 * Files an application that a case's result leads to: applicant, place, project and what the form shares are taken from
 * the earlier application, and results of its cases serve as materials.
 * @throws {ProblemError} as {@link fileCase}; NOT_FOUND, FORBIDDEN for the case; ILLEGAL_STEP for an item that does not
 *   follow from it
 */
export const fileNextApplication = mutation('fileNextApplication', {
  zh: '申办下一步',
  about: "files an application that a case's result leads to, with what is known from it; nothing is typed again.",
  by: 'FILE_CASE',
  article: ARTICLES.nextApplication,
  input: {
    case: z
      .string()
      .meta({ scalar: 'ID', description: 'The case whose result leads to it; this desk has its application.' }),
    item: application.item,
    consent: application.consent,
    amountFen: application.amountFen,
    form: formInput
      .nullish()
      .meta({ inputType: 'FormEntryInput', description: 'What is not carried over, or differs.' }),
    materials: materialsInput.meta({ description: 'Materials on top of the results that serve as some.' }),
  },
  answer: FiledCase,
});
export type FileNextInput = InputOf<typeof fileNextApplication>;

/**
 * The applicant's own rating; written where the case is, carried there when that is elsewhere.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code; ILLEGAL_STEP, RATED_ALREADY
 */
export const rateService = mutation('rateService', {
  zh: '好差评',
  about: ', by the applicant: once, with number and tracking code. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.rating,
  input: { number: text(60), code: text(20), grade },
  flat: true,
  route: { by: 'prefix', argument: 'number', copyAt: null },
  // the public is not logged in: the key belongs to the slip
  keyHolder: ({ number }) => `slip:${number}`,
  answer: TrackedCase,
});

export const filing = domain('filing', {
  zh: '收件',
  role: 'filing',
  lookups: { _filing: byKeys() },
  merges: {
    Case: {
      selectionSet: '{ id _custodian }',
      lookup: '_filing',
      key: ({ id, _custodian }) => ({ id, at: filingNodeOf(asText(id)), via: asText(_custodian) || null }),
    },
  },
  personal: {
    'Case.applicant': personalOfCase('name', 'idNumber', 'phone'),
    'Case.consent': personalOfCase('givenBy'),
    'Case.form': personalOfCase('value'),
    'Query.earlierApplications': personalAnswer,
    'Query.nextApplications': personalAnswer,
    'Query.showPersonalData': clearAnswer(({ field }) => MASKED_AT[field as ApplicationNumber]),
  },
  operations: {
    case: oneCase,
    showPersonalData,
    track,
    fileCase,
    draftCase,
    fileDraft,
    supplementCase,
    arrangeMaterials,
    correctApplication,
    earlierApplications,
    nextApplications,
    fileNextApplication,
    rateService,
  },
});
