import { z } from 'zod';
import { dayInput, text } from '../../operation/input-parts.ts';
import { NAMED_DIVISION } from '../../operation/route.ts';
import { domain } from '../../operation/domain.ts';
import { id, requiredDivision, word } from '../../operation/fields.ts';
import type { InputOf } from '../../operation/operation.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { FEE_CHANGE, FEE_CHANGES, LIST_KIND, LIST_KINDS } from '../catalogue/words.ts';
import { AUDIENCE, AUDIENCES } from '../catalogue/item-words.ts';
import { Admission, ListEntry } from './views.ts';

/** Every item the node accepts or decides, where it is handled, and the fees of today. */
export const admissionToday = query('admission', {
  zh: '进驻情况',
  about: 'every item the node accepts or decides, where it is handled, and its fees. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.admission,
  input: { division: requiredDivision },
  route: NAMED_DIVISION,
  answer: Admission,
});

/** One of the node's published lists, by the catalogue and the grants in effect today. */
export const publishedList = query('publishedList', {
  zh: '权力清单、责任清单、服务清单、流程清单',
  about:
    ', by the catalogue and the powers in effect today. A power is listed where `competence` names the node as decider, one lent with its grant and cap. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.admission,
  input: {
    division: requiredDivision,
    kind: word(LIST_KIND, LIST_KINDS),
    audience: word(AUDIENCE, AUDIENCES).nullish().meta({ description: 'All people when left out.' }),
  },
  route: NAMED_DIVISION,
  answer: listOf(ListEntry),
});

/**
 * Has an item handled at the centre from a day on; ends its exemption.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN, NOT_COMPETENT
 */
export const admitItem = mutation('admitItem', {
  zh: '进驻',
  about: 'the item is handled at the centre from a day on; ends an exemption.',
  by: 'KEEP_ADMISSION',
  article: ARTICLES.admission,
  input: { item: id(50), from: dayInput },
  answer: Admission,
  keyedAs: 'admit',
});

/**
 * Has an item handled outside the centre until a day, with approval.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN, NOT_COMPETENT, REASON_MISSING; BAD_INPUT for a day that has passed
 */
export const exemptItem = mutation('exemptItem', {
  zh: '列入负面清单',
  about: 'the item is handled outside the centre, with approval and until a day.',
  by: 'KEEP_ADMISSION',
  article: ARTICLES.admission,
  input: {
    item: id(50),
    // may be empty: the rule refuses that, and cites its source
    reason: z.string().trim().max(1000),
    approver: text(100).meta({ description: 'The government or office that approved it.' }),
    until: dayInput,
  },
  answer: Admission,
  keyedAs: 'exempt',
});

export type ExemptItemInput = InputOf<typeof exemptItem>;

/**
 * Adds, drops or adjusts a fee from a day on.
 * @throws {ProblemError} FORBIDDEN, ITEM_UNKNOWN, NOT_COMPETENT, FEE_WITHOUT_BASIS, FEE_CONFLICT
 */
export const changeFee = mutation('changeFee', {
  zh: '收费项目调整',
  about: 'adds, drops or adjusts a fee from a day on, with its basis.',
  by: 'KEEP_ADMISSION',
  article: ARTICLES.feesByLaw,
  input: {
    item: id(50),
    name: text(100),
    change: word(FEE_CHANGE, FEE_CHANGES),
    amountFen: z
      .int()
      .min(0)
      // a hundred million yuan
      .max(10_000_000_000)
      .nullish()
      .transform((v) => v ?? null)
      .meta({
        scalar: 'Fen',
        description: 'Whole fen; left out where the amount follows a schedule of its own.',
      }),
    basis: text(500).meta({ description: 'Say 《不动产登记暂行条例》第二十条.' }),
    effectiveFrom: dayInput,
  },
  check: (input) =>
    input.refine(({ change, amountFen }) => change !== 'DROPPED' || amountFen === null, {
      path: ['amountFen'],
      message: 'has no place where a fee is dropped',
    }),
  answer: Admission,
});

export type ChangeFeeInput = InputOf<typeof changeFee>;

export const admission = domain('admission', {
  zh: '进驻与收费',
  role: 'admission',
  operations: { admission: admissionToday, publishedList, admitItem, exemptItem, changeFee },
});
