import { z } from 'zod';
import { byKeys, NAMED_DIVISION } from '../../operation/route.ts';
import { domain } from '../../operation/domain.ts';
import { asText } from '../../operation/merging.ts';
import { cityOf } from '../../kernel/identifiers.ts';
import { requiredDivision } from '../../operation/fields.ts';
import { pageOf, query } from '../../operation/operation.ts';
import { sha256Schema } from '../../case/line-parts.ts';
import { MAX_PART_BYTES } from '../../wire/sizes.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { Item } from '../item-life/views.ts';
import { CatalogEntry, FormPart, Guide } from './views.ts';

const code = z.string().meta({ scalar: 'ID' });
const ofItem = { input: { item: code, division: requiredDivision }, route: NAMED_DIVISION };

/**
 * The items a division's residents can apply for: its own first, then by name.
 * @throws {ProblemError} BAD_INPUT for a cursor of another list
 */
export const catalog = query('catalog', {
  zh: '事项目录',
  about: "the items a division's residents can apply for, from the division's own copy. Needs no login.",
  by: 'PUBLIC',
  article: ARTICLES.itemLife,
  input: {
    division: requiredDivision,
    search: z.string().nullish().meta({
      description:
        "Part of a name, its pinyin or the initials of it (zjd: 宅基地), code, department or life event. The desk's own items come first, then names that begin so.",
    }),
  },
  route: NAMED_DIVISION,
  answer: pageOf(CatalogEntry),
});

/**
 * One item as the node has it.
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export const item = query('item', {
  zh: '事项',
  about: 'an item of the basic catalogue, from the city. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.itemLife,
  input: { code },
  route: { by: 'item', argument: 'code', copyAt: 'viewer' },
  answer: Item,
});

/**
 * One item as the division sees it: who accepts it, who decides, whether it can be applied for.
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export const catalogEntry = query('catalogEntry', {
  zh: '目录事项',
  about: "an item as a division sees it, from the division's own copy. Needs no login.",
  by: 'PUBLIC',
  article: ARTICLES.itemLife,
  ...ofItem,
  answer: CatalogEntry,
});

/**
 * The guide of an item for the division's own people.
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export const guide = query('guide', {
  zh: '办事指南',
  about: "the guide of an item for a division's people, from the division's own copy. Needs no login.",
  by: 'PUBLIC',
  article: ARTICLES.firstAsked,
  ...ofItem,
  answer: Guide,
});

/**
 * The gateway asks for it when a browser opens a form's address.
 * @throws {ProblemError} NOT_FOUND for a file that no published item names; FORM_NOT_HERE before its bytes have come
 */
export const formPart = query('formPart', {
  zh: '表格内容',
  about: 'some bytes of a form that an item names. Browsers open `/forms/<division>/<sha256>` itself. Needs no login.',
  by: 'PUBLIC',
  article: ARTICLES.firstAsked,
  input: {
    division: requiredDivision,
    sha256: sha256Schema.meta({ description: 'SHA-256 of the form, as the guide lists it.' }),
    offset: z.int().min(0).meta({ description: 'The first byte; 0 is the first of all.' }),
    length: z.int().min(0).max(MAX_PART_BYTES).meta({ description: 'Most bytes; 0 asks only what the form is.' }),
  },
  route: NAMED_DIVISION,
  answer: FormPart,
});

/** Questions about the catalogue. The question to all nodes of a division, catalogDrift, belongs to the gateway. */
export const catalogue = domain('catalogue', {
  zh: '事项目录',
  role: 'catalogue',
  lookups: {
    _items: byKeys(),
    _catalogueSeqs: byKeys(),
    _catalogueBases: byKeys(),
    _catalogueDrifts: byKeys(),
    catalogDrift: { by: 'subtree', path: ['division'], gather: 'catalogDrift' },
  },
  merges: {
    Item: {
      selectionSet: '{ code _via }',
      lookup: '_items',
      key: ({ code, _via }) => ({ code, at: cityOf(asText(code)), via: asText(_via) || null }),
    },
  },
  operations: { catalog, item, catalogEntry, guide, formPart },
});
