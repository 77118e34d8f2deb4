import { ARTICLES } from '../../kernel/articles.ts';
import { problem } from '../../kernel/errors.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { isHandler } from '../caseload/rules.ts';
import type { Handler } from '../caseload/rules.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';

/** Most lists of one person at a desk. */
export const MOST_LISTS = 50;
/** Most characters of a stored filter. */
export const MOST_FILTER = 4_000;

/** A list as it is before it is stored. */
export interface ListDraft {
  name: string;
  filter: object;
}

/**
 * Checks a list that a person saves; colleagues may read it.
 * @param others names of the person's other lists
 * @throws {ProblemError} BAD_INPUT
 */
export function requireList({ name, filter }: ListDraft, others: readonly string[]): void {
  requireNoPersonalData(name, 'name');
  const fault = (field: string, message: string) => problem('BAD_INPUT', message, { field });
  if (others.includes(name)) throw fault('name', 'name: another of your lists has it already.');
  if (others.length >= MOST_LISTS) throw fault('name', `${MOST_LISTS} lists are the most: remove one first.`);
  if (JSON.stringify(filter).length > MOST_FILTER)
    throw fault('filter', `filter: more than ${MOST_FILTER} characters.`);
}

/**
 * Checks that a person changes a list of their own: a shared one is its owner's.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireListOwner(viewer: Viewer, owner: Handler): void {
  if (isHandler(viewer, owner)) return;
  throw problem('FORBIDDEN', `The list is ${owner.name}'s: save one of your own.`, { article: ARTICLES.postDuties });
}
