import type {
  CatalogueBasis,
  DivisionCode,
  HeldItem,
  Implementation,
  Item,
  ItemHead,
  NodeDrift,
  Tier,
} from '@liandong/schema';
import { driftOf, implementationSchema, itemSchema, mustCarryOut } from '@liandong/schema';
import type { NodeQueries } from '../db/index.ts';

/** The newest published version of every item a node has, each with its head. */
export async function findBasis(queries: NodeQueries): Promise<CatalogueBasis> {
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

/**
 * A node's drift from a basis, from its own rows. Bodies are read only of what the node carries out and of what differs:
 * of all else the head says enough.
 */
export async function findDrift(
  queries: NodeQueries,
  node: DivisionCode,
  tier: Tier,
  basis: readonly ItemHead[],
): Promise<NodeDrift> {
  const heads = await queries.query<ItemHead & { competence_key: string | null }>(
    `SELECT DISTINCT ON (code) code, version, digest, competence_key FROM items
     WHERE node = $1 AND published_at IS NOT NULL ORDER BY code, version DESC`,
  );
  const implementations = new Map(
    (await findOwnImplementations(queries, node)).map((implementation) => [implementation.item, implementation]),
  );
  const theirs = new Map(basis.map((head) => [head.code, head]));
  const mine = new Map(heads.map((head) => [head.code, head]));
  const codes = [...new Set([...theirs.keys(), ...mine.keys(), ...implementations.keys()])].sort();
  const agrees = (code: string) => {
    const [its, own] = [theirs.get(code), mine.get(code)];
    return its !== undefined && own?.version === its.version && own.digest === its.digest;
  };
  const carriedOut = (code: string) =>
    implementations.has(code) || (mine.get(code)?.competence_key?.startsWith(`${tier} `) ?? false);
  const items = await findNewest(
    queries,
    codes.filter((code) => !agrees(code) || carriedOut(code)),
  );
  const answer: NodeDrift = { drift: [], differing: [] };
  for (const code of codes) {
    const own = items.get(code) ?? null;
    const held: HeldItem = { code, own, implementation: implementations.get(code) ?? null };
    if (!agrees(code)) answer.differing.push(held);
    // the same to the letter: what it is compared with is what it holds
    else if (own) answer.drift.push(...driftOf(node, held, own, mustCarryOut(own, tier)));
  }
  return answer;
}

async function findOwnImplementations(queries: NodeQueries, node: DivisionCode): Promise<Implementation[]> {
  const rows = await queries.query<{ body: unknown }>(
    `SELECT DISTINCT ON (item) body FROM implementations WHERE node = $1 AND decider = $2 ORDER BY item, version DESC`,
    [node],
  );
  return rows.map((row) => implementationSchema.parse(row.body));
}

async function findNewest(queries: NodeQueries, codes: readonly string[]): Promise<Map<string, Item>> {
  const rows = await queries.query<{ body: unknown }>(
    `SELECT DISTINCT ON (code) body FROM items WHERE node = $1 AND code = ANY ($2) AND published_at IS NOT NULL
     ORDER BY code, version DESC`,
    [codes],
  );
  return new Map(rows.map((row) => itemSchema.parse(row.body)).map((item) => [item.code, item]));
}
