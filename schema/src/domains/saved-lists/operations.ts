import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { id, wordOf } from '../../operation/fields.ts';
import { mutation, query } from '../../operation/operation.ts';
import { VIEWERS_DESK } from '../../operation/route.ts';
import { text } from '../../operation/input-parts.ts';
import { caseFilter, caseOrder } from '../handling/case-filter.ts';
import { RemovedList, SavedList, SavedLists } from './views.ts';
import { CASE_COLUMN } from './words.ts';

const said = { by: 'READ_CASE', article: ARTICLES.postDuties } as const;

/** Columns of a list from left to right, none twice. */
export const columns = z
  .array(wordOf(CASE_COLUMN))
  .min(1)
  .max(Object.keys(CASE_COLUMN.labels).length)
  .refine((chosen) => new Set(chosen).size === chosen.length, 'has a column twice')
  .meta({ description: 'From left to right, none twice.' });

const arranged = {
  name: text(40).meta({ description: 'Of one person’s lists, each has its own.' }),
  filter: caseFilter,
  orderBy: caseOrder.nullish().transform((order) => order ?? null),
  columns,
  shared: z.boolean().meta({ description: 'Whether colleagues of the desk see it.' }),
};

export const savedLists = query('savedLists', {
  ...said,
  zh: '常用列表',
  about: 'the lists of cases that the viewer saved at their desk, and those that colleagues share there.',
  input: {},
  route: VIEWERS_DESK,
  answer: SavedLists,
});

/** @throws {ProblemError} BAD_INPUT for a name of another list, or too many lists */
export const saveList = mutation('saveList', {
  ...said,
  zh: '保存列表',
  about: 'keeps filter, order and columns of a list of cases under a name.',
  input: arranged,
  answer: SavedList,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN for a list of a colleague, BAD_INPUT */
export const changeList = mutation('changeList', {
  ...said,
  zh: '修改列表',
  about: 'replaces what a list of the viewer’s own says.',
  input: { id: id(), ...arranged },
  answer: SavedList,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN for a list of a colleague */
export const removeList = mutation('removeList', {
  ...said,
  zh: '删除列表',
  input: { id: id() },
  answer: RemovedList,
});

export const savedListsDomain = domain('saved-lists', {
  zh: '常用列表',
  role: 'handling',
  operations: { savedLists, saveList, changeList, removeList },
});
