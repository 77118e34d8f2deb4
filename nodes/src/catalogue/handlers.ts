import type { catalogue, CatalogEntryView, Item } from '@liandong/schema/domains/catalogue';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Grant } from '@liandong/schema/domains/delegation';
import { NO_FACTS } from '@liandong/schema/domains/delegation';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { actingFor, mayTakeIn, route } from '@liandong/schema/case';
import { flowOf, guideOf, isInForce, ownCompetenceKeys } from '@liandong/schema/domains/catalogue';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { getFormPart } from '../item-forms/index.ts';
import type { GuideReading } from './catalogue-guide.ts';
import { findGuide } from './catalogue-guide.ts';
import { heardOf, itemView } from './catalogue-lookup.ts';
import { searchItems } from './catalogue-search.ts';
import { findImplementations, findItems } from './catalogue-store.ts';

export interface CatalogueParts extends GuideReading {
  node: DivisionCode;
  now: () => Date;
}

/** Public reads of the basic catalogue: the city's own, or a copy that says how old it is. */
export function catalogueHandlers(parts: CatalogueParts): NodeHandlers<typeof catalogue> {
  const { node, divisions, now } = parts;
  const city = divisions.city.code;
  const ownKeys = ownCompetenceKeys(node, divisions);

  return {
    async catalog({ queries, input, page: { first, after } }) {
      const search = input.search ?? null;
      const found = await searchItems(queries, { search, ownKeys, today: dayOf(now()), first, after });
      return {
        nodes: await entriesOf(parts, queries, found.items),
        cursors: found.cursors,
        hasNextPage: found.hasNextPage,
        hasPreviousPage: after !== null,
      };
    },

    async item({ queries, input: { code } }) {
      const today = dayOf(now());
      const [item] = await findItems(queries, [code], today);
      if (!item) {
        throw problem('ITEM_UNKNOWN', `${node} has no item ${code} in its catalogue.`, { node, field: 'code' });
      }
      return itemView(item, today, node, await heardOf(queries, city));
    },

    async catalogEntry({ queries, input: { item: code } }) {
      const items = await findItems(queries, [code], dayOf(now()));
      const [entry] = await entriesOf(parts, queries, items);
      if (!entry) {
        const message = `${node} has no item ${code.slice(0, 60)} in its catalogue.`;
        throw problem('ITEM_UNKNOWN', message, { field: 'item' });
      }
      return entry;
    },

    async guide({ queries, input: { item: code } }) {
      const today = dayOf(now());
      const found = await findGuide(parts, queries, code, node, today);
      return {
        item: itemView(found.item, today, node, await heardOf(queries, city)),
        markdown: guideOf(found),
        flow: flowOf(found),
        forms: found.forms,
        power: found.power,
      };
    },

    formPart: ({ queries, input: { sha256, offset, length } }) => getFormPart(queries, { sha256, offset, length }),
  };
}

/** Items as this division's own people see them. */
async function entriesOf(
  parts: CatalogueParts,
  queries: NodeQueries,
  items: readonly Item[],
): Promise<CatalogEntryView[]> {
  const { node, divisions, powersOn, now } = parts;
  const today = dayOf(now());
  const staleSince = await heardOf(queries, divisions.city.code);
  const powers = await powersOn(queries, today);
  const routed = items.map((item) => ({ item, ...routeFrom(parts, item, powers) }));
  const keys = routed.flatMap(({ item, power }) => (power === null ? [] : [{ item: item.code, node: power }]));
  const known = new Set((await findImplementations(queries, keys)).map((i) => i.item));
  return routed.map(({ item, ...handled }) => ({
    item: itemView(item, today, node, staleSince),
    ...handled,
    available: known.has(item.code) && isInForce(item, today),
  }));
}

/** The organs that handle an item for this division's own people. */
function routeFrom(
  { node, divisions, successionOf }: CatalogueParts,
  item: Item,
  powers: readonly Grant[],
): Pick<CatalogEntryView, 'acceptor' | 'decider' | 'power' | 'takenInHere'> {
  try {
    const found = route(item, node, divisions, powers, NO_FACTS, successionOf);
    const { acceptor, decider, power } = found;
    return { acceptor, decider, power, takenInHere: mayTakeIn(item, node, found, divisions) };
  } catch (error) {
    // a county's own page can't name the township that would accept
    if (!(error instanceof ProblemError) || error.code !== 'COMPETENCE_UNRESOLVED') throw error;
    const holder = divisions.atTier(node, item.decidingTier)?.code;
    const power = holder === undefined ? null : actingFor(holder, successionOf);
    return { acceptor: null, decider: power, power, takenInHere: false };
  }
}
