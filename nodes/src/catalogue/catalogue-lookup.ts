import type { CatalogueLookup, Item } from '@liandong/schema/domains/catalogue';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { ItemView } from '@liandong/schema/domains/item-life';
import { dayOf, problem } from '@liandong/schema/kernel';
import { statusOn } from '@liandong/schema/domains/item-life';
import type { NodeQueries } from '../db/index.ts';
import { findFeeds } from '../feeds/index.ts';
import type { HostDrift } from './catalogue-drift.ts';
import { findBasis } from './catalogue-drift.ts';
import { findItems } from './catalogue-store.ts';

export interface CatalogueLookupParts {
  queries: NodeQueries;
  divisions: Divisions;
  /** Shared by the nodes of a host. */
  drift: HostDrift;
  now: () => Date;
}

/** When this node last heard from a publisher; null when it is the publisher itself. */
export async function heardOf(queries: NodeQueries, publisher: DivisionCode): Promise<Date | null> {
  if (publisher === queries.node) return null;
  const held = (await findFeeds(queries, 'CATALOGUE')).find((f) => f.publisher === publisher);
  return held?.asOf ?? new Date(0);
}

/**
 * An item as the node shows it. An item whose end has come is shown as cancelled, even before the cancellation is
 * stated.
 */
export function itemView(item: Item, today: Day, answeredBy: DivisionCode, staleSince: Date | null): ItemView {
  return { item: { ...item, status: statusOn(item, today) }, answeredBy, staleSince };
}

/** The basic catalogue of one node, for queries that the gateway sends in batches or to all nodes. */
export function catalogueLookup({ queries, divisions, drift, now }: CatalogueLookupParts): CatalogueLookup {
  const { node } = queries;
  const city = divisions.city.code;

  return {
    async getMany(codes) {
      const today = dayOf(now());
      const staleSince = await heardOf(queries, city);
      const found = new Map((await findItems(queries, codes, today)).map((item) => [item.code, item]));
      return codes.map((code) => {
        const item = found.get(code);
        if (!item)
          return problem('ITEM_UNKNOWN', `${node} has no item ${code} in its catalogue.`, { node, field: 'code' });
        return itemView(item, today, node, staleSince);
      });
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
  };
}
