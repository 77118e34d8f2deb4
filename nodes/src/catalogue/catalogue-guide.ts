import type { CpsvCatalogue, GuideParts } from '@liandong/schema/domains/catalogue';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Grant } from '@liandong/schema/domains/delegation';
import type { Offices } from '@liandong/schema/domains/offices';
import type { Route, SuccessionOf } from '@liandong/schema/case';
import { NO_FACTS } from '@liandong/schema/domains/delegation';
import { actingFor, route } from '@liandong/schema/case';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { cpsvOf, itemFormPath } from '@liandong/schema/domains/catalogue';
import { windowsFor } from '@liandong/schema/domains/offices';
import type { NodeQueries } from '../db/index.ts';
import { findArrived } from '../item-forms/index.ts';
import { findImplementations, findItem, findItemsInEffect } from './catalogue-store.ts';

/** What a node reads a guide with. */
export interface GuideReading {
  divisions: Divisions;
  /** The grants in effect on a day, as this node knows them. */
  powersOn: (queries: NodeQueries, day: Day) => Promise<readonly Grant[]>;
  /** The node's windows and departments. */
  offices: (queries: NodeQueries) => Promise<Offices>;
  /** The successors of closed nodes. */
  successionOf: SuccessionOf;
}

/** The parts of a guide, and the organ that holds the power by the item itself; null if the place names none. */
export interface FoundGuide extends GuideParts {
  power: DivisionCode | null;
}

/**
 * What the node that is asked knows of an item for a place: the parts of its guide, and of the answer to an enquiry. It
 * works with every other node down.
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export async function findGuide(
  { divisions, powersOn, offices, successionOf }: GuideReading,
  queries: NodeQueries,
  code: string,
  place: DivisionCode,
  today: Day,
): Promise<FoundGuide> {
  const { node } = queries;
  const item = await findItem(queries, code, { today });
  if (!item) {
    throw problem('ITEM_UNKNOWN', `${node} has no item ${code.slice(0, 60)} in its catalogue.`, {
      node,
      field: 'item',
    });
  }
  const holder = divisions.atTier(place, item.decidingTier)?.code;
  const power = holder === undefined ? null : actingFor(holder, successionOf);
  const [implementation = null] = power ? await findImplementations(queries, [{ item: code, node: power }]) : [];
  const powers = await powersOn(queries, today);
  const found = findRoute(() => route(item, place, divisions, powers, NO_FACTS, successionOf));
  const windows = windowsFor(await offices(queries), code, today);
  const forms = item.forms ?? [];
  const arrived = await findArrived(queries, forms);
  const offered = forms.map((form) => ({
    ...form,
    path: itemFormPath(node, form),
    arrived: arrived.has(form.sha256),
  }));
  return { item, implementation, route: found, place, node, windows, forms: offered, divisions, power };
}

/** A route, or null where the place is too high to name the accepting organ. */
export function findRoute(find: () => Route): Route | null {
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
