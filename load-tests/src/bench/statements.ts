import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

/** A statement as the driver got it. */
export interface Sent {
  text: string;
  values: readonly unknown[];
}

const counting = new AsyncLocalStorage<Sent[]>();

/**
 * The statements that some work sends to the database, BEGIN and COMMIT included; those of other work at the time are
 * left out.
 */
export async function statementsOf(work: () => Promise<void>): Promise<Sent[]> {
  const sent: Sent[] = [];
  await counting.run(sent, work);
  return sent;
}

/** Records the statements of every client of this process from now on. */
export function listenToStatements(): void {
  const client = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = client;
  client.query = function listened(this: unknown, ...args: unknown[]) {
    const [what, values] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
    if (typeof what === 'string') counting.getStore()?.push({ text: what, values: values ?? [] });
    else counting.getStore()?.push({ text: what.text, values: what.values ?? [] });
    return query.apply(this, args);
  };
}

/** A short name of a statement for a list: `SELECT cases`, `BEGIN`. */
export function nameOf({ text }: Sent): string {
  const verb = /^\s*([A-Z]+)/.exec(text)?.[1] ?? text.slice(0, 20);
  const table = /\b(?:FROM|INTO|UPDATE)\s+(?:json_to_recordset\S*\s+)?([a-z_]+)/.exec(text)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}

/** Rows that one statement wrote, as a plain driver would insert them. */
export interface WrittenRows {
  table: string;
  rows: Record<string, unknown>[];
}

/** The rows that a statement of the product writes; null if it writes none. */
export function rowsOf({ text, values }: Sent): WrittenRows | null {
  const [, table, columns] = /^\s*INSERT INTO ([a-z_]+) \(([^)]*)\)/.exec(text) ?? [];
  if (table === undefined || columns === undefined) return null;
  const [node, ...given] = values;
  if (!text.includes('json_to_recordset')) {
    const names = columns.split(',').map((name) => name.trim());
    const [, ...others] = names;
    return { table, rows: [{ node, ...Object.fromEntries(others.map((name, i) => [name, given[i] ?? 'true'])) }] };
  }
  const rows = JSON.parse(String(given[0])) as Record<string, unknown>[];
  return { table, rows: rows.map((row) => ({ node, ...without(row, 'place') })) };
}

function without(row: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}
