import { createHmac, randomBytes } from 'node:crypto';
import type { IdType } from '@liandong/schema/case';
import type { RegisterFile } from '@liandong/schema/domains/sharing';
import type { RowOf, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { registerRowsTable } from './tables.ts';

/** Rows written in one statement. */
const ROWS = 1_000;

/** Replaces all rows of the node's registers. @returns how many rows they hold now */
export async function replaceRegisters(tx: SharedTx, registers: RegisterFile['registers']): Promise<number> {
  const secret = await registerSecret(tx);
  await tx.query(`DELETE FROM register_rows WHERE node = $1`);
  let count = 0;
  for (const { name, rows } of registers) {
    for (let start = 0; start < rows.length; start += ROWS) {
      const some = rows.slice(start, start + ROWS);
      const stored = some.map((r) => ({
        register: name,
        subjectHash: subjectHash(secret, r.idType, r.idNumber),
        fields: JSON.stringify(r.fields),
      }));
      await insert(tx, registerRowsTable, stored);
    }
    count += rows.length;
  }
  return count;
}

/** A register's row on a person or organization, or null if it has none. */
export async function findRegisterRow(
  tx: SharedTx,
  register: string,
  subject: { idType: IdType; idNumber: string },
): Promise<Record<string, string> | null> {
  const hash = subjectHash(await registerSecret(tx), subject.idType, subject.idNumber);
  const rows = await tx.query<RowOf<typeof registerRowsTable>>(
    `SELECT ${registerRowsTable.selectAll('r')} FROM register_rows r WHERE node = $1 AND register = $2 AND subject_hash = $3`,
    [register, hash],
  );
  const [row] = await opened(tx, registerRowsTable, rows);
  return row ? (JSON.parse(row.fields) as Record<string, string>) : null;
}

/**
 * A keyed hash: numbers are few enough to be tried out one by one against a bare one. The node's secret prevents that,
 * and is itself sealed.
 */
function subjectHash(secret: string, idType: IdType, idNumber: string): string {
  return createHmac('sha256', secret).update(`${idType} ${idNumber}`).digest('hex');
}

async function registerSecret(tx: SharedTx): Promise<string> {
  await tx.query(
    `INSERT INTO node_settings (node, key, value) VALUES ($1, 'register-secret', $2) ON CONFLICT (node, key) DO NOTHING`,
    [tx.vault.seal('node_settings.value', 'register-secret', randomBytes(32).toString('hex'))],
  );
  const [row] = await tx.query<{ value: string }>(
    `SELECT value FROM node_settings WHERE node = $1 AND key = 'register-secret'`,
  );
  if (!row) throw new Error('the register secret vanished while it was read');
  return tx.vault.open('node_settings.value', 'register-secret', row.value);
}
