import type {
  Answers,
  CatalogEntryView,
  CatalogueService,
  DivisionCode,
  Divisions,
  Item,
  ItemView,
  Page,
  PageRequest,
} from '@liandong/schema';
import { ProblemError, dayOf, isInForce, itemSchema, mayTakeIn, problem, route, statusOn } from '@liandong/schema';
import type { HostDb, NodeQueries } from '../db/index.ts';
import { findFeeds } from '../feeds/index.ts';
import { findImplementations, findItems } from './catalogue-store.ts';

export interface CatalogueParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  now: () => Date;
}

/** When this node last heard from a publisher; null when it is the publisher itself. */
export async function heardOf(queries: NodeQueries, publisher: DivisionCode): Promise<Date | null> {
  if (publisher === queries.node) return null;
  const held = (await findFeeds(queries, 'CATALOGUE')).find((f) => f.publisher === publisher);
  return held?.asOf ?? new Date(0);
}

/** The basic catalogue as one node has it: the city's own, or a copy that says how old it is. */
export function catalogueService({ node, db, divisions, now }: CatalogueParts): CatalogueService {
  const queries = db.queries(node);
  const city = divisions.city.code;

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

    async list(search: string | null, { first, after }: PageRequest): Promise<Page<CatalogEntryView>> {
      const wanted = search?.trim() ?? '';
      const rows = await db.reads(node).item.findMany({
        where: {
          publishedAt: { not: null },
          effectiveFrom: { lte: new Date(dayOf(now())) },
          ...(after === null ? {} : { code: { gt: decodeCursor(after) } }),
          ...(wanted === ''
            ? {}
            : {
                OR: [
                  { name: { contains: wanted } },
                  { department: { contains: wanted } },
                  { code: { contains: wanted.toUpperCase() } },
                ],
              }),
        },
        orderBy: [{ code: 'asc' }, { version: 'desc' }],
        distinct: ['code'],
        select: { body: true },
        take: first + 1,
      });
      const staleSince = await heardOf(queries, city);
      const items = rows.map((row) => itemSchema.parse(row.body));
      const shown = items.slice(0, first);
      const routed = shown.map((item) => ({ item, ...routeFrom(item) }));
      const keys = routed.flatMap(({ item, decider }) =>
        decider === null ? [] : [{ item: item.code, node: decider }],
      );
      const known = new Set((await findImplementations(queries, keys)).map((i) => i.item));
      return {
        nodes: routed.map(({ item, ...found }) => ({
          item: { item: asOfToday(item), answeredBy: node, staleSince },
          ...found,
          available: known.has(item.code) && isInForce(item, dayOf(now())),
        })),
        cursors: shown.map((item) => encodeCursor(item.code)),
        hasNextPage: items.length > first,
        hasPreviousPage: after !== null,
      };
    },
  };

  /** One whose end has come is cancelled, also where nobody could say so yet. */
  function asOfToday(item: Item): Item {
    return { ...item, status: statusOn(item, dayOf(now())) };
  }

  /** Who handles an item for this division's own people. */
  function routeFrom(item: Item): Pick<CatalogEntryView, 'acceptor' | 'decider' | 'takenInHere'> {
    try {
      const found = route(item, node, divisions);
      return { acceptor: found.acceptor, decider: found.decider, takenInHere: mayTakeIn(item, node, found, divisions) };
    } catch (error) {
      // a county's own page can't name the township that would accept
      if (!(error instanceof ProblemError) || error.code !== 'COMPETENCE_UNRESOLVED') throw error;
      return { acceptor: null, decider: divisions.atTier(node, item.decidingTier)?.code ?? null, takenInHere: false };
    }
  }
}

function encodeCursor(code: string): string {
  return Buffer.from(code).toString('base64url');
}

function decodeCursor(cursor: string): string {
  const code = Buffer.from(cursor, 'base64url').toString();
  if (encodeCursor(code) !== cursor) throw problem('BAD_INPUT', 'after is no cursor of this list.', { field: 'after' });
  return code;
}
