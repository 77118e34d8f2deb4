import { problem, ProblemError } from '@liandong/schema/kernel';
import type { HostDb, SharedTx } from '../db/index.ts';
import type { NodeVault, SealedColumn, SealedName } from '../vault/index.ts';
import { HEADER_BYTES, SEALED_COLUMNS, bytesPrefix, isSealedBytes, isSealedText, textPrefix } from '../vault/index.ts';

/** Rows sealed in one transaction; the host's other work goes on in between. */
const BATCH = 100;

/** Called for a value that can't be opened and stays as it is: `cases.application 331022-…`. */
export type OnFault = (value: string, error: ProblemError) => void;

/**
 * Seals every value of a node that is not sealed with its newest data key: values an older program left readable, and
 * values under an older key. After an interruption it continues where it was. A value that can't be opened is reported,
 * and the others go on.
 * @returns how many values were sealed
 * @throws {ProblemError} DATA_KEY_MISSING where the node has no key to seal with
 */
export async function reseal(db: HostDb, node: string, onFault: OnFault): Promise<number> {
  let sealed = 0;
  for (const name of Object.keys(SEALED_COLUMNS) as SealedName[]) {
    const column: SealedColumn = SEALED_COLUMNS[name];
    const stale = await staleRows(db, node, column);
    for (let start = 0; start < stale.length; start += BATCH) {
      const rows = stale.slice(start, start + BATCH);
      sealed += await db.transact(node, (tx) => resealRows(tx, name, column, rows, onFault));
    }
  }
  return sealed;
}

/** How many values of a node each data key seals; values that are not sealed count under null. */
export async function countByKey(db: HostDb, node: string): Promise<Map<string | null, number>> {
  const counts = new Map<string | null, number>();
  for (const { table, column, form, where } of Object.values(SEALED_COLUMNS) as SealedColumn[]) {
    const mark =
      form === 'text'
        ? `substring(${column} FROM '^ld1\\.([A-Za-z0-9_-]{12})\\.')`
        : `CASE WHEN substring(${column} FROM 1 FOR 4) = '\\x4c443100' THEN convert_from(substring(${column} FROM 5 FOR 12), 'LATIN1') END`;
    const rows = await db
      .queries(node)
      .query<{ kid: string | null; count: number }>(
        `SELECT ${mark} AS kid, count(*) AS count FROM ${table} WHERE node = $1 AND ${column} IS NOT NULL${where ? ` AND ${where}` : ''} GROUP BY 1`,
      );
    for (const { kid, count } of rows) counts.set(kid, (counts.get(kid) ?? 0) + count);
  }
  return counts;
}

type RowKey = readonly (string | number)[];

async function staleRows(
  db: HostDb,
  node: string,
  { table, column, key, form, where }: SealedColumn,
): Promise<RowKey[]> {
  const kid = requireKid(db.vault(node), node);
  const names = key.map(({ name }) => name).join(', ');
  const fresh =
    form === 'text' ? `starts_with(${column}, $2)` : `substring(${column} FROM 1 FOR ${HEADER_BYTES}) = $2::bytea`;
  const rows = await db
    .queries(node)
    .query<Record<string, string | number>>(
      `SELECT ${names} FROM ${table} WHERE node = $1 AND ${column} IS NOT NULL AND NOT ${fresh}${where ? ` AND ${where}` : ''} ORDER BY ${names}`,
      [form === 'text' ? textPrefix(kid) : bytesPrefix(kid)],
    );
  return rows.map((row) => key.map(({ name }) => row[name] ?? ''));
}

async function resealRows(
  tx: SharedTx,
  name: SealedName,
  { table, column, key, form }: SealedColumn,
  rows: readonly RowKey[],
  onFault: OnFault,
): Promise<number> {
  const names = key.map((k) => k.name);
  const arrays = key.map(({ type }, i) => `$${i + 2}::${type}[]`).join(', ');
  const held = await tx.query<Record<string, string | number> & { value: string | Buffer }>(
    `SELECT ${names.join(', ')}, ${column} AS value FROM ${table}
     WHERE node = $1 AND (${names.join(', ')}) IN (SELECT * FROM unnest(${arrays})) AND ${column} IS NOT NULL FOR UPDATE`,
    names.map((_, i) => rows.map((row) => row[i])),
  );
  let sealed = 0;
  for (const row of held) {
    const parts = names.map((n) => row[n] ?? '');
    const place = rowName(parts);
    let value;
    try {
      value = await anew(tx.vault, name, form, place, row.value);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      onFault(`${name} ${place}`, error);
      continue;
    }
    sealed++;
    const same = names.map((n, i) => `${n} = $${i + 3}`).join(' AND ');
    await tx.query(`UPDATE ${table} SET ${column} = $2 WHERE node = $1 AND ${same}`, [value, ...parts]);
  }
  return sealed;
}

async function anew(
  vault: NodeVault,
  name: SealedName,
  form: SealedColumn['form'],
  row: string,
  value: string | Buffer,
): Promise<string | Buffer> {
  if (typeof value === 'string') {
    return vault.seal(name, row, isSealedText(value) ? await vault.open(name, row, value) : value);
  }
  if (form === 'bytes') {
    return vault.sealBytes(name, row, isSealedBytes(value) ? await vault.openBytes(name, row, value) : value);
  }
  const plain = isSealedBytes(value) ? await vault.openPieces(name, row, value) : value;
  return vault.sealPieces(name, row, plain);
}

/** A row's name, to which its sealed values are bound: its key after the node. */
export function rowName(parts: readonly (string | number)[]): string {
  return parts.join('/');
}

function requireKid(vault: NodeVault, node: string): string {
  if (vault.kid === null) throw problem('DATA_KEY_MISSING', `There is no data key of ${node}.`, { node });
  return vault.kid;
}
