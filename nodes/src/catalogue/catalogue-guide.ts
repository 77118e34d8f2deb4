import type { CpsvCatalogue, Day, DivisionCode, Divisions, Grant, Item, Route } from '@liandong/schema';
import { ProblemError, cpsvOf, guideOf, problem, route } from '@liandong/schema';
import type { NodeQueries } from '../db/index.ts';
import { findImplementations, findItem, findItemsInEffect } from './catalogue-store.ts';

/**
 * The guide of an item for a division, from the copy of whichever node is asked.
 * @param division whose people it is for
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export async function findGuide(
  queries: NodeQueries,
  code: string,
  division: DivisionCode,
  divisions: Divisions,
  today: Day,
  powers: readonly Grant[],
): Promise<{ item: Item; markdown: string }> {
  const { node } = queries;
  const item = await findItem(queries, code, { today });
  if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${code} in its catalogue.`, { node, field: 'item' });
  const decider = divisions.atTier(division, item.decidingTier)?.code;
  const [implementation = null] = decider ? await findImplementations(queries, [{ item: code, node: decider }]) : [];
  const markdown = guideOf(item, implementation, findRoute(item, division, divisions, powers), division, divisions);
  return { item, markdown };
}

function findRoute(item: Item, division: DivisionCode, divisions: Divisions, powers: readonly Grant[]): Route | null {
  try {
    return route(item, division, divisions, powers);
  } catch (error) {
    // a county can't know which of its townships accepts: the guide names the tier
    if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return null;
    throw error;
  }
}

/** The node's items in effect as public services (CPSV-AP 3), with the implementations of who decides for it. */
export async function exportCpsv(queries: NodeQueries, divisions: Divisions, today: Day): Promise<CpsvCatalogue> {
  const { node } = queries;
  const items = await findItemsInEffect(queries, today);
  const keys = items.flatMap((item) => {
    const decider = divisions.atTier(node, item.decidingTier)?.code;
    return decider ? [{ item: item.code, node: decider }] : [];
  });
  const known = new Map((await findImplementations(queries, keys)).map((found) => [found.item, found]));
  return cpsvOf(
    items.map((item) => ({ item, implementation: known.get(item.code) ?? null })),
    node,
    divisions,
  );
}
