import type { CatalogDriftView, CatalogueBasis, Drift } from '@liandong/schema/domains/catalogue';
import type { Problem } from '@liandong/schema/kernel';
import type { RoleContext } from '@liandong/schema/graph';
import type { RosterCoverageView } from '@liandong/schema/domains/roster';
import { dayOf, problem, ROSTER_GAPS } from '@liandong/schema/kernel';
import { catalogueBasisSchema, driftOf, mustCarryOut, nodeDriftSchema } from '@liandong/schema/domains/catalogue';
import { statusOn } from '@liandong/schema/domains/item-life';
import { z } from 'zod';
import type { Registry } from './registry.ts';
import type { Gathering } from './roles.ts';

/** One node's answer to a question put to many nodes: a value, or the reason why it gave none. */
export interface NodeAnswer {
  node: string;
  value: unknown;
  problem: Problem | null;
}

/** Puts a batched lookup to nodes, one request a host; answers in the order of the nodes. */
export type AskMany = (
  lookup: string,
  nodes: readonly string[],
  variables: Record<string, unknown>,
) => Promise<NodeAnswer[]>;

export type Gathered = NonNullable<RoleContext['gathered']>;

/** Most copies tried for the city's catalogue when the city is silent. */
const MAX_STANDINS = 3;

/** How the answers of many nodes become one, by root field. */
export const GATHERINGS: Readonly<
  Record<Gathering, (division: string, registry: Registry, ask: AskMany) => Promise<Gathered>>
> = {
  catalogDrift: async (division, registry, ask) => ({ drift: await gatherDrift(division, registry, ask) }),
  rosterCoverage: async (division, registry, ask) => ({ roster: await gatherRosters(division, registry, ask) }),
};

/**
 * The drift of a division's nodes from the city's catalogue. The heads of the city's items go to every node. A node
 * compares the items whose head agrees itself, and sends the others to be compared here.
 */
async function gatherDrift(division: string, registry: Registry, ask: AskMany): Promise<CatalogDriftView> {
  const nodes = registry.nodesWithin(division);
  const city = registry.divisions.city.code;
  const basis = await findBasis(nodes, division, registry, ask);
  if (!basis) {
    const silent = (await ask('_catalogueSeqs', nodes, {})).flatMap(({ node, problem: found }) =>
      found ? [{ node, code: found.code }] : [],
    );
    const coverage = { expected: nodes.length, answered: nodes.length - silent.length, silent };
    return { division, basis: null, basisStale: true, drift: [], items: new Map(), coverage };
  }
  const theirs = new Map(basis.catalogue.items.map(({ item }) => [item.code, item]));
  const heads = JSON.stringify(basis.catalogue.items.map(({ head }) => head));
  const drift: Drift[] = [];
  const silent: CatalogDriftView['coverage']['silent'] = [];
  for (const answer of await ask('_catalogueDrifts', nodes, { heads })) {
    const { node } = answer;
    const said = read(nodeDriftSchema, answer);
    if ('code' in said) {
      silent.push({ node, code: said.code });
      continue;
    }
    const { tier } = registry.divisions.get(node);
    // a node reports only its own drift
    drift.push(...said.drift.map((line) => ({ ...line, node })));
    for (const held of said.differing) {
      const item = theirs.get(held.code) ?? null;
      drift.push(...driftOf(node, held, item, item !== null && mustCarryOut(item, tier)));
    }
  }
  const coverage = { expected: nodes.length, answered: nodes.length - silent.length, silent };
  const { heardAt } = basis.catalogue;
  const staleSince = heardAt === null ? null : new Date(heardAt);
  const items = new Map(
    drift.flatMap((line) => {
      const item = theirs.get(line.item);
      if (!item) return [];
      const today = { ...item, status: statusOn(item, dayOf(new Date())) };
      return [[line.item, { item: today, answeredBy: basis.node, staleSince }] as const];
    }),
  );
  return { division, basis: basis.node, basisStale: basis.node !== city, drift, items, coverage };
}

/** The city's catalogue. If the city is silent, the copy of the node that holds the longest part of its feed. */
async function findBasis(
  nodes: readonly string[],
  division: string,
  registry: Registry,
  ask: AskMany,
): Promise<{ node: string; catalogue: CatalogueBasis } | null> {
  const city = registry.divisions.city.code;
  const basisAt = async (node: string) => {
    const [answer] = await ask('_catalogueBases', [node], {});
    const catalogue = answer && read(catalogueBasisSchema, answer);
    return catalogue && 'items' in catalogue ? { node, catalogue } : null;
  };
  const own = await basisAt(city);
  if (own) return own;
  const above = registry.divisions.ancestors(division).map(({ code }) => code);
  const candidates = [...new Set([...above.toReversed(), ...nodes])].filter((node) => node !== city);
  const known = (await ask('_catalogueSeqs', candidates, {})).flatMap(({ node, value }) =>
    typeof value === 'number' ? [{ node, seq: value }] : [],
  );
  for (const { node } of known.sort((a, b) => b.seq - a.seq).slice(0, MAX_STANDINS)) {
    const found = await basisAt(node);
    if (found) return found;
  }
  return null;
}

const placeRosterSchema = z.object({ agents: z.int().min(0), gaps: z.array(z.enum(ROSTER_GAPS)) });

/** Rosters of a division's agencies: the proxy offices of its counties, townships, parks and villages. */
async function gatherRosters(division: string, registry: Registry, ask: AskMany): Promise<RosterCoverageView> {
  const places = registry.divisions.subtree(division).filter(({ tier }) => tier !== 'CITY');
  const isServed = ({ code }: { code: string }) => registry.current.findHost(code) !== undefined;
  const nodes = places.filter(isServed).map(({ code }) => code);
  const silent: RosterCoverageView['coverage']['silent'] = [];
  const said: RosterCoverageView['gaps'] = [];
  for (const answer of nodes.length > 0 ? await ask('_placeRosters', nodes, {}) : []) {
    const { node: place } = answer;
    const found = read(placeRosterSchema, answer);
    if ('code' in found) silent.push({ node: place, code: found.code });
    else said.push({ place, ...found });
  }
  return {
    division,
    places: places.length,
    covered: said.filter(({ agents }) => agents > 0).length,
    gaps: said.filter(({ gaps }) => gaps.length > 0),
    withoutNode: places.filter((place) => !isServed(place)).map(({ code }) => code),
    coverage: { expected: nodes.length, answered: said.length, silent },
  };
}

/** A node's answer, or its problem; an unreadable answer counts as none. */
export function read<T extends object>(schema: z.ZodType<T>, { node, value, problem: found }: NodeAnswer): T | Problem {
  if (found) return found;
  try {
    return schema.parse(JSON.parse(String(value)));
  } catch (cause) {
    return problem('MESSAGE_INVALID', `${node} gave an answer that can't be read.`, { node, cause }).problem;
  }
}
