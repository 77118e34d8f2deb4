import type { CaseFile, DivisionCode, Implementation, Item } from '@liandong/schema';
import { dayOf, problem, standardImplementation } from '@liandong/schema';
import { findImplementation, findImplementations, findItem } from '../catalogue/index.ts';
import type { NodeQueries } from '../db/index.ts';

/**
 * The item and the implementation a case was accepted under; today's before that.
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export async function caseElements(
  queries: NodeQueries,
  node: DivisionCode,
  { acceptance, item: code, power }: CaseFile,
  now: Date,
): Promise<{ item: Item; implementation: Implementation }> {
  const at = acceptance ? { version: acceptance.itemVersion } : { today: dayOf(now) };
  const item = await findItem(queries, code, at);
  if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${code} in its catalogue.`, { node });
  const accepted =
    acceptance &&
    (await findImplementation(queries, { item: code, node: power, version: acceptance.implementationVersion }));
  if (accepted) return { item, implementation: accepted };
  const [newest] = await findImplementations(queries, [{ item: code, node: power }]);
  return { item, implementation: newest ?? standardImplementation(item, power, 1) };
}
