import { createHmac, randomBytes } from 'node:crypto';
import type { IdType, RegisterFile } from '@liandong/schema';
import type { NodeTx } from '../db/index.ts';

/** Rows written in one statement. */
const ROWS = 1_000;

/** Replaces everything the node's registers hold. @returns how many rows they hold now */
export async function replaceRegisters(tx: NodeTx, registers: RegisterFile['registers']): Promise<number> {
  const secret = await registerSecret(tx);
  await tx.query(`DELETE FROM register_rows WHERE node = $1`);
  let count = 0;
  for (const { name, rows } of registers) {
    for (let start = 0; start < rows.length; start += ROWS) {
      const some = rows.slice(start, start + ROWS);
      await tx.query(
        `INSERT INTO register_rows (node, register, subject_hash, fields)
         SELECT $1, $2, r.* FROM unnest($3::text[], $4::jsonb[]) AS r`,
        [name, some.map((r) => subjectHash(secret, r.idType, r.idNumber)), some.map((r) => JSON.stringify(r.fields))],
      );
    }
    count += rows.length;
  }
  return count;
}

/** What a register holds of a person or organization; null when nothing. */
export async function findRegisterRow(
  tx: NodeTx,
  register: string,
  subject: { idType: IdType; idNumber: string },
): Promise<Record<string, string> | null> {
  const [row] = await tx.query<{ fields: Record<string, string> }>(
    `SELECT fields FROM register_rows WHERE node = $1 AND register = $2 AND subject_hash = $3`,
    [register, subjectHash(await registerSecret(tx), subject.idType, subject.idNumber)],
  );
  return row?.fields ?? null;
}

/** Numbers are few enough to be tried out one by one against a bare hash; the node's secret prevents that. */
function subjectHash(secret: string, idType: IdType, idNumber: string): string {
  return createHmac('sha256', secret).update(`${idType} ${idNumber}`).digest('hex');
}

async function registerSecret(tx: NodeTx): Promise<string> {
  await tx.query(
    `INSERT INTO node_settings (node, key, value) VALUES ($1, 'register-secret', $2) ON CONFLICT (node, key) DO NOTHING`,
    [randomBytes(32).toString('hex')],
  );
  const [row] = await tx.query<{ value: string }>(
    `SELECT value FROM node_settings WHERE node = $1 AND key = 'register-secret'`,
  );
  if (!row) throw new Error('the register secret vanished while it was read');
  return row.value;
}
