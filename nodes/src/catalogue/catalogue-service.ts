import type { Answers, Page, PageRequest } from '@liandong/schema/operation';
import type { CatalogEntryView, CatalogueService, Item } from '@liandong/schema/domains/catalogue';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Grant } from '@liandong/schema/domains/delegation';
import type { ItemView } from '@liandong/schema/domains/item-life';
import type { SuccessionOf } from '@liandong/schema/case';
import { NO_FACTS } from '@liandong/schema/domains/delegation';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { actingFor, mayTakeIn, route } from '@liandong/schema/case';
import { isInForce, ownCompetenceKeys } from '@liandong/schema/domains/catalogue';
import { statusOn } from '@liandong/schema/domains/item-life';
import type { HostDb, NodeQueries } from '../db/index.ts';
import { findFeeds } from '../feeds/index.ts';
import type { HostDrift } from './catalogue-drift.ts';
import { findBasis } from './catalogue-drift.ts';
import { findGuide } from './catalogue-guide.ts';
import { searchItems } from './catalogue-search.ts';
import { findImplementations, findItems } from './catalogue-store.ts';

export interface CatalogueParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  /** Shared by the nodes of a host. */
  drift: HostDrift;
  /** The grants in effect today over items, as this node knows them. */
  grants: () => Promise<readonly Grant[]>;
  /** Who took the place of closed nodes. */
  successionOf: SuccessionOf;
  now: () => Date;
}

/** When this node last heard from a publisher; null when it is the publisher itself. */
export async function heardOf(queries: NodeQueries, publisher: DivisionCode): Promise<Date | null> {
  if (publisher === queries.node) return null;
  const held = (await findFeeds(queries, 'CATALOGUE')).find((f) => f.publisher === publisher);
  return held?.asOf ?? new Date(0);
}

/** The basic catalogue as one node has it: the city's own, or a copy that says how old it is. */
export function catalogueService(parts: CatalogueParts): CatalogueService {
  const { node, db, divisions, drift, grants, successionOf, now } = parts;

  const queries = db.queries(node);
  const city = divisions.city.code;
  const ownKeys = ownCompetenceKeys(node, divisions);

  return {
    async getMany(codes): Answers<ItemView> {
      const staleSince = await heardOf(queries, city);
      const found = new Map((await findItems(queries, codes, dayOf(now()))).map((item) => [item.code, item]));
      return codes.map((code) => {
        const item = found.get(code);
        if (!item)
          return problem('ITEM_UNKNOWN', `${node} has no item ${code} in its catalogue.`, { node, field: 'code' });
        return { item: asOfToday(item), answeredBy: node, staleSince };
      });
    },

    async entry(code) {
      const [item] = await findItems(queries, [code], dayOf(now()));
      if (!item)
        throw problem('ITEM_UNKNOWN', `${node} has no item ${code.slice(0, 60)} in its catalogue.`, { field: 'item' });
      const [entry] = await entriesOf([item], await heardOf(queries, city));
      if (!entry) throw problem('ITEM_UNKNOWN', `${node} can't show ${code}.`, { field: 'item' });
      return entry;
    },

    async guide(code) {
      const found = await findGuide(queries, code, node, divisions, dayOf(now()), await grants(), successionOf);
      return {
        item: { item: asOfToday(found.item), answeredBy: node, staleSince: await heardOf(queries, city) },
        markdown: found.markdown,
      };
    },

    async catalogueSeq() {
      const held = (await findFeeds(queries, 'CATALOGUE')).find((feed) => feed.publisher === city);
      return held?.head ?? 0;
    },

    async basis() {
      const heardAt = await heardOf(queries, city);
      return { ...(await findBasis(queries)), heardAt: heardAt?.toISOString() ?? null };
    },
    drift: (basis) => drift.of({ node, tier: divisions.get(node).tier }, basis),

    async list(search: string | null, { first, after }: PageRequest): Promise<Page<CatalogEntryView>> {
      const today = dayOf(now());
      const found = await searchItems(queries, { search, ownKeys, today, first, after });
      const staleSince = await heardOf(queries, city);
      return {
        nodes: await entriesOf(found.items, staleSince),
        cursors: found.cursors,
        hasNextPage: found.hasNextPage,
        hasPreviousPage: after !== null,
      };
    },
  };

  async function entriesOf(items: readonly Item[], staleSince: Date | null): Promise<CatalogEntryView[]> {
    const powers = await grants();
    const routed = items.map((item) => ({ item, ...routeFrom(item, powers) }));
    const keys = routed.flatMap(({ item, power }) => (power === null ? [] : [{ item: item.code, node: power }]));
    const known = new Set((await findImplementations(queries, keys)).map((i) => i.item));
    return routed.map(({ item, ...handled }) => ({
      item: { item: asOfToday(item), answeredBy: node, staleSince },
      ...handled,
      available: known.has(item.code) && isInForce(item, dayOf(now())),
    }));
  }

  /** One whose end has come is cancelled, also where nobody could say so yet. */
  function asOfToday(item: Item): Item {
    return { ...item, status: statusOn(item, dayOf(now())) };
  }

  /** Who handles an item for this division's own people. */
  function routeFrom(
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
}
