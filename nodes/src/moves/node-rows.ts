import { createHash } from 'node:crypto';
import type { DivisionCode } from '@liandong/schema/kernel';
import { isDivisionCode, problem } from '@liandong/schema/kernel';
import type { HostTx } from '../db/index.ts';

/** Rows read or written at a time: pieces of materials are half a megabyte each. */
const BATCH = 40;

/** Tables of the database itself, without a node. */
const OF_NO_NODE = ['migrations', 'migration_checksums'];

/** A table that holds rows of nodes. */
export interface NodeTable {
  name: string;
  /** Columns that are written; generated ones follow from them. */
  columns: string[];
  /** The column numbered by the database, or null if the table has none. */
  identity: string | null;
}

/** The digest of a node's rows of a table, independent of their order. */
export interface TableDigest {
  rows: number;
  /** Sum of the rows' SHA-256, hexadecimal. */
  sum: string;
}

/**
 * Every table with rows of nodes, as the database lists them, in the order of their foreign keys: a table that is added
 * later can't be forgotten.
 * @throws {ProblemError} INTERNAL naming a table whose rows belong to no node
 */
export async function findNodeTables(tx: HostTx): Promise<NodeTable[]> {
  const tables = await tx.query<NodeTable & { first: string | null; parents: string[] }>(
    `SELECT c.relname::text AS name,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
       (SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attidentity <> '') AS identity,
       (SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisprimary) AS first,
       ARRAY(SELECT p.relname::text FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND p.oid <> c.oid) AS parents
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY c.relname`,
  );
  const ofNodes = tables.filter(({ name }) => !OF_NO_NODE.includes(name));
  for (const { name, first } of ofNodes) {
    if (first !== 'node') throw problem('INTERNAL', `Table ${name} does not have the node first in its key.`);
  }
  const ordered: NodeTable[] = [];
  const placed = new Set<string>();
  const place = (name: string): void => {
    if (placed.has(name)) return;
    placed.add(name);
    const table = ofNodes.find((t) => t.name === name);
    if (!table) return;
    for (const parent of table.parents) place(parent);
    const { columns, identity } = table;
    ordered.push({ name, columns, identity });
  };
  for (const { name } of ofNodes) place(name);
  return ordered;
}

/** Every row of a node in a table, as the text of its JSON. Run in a transaction. */
export async function* rowsOf(tx: HostTx, table: string, node: DivisionCode): AsyncGenerator<string[]> {
  // cursors take no parameters
  if (!isDivisionCode(node)) throw problem('BAD_INPUT', `${node} is no division.`);
  const name = identifier(table);
  await tx.query(`SET LOCAL TimeZone = 'UTC'`);
  await tx.query(`DECLARE node_rows NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM ${name} t
    WHERE t.node = '${node}'`);
  for (;;) {
    const rows = await tx.query<{ row: string }>(`FETCH ${BATCH} FROM node_rows`);
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await tx.query('CLOSE node_rows');
}

/** Writes rows of a table as {@link rowsOf} gave them. */
export async function writeRows(tx: HostTx, { name, columns, identity }: NodeTable, rows: string[]): Promise<void> {
  const list = columns.map(identifier).join(', ');
  const overriding = identity === null ? '' : 'OVERRIDING SYSTEM VALUE';
  for (let from = 0; from < rows.length; from += BATCH) {
    await tx.query(
      `INSERT INTO ${identifier(name)} (${list}) ${overriding}
       SELECT ${list} FROM jsonb_populate_recordset(NULL::${identifier(name)}, $1::jsonb)`,
      [`[${rows.slice(from, from + BATCH).join(',')}]`],
    );
  }
}

/** Continues the database's own numbers after the imported rows. */
export async function passNumbers(tx: HostTx, { name, identity }: NodeTable, node: DivisionCode): Promise<void> {
  if (identity === null) return;
  await tx.query(
    `SELECT setval(s, greatest(nextval(s), (SELECT max(${identifier(identity)}) FROM ${identifier(name)} WHERE node = $3)))
     FROM CAST(pg_get_serial_sequence($1, $2) AS regclass) AS s`,
    [name, identity, node],
  );
}

/**
 * Removes a node's rows, also from tables that are otherwise only written to. Only the tables' owner may do that, and
 * only here.
 * @returns how many tables held some
 */
export async function removeRows(tx: HostTx, tables: readonly NodeTable[], node: DivisionCode): Promise<number> {
  let removed = 0;
  for (const { name } of tables.toReversed()) {
    const table = identifier(name);
    const [own] = await tx.query(`SELECT 1 FROM ${table} WHERE node = $1 LIMIT 1`, [node]);
    if (!own) continue;
    removed += 1;
    await tx.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await tx.query(`DELETE FROM ${table} WHERE node = $1`, [node]);
    await tx.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  }
  return removed;
}

/** Adds up the digests of rows. */
export class RowSum {
  #rows = 0;
  #sum = 0n;

  add(rows: readonly string[]): void {
    for (const row of rows) {
      this.#rows += 1;
      this.#sum += BigInt(`0x${createHash('sha256').update(row).digest('hex')}`);
    }
  }

  digest(): TableDigest {
    return { rows: this.#rows, sum: BigInt.asUintN(256, this.#sum).toString(16) };
  }
}

/** The digests of a node's rows, by table. */
export async function digestsOf(
  tx: HostTx,
  tables: readonly NodeTable[],
  node: DivisionCode,
): Promise<Record<string, TableDigest>> {
  const digests: Record<string, TableDigest> = {};
  for (const { name } of tables) {
    const sum = new RowSum();
    for await (const rows of rowsOf(tx, name, node)) sum.add(rows);
    digests[name] = sum.digest();
  }
  return digests;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
