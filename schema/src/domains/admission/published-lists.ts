import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { ProblemError } from '../../kernel/errors.ts';
import type { Grant } from '../delegation/messages.ts';
import type { GrantUse } from '../../case/log-line.ts';
import type { Audience } from '../catalogue/item-words.ts';
import type { ListKind } from '../catalogue/words.ts';
import type { Tier, WindowStage } from '../../kernel/words.ts';
import { isAbove, WINDOW_STAGES } from '../../kernel/words.ts';
import { stagesAt } from './rules.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { acceptingOrgans, isInForce } from '../catalogue/catalogue.ts';
import type { Route } from '../../case/competence.ts';
import { route } from '../../case/competence.ts';
import type { CaseFacts } from '../delegation/rules.ts';

/** One line of a published list. */
export interface ListEntry {
  item: Item;
  /** The stages the node does, which are its duties; empty if it only takes in. */
  stages: WindowStage[];
  /** The grant by which it decides; null where it decides by the item itself, or not at all. */
  through: GrantUse | null;
  /** The highest amount it decides by that grant and the grants it depends on, in fen; null if there is no cap. */
  capFen: number | null;
}

/** Kinds that use a power (行政权力); services and bundles of others' items do not. */
const POWERS = ['LICENSE', 'PAYMENT', 'CONFIRM', 'RECORD'] as const satisfies Item['kind'][];

/** Whether an item serves the audience. An item that names no audience serves all. */
export function serves(item: Pick<Item, 'audiences'>, audience: Audience): boolean {
  return item.audiences.length === 0 || item.audiences.includes(audience);
}

/**
 * The lists a node publishes, by the catalogue and the powers in effect: the powers it decides (权力清单), what it must do
 * for each power it has a part in or has lent out (责任清单; a grantor stays answerable, 行政许可法 Art. 24), what people
 * can come for (服务清单), taking in included, and how what it decides goes its way (流程清单). Source: 中办发〔2015〕21号; 国办发〔2018〕45号.
 * @param grants those in effect that day, see `grantsInEffect`
 * @param audience null for all audiences
 */
export function publishedList(
  items: readonly Item[],
  node: DivisionCode,
  divisions: Divisions,
  grants: readonly Grant[],
  kind: ListKind,
  audience: Audience | null,
  today: Day,
): ListEntry[] {
  const { tier } = divisions.get(node);
  const byItem = new Map<string, Grant[]>();
  for (const grant of grants) for (const code of grant.items) byItem.set(code, [...(byItem.get(code) ?? []), grant]);
  return items
    .filter((item) => isInForce(item, today) && (audience === null || serves(item, audience)))
    .map((item) => ({ item, ...partIn(item, node, divisions, byItem.get(item.code) ?? []) }))
    .filter(({ item, stages }) => {
      const isPower = (POWERS as readonly Item['kind'][]).includes(item.kind);
      switch (kind) {
        case 'POWERS':
          return isPower && stages.includes('DECIDE');
        case 'FLOWS':
          return stages.includes('DECIDE');
        case 'DUTIES':
          return isPower && (stages.length > 0 || stagesAt(item, tier).length > 0);
        case 'SERVICES':
          return stages.length > 0 || takesIn(item, tier);
        default:
          return kind satisfies never;
      }
    })
    .sort((a, b) => (a.item.code < b.item.code ? -1 : 1));
}

/** Whether desks of the tier take the item in, for themselves or as proxy (代收代办). */
function takesIn(item: Item, tier: Tier): boolean {
  if (item.acceptingTiers.includes(tier)) return true;
  return item.proxyAllowed && acceptingOrgans(item).every((organ) => isAbove(organ, tier));
}

/** The part a node has in an item, by the catalogue and these grants. */
function partIn(
  item: Item,
  node: DivisionCode,
  divisions: Divisions,
  grants: readonly Grant[],
): Omit<ListEntry, 'item'> {
  const { tier } = divisions.get(node);
  const taken = grants.some(({ grantee }) => grantee === node);
  // a node that neither the item nor a grant names can't decide
  const decision =
    item.decidingTier === tier || taken
      ? findRoute(item, node, divisions, grants, (found) => found.decider === node)
      : null;
  const byGrant = (stage: 'accept' | 'review') =>
    taken && findRoute(item, node, divisions, grants, ({ through }) => through[stage]?.grantee === node) !== null;
  const accepts = acceptingOrgans(item).includes(tier) || byGrant('accept');
  const through = decision?.route.through.decide ?? null;
  const does: Record<WindowStage, boolean> = {
    ACCEPT: accepts,
    REVIEW: accepts || decision !== null || byGrant('review'),
    DECIDE: decision !== null,
    DELIVER: decision !== null,
  };
  return {
    stages: WINDOW_STAGES.filter((stage) => does[stage]),
    through,
    // not the grant's own cap: the grant to accept, without which no case comes here, may end below it
    capFen: through && decision ? decision.amountFen : null,
  };
}

/**
 * The first route of a matter in a node's own place for which `isIt` holds. It tries an unknown amount first, then the
 * caps from the highest down. Between two caps the route does not change, so no other amount is tried.
 * @returns the route, and the highest amount in fen for which it holds; null if there is no highest
 */
function findRoute(
  item: Item,
  node: DivisionCode,
  divisions: Divisions,
  grants: readonly Grant[],
  isIt: (found: Route) => boolean,
): { route: Route; amountFen: number | null } | null {
  const caps = new Set(grants.flatMap(({ cap }) => (cap === null ? [] : [cap.amountFen])));
  const amounts = [null, ...[...caps].toSorted((a, b) => b - a)];
  // the lowest places first: from there every organ can be named
  const places = divisions.subtree(node).toReversed();
  for (const amountFen of amounts) {
    for (const { code } of places) {
      const found = routeOrNull(item, code, divisions, grants, { amountFen });
      if (found && isIt(found)) return { route: found, amountFen };
    }
  }
  return null;
}

/** Null where the place is too high to name the accepting organ. */
function routeOrNull(
  item: Item,
  place: DivisionCode,
  divisions: Divisions,
  grants: readonly Grant[],
  facts: CaseFacts,
): Route | null {
  try {
    return route(item, place, divisions, grants, facts);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return null;
    throw error;
  }
}
