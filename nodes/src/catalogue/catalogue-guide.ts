import type { CpsvCatalogue, Item } from '@liandong/schema/domains/catalogue';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Grant } from '@liandong/schema/domains/delegation';
import type { Route, SuccessionOf } from '@liandong/schema/case';
import { NO_FACTS } from '@liandong/schema/domains/delegation';
import { actingFor, NO_SUCCESSION, route } from '@liandong/schema/case';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { cpsvOf, guideOf } from '@liandong/schema/domains/catalogue';
import type { NodeQueries } from '../db/index.ts';
import { findImplementations, findItem, findItemsInEffect } from './catalogue-store.ts';

/**
 * The guide of an item for a division, from the copy of the node that is asked.
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
  successionOf: SuccessionOf = NO_SUCCESSION,
): Promise<{ item: Item; markdown: string }> {
  const { node } = queries;
  const item = await findItem(queries, code, { today });
  if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${code} in its catalogue.`, { node, field: 'item' });
  const holder = divisions.atTier(division, item.decidingTier)?.code;
  const decider = holder && actingFor(holder, successionOf);
  const [implementation = null] = decider ? await findImplementations(queries, [{ item: code, node: decider }]) : [];
  const found = findRoute(() => route(item, division, divisions, powers, NO_FACTS, successionOf));
  const markdown = guideOf(item, implementation, found, division, divisions);
  return { item, markdown };
}

function findRoute(find: () => Route): Route | null {
  try {
    return find();
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
