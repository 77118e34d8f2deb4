import { z } from 'zod';
import { dayInput, optionalText, text } from '../../operation/input-parts.ts';
import { NAMED_DIVISION } from '../../operation/route.ts';
import { domain } from '../../operation/domain.ts';
import { requiredDivision, word } from '../../operation/fields.ts';
import type { InputOf } from '../../operation/operation.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { LEGAL_BASIS_CHANGE, LEGAL_BASIS_CHANGES, LEGAL_BASIS_KIND, LEGAL_BASIS_KINDS } from '../catalogue/words.ts';
import { LegalBasis, LegalBasisChange } from './views.ts';

/** The legal bases of an item's newest published version here; empty if its text cites none. */
export const basesOfItem = query('legalBases', {
  zh: '设定依据',
  about: "what an item rests on, by the division's own copy. Needs no login.",
  by: 'PUBLIC',
  article: ARTICLES.itemLife,
  input: { division: requiredDivision, item: z.string().meta({ scalar: 'ID' }) },
  route: NAMED_DIVISION,
  answer: listOf(LegalBasis),
});

/**
 * Changes of the law, with the progress of the division's nodes.
 * @throws {ProblemError} FORBIDDEN; BAD_INPUT for fewer than 1 or more than 200
 */
export const legalBasisChanges = query('legalBasisChanges', {
  zh: '立改废',
  about: 'changes of the law, newest first, with where the nodes of the division stand.',
  by: 'READ_LEGAL_BASES',
  article: ARTICLES.itemLife,
  input: {
    division: requiredDivision,
    // the rule checks the number after the person's right to ask
    first: z
      .int()
      .nullish()
      .transform((v) => v ?? 50)
      .meta({ filledIn: 50 }),
  },
  route: NAMED_DIVISION,
  answer: listOf(LegalBasisChange),
});

/**
 * Announces a change of the law, and asks every node that decides or accepts an item resting on it to confirm.
 * @throws {ProblemError} FORBIDDEN, LEGAL_BASIS_CONFLICT, LEGAL_BASIS_UNKNOWN, REASON_MISSING, BAD_INPUT
 */
export const changeLegalBasis = mutation('changeLegalBasis', {
  zh: '法律依据立改废',
  about:
    'announces a change of the law at the city, and asks every node that decides or accepts an item resting on it to confirm.',
  by: 'CHANGE_LEGAL_BASIS',
  article: ARTICLES.itemLife,
  input: {
    change: word(LEGAL_BASIS_CHANGE, LEGAL_BASIS_CHANGES),
    title: text(200),
    article: z
      .string()
      .trim()
      .regex(/^第[〇零一二三四五六七八九十百千\d]+条(之[一二三四五六七八九十]+)?$/, 'is no article such as 第十一条')
      .nullish()
      .transform((v) => v ?? null)
      .meta({ description: 'Say 第十一条; the whole text when left out.' }),
    kind: word(LEGAL_BASIS_KIND, LEGAL_BASIS_KINDS)
      .nullish()
      .transform((v) => v ?? null),
    issuedBy: optionalText(100),
    effectiveOn: dayInput.meta({ description: 'For a repeal the first day without it.' }),
    supersededBy: optionalText(300).meta({ description: 'Citation of what takes its place.' }),
    textDigest: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal')
      .nullish()
      .transform((v) => v ?? null)
      .meta({ description: 'SHA-256 of the text in force, hexadecimal.' }),
    // may be empty: the rule refuses that, and cites its source
    reason: z.string().trim().max(1000),
    confirmBy: dayInput,
  },
  answer: LegalBasisChange,
});

export type ChangeLegalBasisInput = InputOf<typeof changeLegalBasis>;

/**
 * Confirms that this desk has acted on a change of the law; the first confirmation stays.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, NOT_COMPETENT
 */
export const confirmLegalBasis = mutation('confirmLegalBasis', {
  zh: '立改废落实确认',
  about: 'this desk has acted on a change of the law.',
  by: 'CONFIRM_LEGAL_BASIS',
  article: ARTICLES.itemLife,
  input: {
    change: z.uuid().meta({ scalar: 'ID' }),
    note: optionalText(1000).meta({ description: 'What was done about it.' }),
  },
  answer: LegalBasisChange,
});

export const legalBases = domain('legalBases', {
  zh: '设定依据',
  role: 'legalBases',
  operations: { legalBases: basesOfItem, legalBasisChanges, changeLegalBasis, confirmLegalBasis },
});
