import { createHash } from 'node:crypto';
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
  const implementations = new Map(
    (await findOwnImplementations(queries, node)).map((implementation) => [implementation.item, implementation]),
  );
  // a village's copy that is the same as a whole needs no comparing line by line: there are hundreds on a host
  if (tier === 'VILLAGE' && implementations.size === 0 && (await findWhole(queries)) === wholeOf(basis)) {
    return { drift: [], differing: [] };
  }
  const heads = await queries.query<ItemHead & { competence_key: string | null }>(
    `SELECT DISTINCT ON (code) code, version, digest, competence_key FROM items
     WHERE node = $1 AND published_at IS NOT NULL ORDER BY code, version DESC`,
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

/** A node's heads as one digest; counted by the database, so that nothing needs to be carried. */
async function findWhole(queries: NodeQueries): Promise<string | null> {
  const [row] = await queries.query<{ whole: string | null }>(
    `SELECT md5(string_agg(code || ' ' || version || ' ' || digest, E'\\n' ORDER BY code COLLATE "C")) AS whole
     FROM (
       SELECT DISTINCT ON (code) code, version, digest FROM items WHERE node = $1 AND published_at IS NOT NULL
       ORDER BY code, version DESC
     ) heads`,
  );
  return row?.whole ?? null;
}

/** The digest of a basis; the nodes of a host are shown one and the same. */
const wholes = new WeakMap<readonly ItemHead[], string>();
function wholeOf(basis: readonly ItemHead[]): string {
  let whole = wholes.get(basis);
  if (whole === undefined) {
    const lines = basis.map(({ code, version, digest }) => ({ code, line: `${code} ${version} ${digest}` }));
    lines.sort((a, b) => (a.code < b.code ? -1 : 1));
    whole = createHash('md5')
      .update(lines.map(({ line }) => line).join('\n'))
      .digest('hex');
    wholes.set(basis, whole);
  }
  return whole;
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
