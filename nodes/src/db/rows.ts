import type { SealedName } from '../vault/index.ts';
import type { NodeQueries, NodeSql, SharedTx } from './host-db.ts';
import type { Columns, NewRowOf, RowOf, Table } from './table.ts';
import { snake } from './table.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What becomes of a row whose key is there already: it is kept or replaced, or the clause says so. Without it the insert
 * fails.
 */
export type OnKnown = 'KEEP' | 'REPLACE' | `ON CONFLICT ${string}`;

/**
 * Inserts rows in one statement, whose plan does not depend on their number.
 * @returns how many rows are new or changed
 */
export async function insert<C extends Columns>(
  tx: SharedTx,
  table: Table<string, C>,
  rows: readonly NewRowOf<Table<string, C>>[],
  known?: OnKnown,
): Promise<number> {
  const { name, columns } = table;
  const fields = Object.keys(columns).filter((field) => !columns[field]?.generated);
  const names = fields.map(snake).join(', ');
  const types = fields.map((field) => `${snake(field)} ${columns[field]?.type}`).join(', ');
  const stored = rows.map((row: Fields) => {
    const entries = fields.map((field) => {
      const value = row[field] ?? null;
      const hidden = columns[field]?.sealed && value !== null;
      return [snake(field), hidden ? tx.vault.seal(...placeOf(table, row, field), value as string) : value];
    });
    return Object.fromEntries(entries) as Fields;
  });
  const sql: NodeSql = `INSERT INTO ${name} (node, ${names})
    SELECT $1, ${names} FROM json_to_recordset($2) AS r (${types})${known ? ` ${clauseOf(table, known)} RETURNING 1` : ''}`;
  const written = await tx.query(sql, [JSON.stringify(stored)]);
  return known ? written.length : rows.length;
}

function clauseOf({ columns, key }: Table<string, Columns>, known: OnKnown): string {
  if (known !== 'KEEP' && known !== 'REPLACE') return known;
  const target = `ON CONFLICT (${['node', ...key.map(snake)].join(', ')})`;
  if (known === 'KEEP') return `${target} DO NOTHING`;
  const replaced = Object.keys(columns).filter((field) => !key.includes(field) && !columns[field]?.generated);
  return `${target} DO UPDATE SET ${replaced.map((field) => `${snake(field)} = excluded.${snake(field)}`).join(', ')}`;
}

/** A stored row as the description has it; what else a statement read along stays. */
type Opened<C extends Columns, R> = { [K in keyof R]: K extends keyof C ? RowOf<Table<string, C>>[K] : R[K] };

/**
 * Rows that Prisma or pg read, as the description has them: sealed columns opened, days as text, numbers as numbers.
 * @throws {ProblemError} DATA_KEY_MISSING, SEAL_BROKEN
 */
export function opened<C extends Columns, R extends object>(
  queries: Pick<NodeQueries, 'vault'>,
  table: Table<string, C>,
  rows: readonly R[],
): Promise<Opened<C, R>[]> {
  return Promise.all(rows.map((row) => openedRow(queries, table, row)));
}

/** One row, as {@link opened}. */
export async function openedRow<C extends Columns, R extends object>(
  { vault }: Pick<NodeQueries, 'vault'>,
  table: Table<string, C>,
  row: R,
): Promise<Opened<C, R>> {
  const read = { ...row } as Record<string, unknown>;
  for (const [field, value] of Object.entries(read)) {
    const column = table.columns[field];
    if (typeof value === 'bigint') read[field] = Number(value);
    if (column?.type === 'date' && value instanceof Date) read[field] = value.toISOString().slice(0, 10);
    if (column?.sealed && typeof value === 'string') {
      read[field] = await vault.open(...placeOf(table, row as Fields, field), value);
    }
  }
  return read as Opened<C, R>;
}

/** A sealed value's column, and the row it is bound to: its key after the node. */
function placeOf({ name, key }: Table<string, Columns>, row: Fields, field: string): [SealedName, string] {
  return [`${name}.${snake(field)}` as SealedName, key.map((part) => String(row[part])).join('/')];
}
