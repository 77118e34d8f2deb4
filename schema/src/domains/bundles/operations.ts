import { z } from 'zod';
import { BUNDLE_STATE, BUNDLE_STATES, DELIVERY_WAY, DELIVERY_WAYS } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, word } from '../../operation/fields.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import type { InputOf } from '../../operation/operation.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { applicantInput, consentInput, formInput } from '../filing/application-input.ts';
import { bundleMaterialsInput } from '../filing/material-input.ts';
import { Bundle, FiledBundle } from './views.ts';

const bundleId = z.uuid().meta({ scalar: 'ID' });

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const oneBundle = query('bundle', {
  zh: '一件事进度',
  about: 'at the desk that took it in.',
  by: 'READ_CASE',
  article: ARTICLES.jointHandling,
  input: {
    id: bundleId,
    division: askedDivision.meta({ description: "That desk; the viewer's own when left out." }),
  },
  route: ASKED_DIVISION,
  answer: Bundle,
});

/** @throws {ProblemError} FORBIDDEN */
export const listBundles = query('bundles', {
  zh: '一件事进度',
  about: 'of all bundles of a desk, the newest first, at most 200.',
  by: 'READ_CASE',
  article: ARTICLES.jointHandling,
  input: {
    division: askedDivision.meta({ description: "The desk; the viewer's own when left out." }),
    item: optionalText(50).meta({ scalar: 'ID' }),
    state: word(BUNDLE_STATE, BUNDLE_STATES)
      .nullish()
      .transform((v) => v ?? null),
  },
  route: ASKED_DIVISION,
  answer: listOf(Bundle),
});

/**
 * Records the one form and files the first members.
 * @throws {ProblemError} NO_BUNDLE, FORM_INVALID, ITEM_UNKNOWN, CLOSED_NODE, BAD_INPUT, and as fileCase
 */
export const fileBundle = mutation('fileBundle', {
  zh: '一表申请',
  about: 'one form for all members; the first are filed now, the others when they are due.',
  by: 'FILE_CASE',
  article: ARTICLES.jointHandling,
  input: {
    item: text(50).meta({ scalar: 'ID' }),
    place: z
      .string()
      .refine(isDivisionCode, 'is no division code')
      .nullish()
      .transform((v) => v ?? null)
      .meta({ scalar: 'ID', description: "Where the matter lies; the desk's own division when left out." }),
    applicant: applicantInput.meta({ inputType: 'BundleApplicantInput' }),
    consent: consentInput
      .omit({ from: true, until: true })
      .nullish()
      .transform((v) => v ?? null)
      .meta({ inputType: 'BundleConsentInput' }),
    form: formInput.meta({ inputType: 'BundleEntryInput' }),
    materials: bundleMaterialsInput,
  },
  answer: FiledBundle,
});
export type FileBundleInput = InputOf<typeof fileBundle>;

/**
 * Hands everything over together.
 * @throws {ProblemError} NOT_FOUND, BUNDLE_OPEN, and as deliverCase
 */
export const deliverBundle = mutation('deliverBundle', {
  zh: '统一出件',
  about: "all members' documents together.",
  by: 'DELIVER_CASE',
  judgedBy: 'RULES',
  article: ARTICLES.jointHandling,
  input: { id: bundleId, way: word(DELIVERY_WAY, DELIVERY_WAYS), note: optionalText(1000) },
  answer: Bundle,
});
export type DeliverBundleInput = InputOf<typeof deliverBundle>;

export const bundles = domain('bundles', {
  zh: '一件事',
  role: 'bundles',
  operations: { bundle: oneBundle, bundles: listBundles, fileBundle, deliverBundle },
});
