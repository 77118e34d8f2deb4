import type { NodeSql, SharedTx } from './host-db.ts';
import type { Columns, RowOf, Table } from './table.ts';
import { snake } from './table.ts';

/** Inserts rows in one statement, whose plan does not depend on their number. */
export async function insert<C extends Columns>(
  tx: SharedTx,
  { name, columns, key }: Table<string, C>,
  rows: readonly RowOf<Table<string, C>>[],
): Promise<void> {
  const fields = Object.keys(columns);
  const names = fields.map(snake).join(', ');
  const types = fields.map((field) => `${snake(field)} ${columns[field]?.type}`).join(', ');
  const stored = rows.map((row: Readonly<Record<string, unknown>>) => {
    const at = key.map((field) => String(row[field])).join('/');
    return Object.fromEntries(
      fields.map((field) => {
        const value = row[field] ?? null;
        const hidden = columns[field]?.sealed && value !== null;
        return [snake(field), hidden ? tx.vault.seal(`${name}.${snake(field)}` as never, at, value as string) : value];
      }),
    );
  });
  const sql: NodeSql = `INSERT INTO ${name} (node, ${names})
    SELECT $1, ${names} FROM json_to_recordset($2) AS r (${types})`;
  await tx.query(sql, [JSON.stringify(stored)]);
}
