import type { CaseRow, CasesPart, Places, QueueList } from '@liandong/schema/domains/subtree-cases';
import { QUEUE_LISTS } from '@liandong/schema/domains/subtree-cases';
import { dueIfResumed } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import type { CaseFilter, QueueClock, QueueRead } from './case-queue.ts';
import { QUEUE_START, queueReads } from './case-queue.ts';

/** A node, and how far its work queue was read. */
export interface QueuedNode {
  node: DivisionCode;
  from: Places;
}

/** The column each list is ordered by, its type, and values below and above all others. */
const ORDERED = {
  urgent: { column: 'next_due_at', type: 'timestamptz', least: '-infinity', most: 'infinity' },
  running: { column: 'next_due_at', type: 'timestamptz', least: '-infinity', most: 'infinity' },
  paused: { column: 'paused_days', type: 'int', least: -2_147_483_648, most: 2_147_483_647 },
} as const satisfies Record<QueueList, object>;

/** An id that stands behind every other: ids begin with the digits of a node. */
const LAST_ID = 'z';

interface Row {
  node: DivisionCode;
  id: string;
  key: Date | number;
}

/**
 * The first open cases that some nodes of a host hold, in the order of one work queue, at each node from its own place
 * on. Every list is one statement over all nodes. It walks the index of each node in its order and stops after a page,
 * so that its cost depends on the number of nodes and not on that of cases.
 * @returns what each node has among the first
 */
export async function hostQueue(
  db: HostDb,
  nodes: readonly QueuedNode[],
  filter: CaseFilter,
  first: number,
  clock: QueueClock,
): Promise<CasesPart[]> {
  const reads = queueReads({ ...filter, orderBy: 'REMAINING_DAYS' }, first, QUEUE_START, clock);
  const lists = await Promise.all(
    QUEUE_LISTS.map(async (list) => {
      const read = reads[list];
      if (!read) return [];
      const { sql, params } = hostRead(list, read, nodes, first);
      const rows = await db.queryHost<Row>(sql, params);
      return rows.map((row) => ({ node: row.node, row: rowOf(list, row, clock) }));
    }),
  );
  const asOf = clock.now.toISOString();
  const parts = new Map(nodes.map(({ node }): [string, CasesPart] => [node, { asOf, rows: [] }]));
  for (const { node, row } of lists.flat()) parts.get(node)?.rows.push(row);
  return [...parts.values()];
}

/**
 * A list's read over many nodes, with one row more than the page shows. The first case of each node bounds the read: no
 * page needs a case behind as many nodes' first ones as it has room for.
 */
export function hostRead(
  list: QueueList,
  { sql, params }: QueueRead,
  nodes: readonly QueuedNode[],
  first: number,
): { sql: string; params: unknown[] } {
  const { column, type, least, most } = ORDERED[list];
  const places = nodes.map(({ node, from }) => placeAt(node, from[list], least));
  const all = [nodes.map(({ node }) => node), ...params, places.map(([key]) => key), places.map(([, id]) => id), first];
  const [keys, ids, page] = [all.length - 2, all.length - 1, all.length];
  const ofNode = (bound = '') =>
    sql.replaceAll('node = $1', `node = n.node AND (${column}, id) > (n.after_key, n.after_id)${bound}`);
  const bound = ` AND (${column}, id) <= (coalesce(b.key, '${most}'),
    CASE WHEN n.node < b.node THEN '${LAST_ID}' WHEN n.node = b.node THEN b.id ELSE '' END)`;
  return {
    sql: `WITH n AS MATERIALIZED (
        SELECT * FROM unnest($1::text[], $${keys}::${type}[], $${ids}::text[]) AS n (node, after_key, after_id)
      ), heads AS MATERIALIZED (
        SELECT n.node, h.id, h.key FROM n, LATERAL (SELECT * FROM (${ofNode()}) AS q LIMIT 1) AS h
      ), last AS MATERIALIZED (
        SELECT node, id, key FROM heads ORDER BY key, node, id OFFSET $${page} LIMIT 1
      )
      SELECT n.node, q.id, q.key FROM n LEFT JOIN last AS b ON true, LATERAL (${ofNode(bound)}) AS q
      ORDER BY q.key, n.node, q.id LIMIT $${page}::int + 1`,
    params: all,
  };
}

/** Where a node goes on: cases of one limit stand by node, so that every database gives them one order. */
function placeAt(node: DivisionCode, place: Places[QueueList], least: string | number): [string | number, string] {
  if (place === null) return [least, ''];
  const [key, lastNode, id] = place;
  if (node === lastNode) return [key, id];
  return [key, node < lastNode ? LAST_ID : ''];
}

function rowOf(list: QueueList, { id, key }: Row, { now, calendar }: QueueClock): CaseRow {
  if (key instanceof Date) {
    const due = key.toISOString();
    return { list: list === 'urgent' ? 'urgent' : 'running', id, key: due, due };
  }
  return { list: 'paused', id, key, due: dueIfResumed(key, now, calendar).toISOString() };
}
