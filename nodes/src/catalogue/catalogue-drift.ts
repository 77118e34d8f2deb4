import type {
  CatalogueBasis,
  HeldItem,
  Implementation,
  Item,
  ItemHead,
  NodeDrift,
} from '@liandong/schema/domains/catalogue';
import type { DivisionCode, Tier } from '@liandong/schema/kernel';
import DataLoader from 'dataloader';
import { driftOf, implementationSchema, itemSchema, mustCarryOut } from '@liandong/schema/domains/catalogue';
import type { HostDb, NodeQueries } from '../db/index.ts';

/** The newest published version of every item a node has, each with its head. */
export async function findBasis(queries: NodeQueries): Promise<Pick<CatalogueBasis, 'items'>> {
  const rows = await queries.query<ItemHead & { body: unknown }>(
    `SELECT DISTINCT ON (code) code, version, digest, body FROM items WHERE node = $1 AND published_at IS NOT NULL
     ORDER BY code, version DESC`,
  );
  return {
    items: rows.map(({ code, version, digest, body }) => ({
      head: { code, version, digest },
      item: itemSchema.parse(body),
    })),
  };
}

/** A node whose copy is compared. */
export interface ComparedNode {
  node: DivisionCode;
  tier: Tier;
}

/**
 * The drift of nodes of one host from a basis, from their own rows: all of them in one pass, since a county's computer
 * room may host hundreds of villages that hold the same 2,000 items. Bodies are read only of items that a node carries
 * out or that differ: for all others the head is enough.
 */
export async function findDrifts(
  db: HostDb,
  nodes: readonly ComparedNode[],
  basis: readonly ItemHead[],
): Promise<Map<DivisionCode, NodeDrift>> {
  const [differing, implementations, carried] = await Promise.all([
    findDiffering(db, nodes, basis),
    findOwnImplementations(db, nodes),
    findCarriedOut(db, nodes),
  ]);
  const looked = new Map(
    nodes.map(({ node }) => {
      const codes = [differing, implementations, carried].flatMap((found) => [...(found.get(node)?.keys() ?? [])]);
      return [node, [...new Set(codes)].sort()] as const;
    }),
  );
  const held = await findNewest(db, looked);
  return new Map(
    nodes.map(({ node, tier }) => {
      const answer: NodeDrift = { drift: [], differing: [] };
      for (const code of looked.get(node) ?? []) {
        const own = held.get(node)?.get(code) ?? null;
        const item: HeldItem = { code, own, implementation: implementations.get(node)?.get(code) ?? null };
        if (differing.get(node)?.has(code) || !own) answer.differing.push(item);
        // byte for byte the same: the node holds what it is compared with
        else answer.drift.push(...driftOf(node, item, own, mustCarryOut(own, tier)));
      }
      return [node, answer];
    }),
  );
}

/** Findings on nodes, by node and item. */
type ByNode<T> = Map<DivisionCode, Map<string, T>>;

function byNode<T>(found: readonly { node: DivisionCode; code: string; value: T }[]): ByNode<T> {
  const all: ByNode<T> = new Map();
  for (const { node, code, value } of found) {
    const own = all.get(node);
    if (own) own.set(code, value);
    else all.set(node, new Map([[code, value]]));
  }
  return all;
}

/**
 * Heads of each node's newest versions beside the basis' heads; heads that are the same on both sides are left out.
 * Each node is read in the order of its index, so that nothing is sorted and no body is read.
 */
export const DIFFERING_SQL = `
  WITH basis AS MATERIALIZED (
    SELECT * FROM unnest($2::text[], $3::int[], $4::text[]) AS b (code, version, digest)
  )
  SELECT n.node, d.code
  FROM unnest($1::text[]) AS n (node)
  CROSS JOIN LATERAL (
    SELECT coalesce(h.code, b.code) AS code
    FROM (
      SELECT DISTINCT ON (i.code) i.code, i.version, i.digest FROM items i
      WHERE i.node = n.node AND i.published_at IS NOT NULL ORDER BY i.code, i.version DESC
    ) h
    FULL JOIN basis b ON b.code = h.code
    WHERE h.code IS NULL OR b.code IS NULL OR h.version <> b.version OR h.digest IS DISTINCT FROM b.digest
  ) d`;

export function differingParameters(nodes: readonly ComparedNode[], basis: readonly ItemHead[]): unknown[] {
  return [
    nodes.map(({ node }) => node),
    basis.map(({ code }) => code),
    basis.map(({ version }) => version),
    basis.map(({ digest }) => digest),
  ];
}

async function findDiffering(
  db: HostDb,
  nodes: readonly ComparedNode[],
  basis: readonly ItemHead[],
): Promise<ByNode<true>> {
  const rows = await db.queryHost<{ node: DivisionCode; code: string }>(
    DIFFERING_SQL,
    differingParameters(nodes, basis),
  );
  return byNode(rows.map((row) => ({ ...row, value: true })));
}

async function findOwnImplementations(db: HostDb, nodes: readonly ComparedNode[]): Promise<ByNode<Implementation>> {
  const rows = await db.queryHost<{ node: DivisionCode; code: string; body: unknown }>(
    `SELECT DISTINCT ON (node, item) node, item AS code, body FROM implementations
     WHERE node = ANY ($1) AND decider = node ORDER BY node, item, version DESC`,
    [nodes.map(({ node }) => node)],
  );
  return byNode(rows.map(({ node, code, body }) => ({ node, code, value: implementationSchema.parse(body) })));
}

/** The items a node must carry out by its own copy. A village decides nothing, and is left out. */
async function findCarriedOut(db: HostDb, nodes: readonly ComparedNode[]): Promise<ByNode<true>> {
  const deciding = nodes.filter(({ tier }) => tier !== 'VILLAGE');
  if (deciding.length === 0) return new Map();
  const rows = await db.queryHost<{ node: DivisionCode; code: string }>(
    `SELECT n.node, h.code
     FROM unnest($1::text[], $2::text[]) AS n (node, tier)
     CROSS JOIN LATERAL (
       SELECT DISTINCT ON (i.code) i.code, i.competence_key FROM items i
       WHERE i.node = n.node AND i.published_at IS NOT NULL ORDER BY i.code, i.version DESC
     ) h
     WHERE starts_with(h.competence_key, n.tier || ' ')`,
    [deciding.map(({ node }) => node), deciding.map(({ tier }) => tier)],
  );
  return byNode(rows.map((row) => ({ ...row, value: true })));
}

async function findNewest(db: HostDb, looked: ReadonlyMap<DivisionCode, readonly string[]>): Promise<ByNode<Item>> {
  const pairs = [...looked].flatMap(([node, codes]) => codes.map((code) => ({ node, code })));
  if (pairs.length === 0) return new Map();
  const rows = await db.queryHost<{ node: DivisionCode; code: string; body: unknown }>(
    `SELECT p.node, p.code, h.body
     FROM unnest($1::text[], $2::text[]) AS p (node, code)
     CROSS JOIN LATERAL (
       SELECT i.body FROM items i
       WHERE i.node = p.node AND i.code = p.code AND i.published_at IS NOT NULL ORDER BY i.version DESC LIMIT 1
     ) h`,
    [pairs.map(({ node }) => node), pairs.map(({ code }) => code)],
  );
  return byNode(rows.map(({ node, code, body }) => ({ node, code, value: itemSchema.parse(body) })));
}

/** Compares the nodes of a host together if they are asked about together: all nodes that get the same basis. */
export class HostDrift {
  readonly #db: HostDb;
  readonly #loaders = new WeakMap<readonly ItemHead[], DataLoader<ComparedNode, NodeDrift, DivisionCode>>();

  constructor(db: HostDb) {
    this.#db = db;
  }

  of(compared: ComparedNode, basis: readonly ItemHead[]): Promise<NodeDrift> {
    let loader = this.#loaders.get(basis);
    if (!loader) {
      loader = new DataLoader(
        async (nodes) => {
          const found = await findDrifts(this.#db, nodes, basis);
          return nodes.map(({ node }) => found.get(node) ?? { drift: [], differing: [] });
        },
        // a catalogue changes, so a later request asks the node again
        { cacheKeyFn: ({ node }) => node, cache: false },
      );
      this.#loaders.set(basis, loader);
    }
    return loader.load(compared);
  }
}
