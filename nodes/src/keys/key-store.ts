import type { DivisionCode } from '@liandong/schema/kernel';
import type { KeyDocument } from '@liandong/schema/trust';
import type { HostDb, NewRowOf, NodeReader, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { keyLogTable } from './tables.ts';

/** A line of the log of keys. */
export type KeyLogLine = NewRowOf<typeof keyLogTable>;

/** The key a document is about; empty where it is about a node as a whole. */
export function kidIn({ kind, content }: KeyDocument): string {
  return kind === 'CLOSING' ? '' : content.kid;
}

/** @returns whether the document is new here */
export async function insertKeyDocument(tx: SharedTx, document: KeyDocument): Promise<boolean> {
  const { hash, kind, content, jws } = document;
  const kid = kidIn(document);
  const added = await tx.query(
    `INSERT INTO key_documents (node, hash, kind, subject, kid, jws) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (node, hash) DO NOTHING RETURNING hash`,
    [hash, kind, content.node, kid, jws],
  );
  return added.length > 0;
}

/** Whether this node has certified a key, or has got its certificate. */
export async function findCertificate(tx: SharedTx, kid: string): Promise<boolean> {
  const rows = await tx.query(`SELECT 1 FROM key_documents WHERE node = $1 AND kid = $2 AND kind = 'CERTIFICATE'`, [
    kid,
  ]);
  return rows.length > 0;
}

/** The documents about keys that the nodes of a host have besides the trust file. */
export async function readKeyDocuments(db: HostDb, nodes: readonly DivisionCode[]): Promise<string[]> {
  const rows = await db.queryHost<{ jws: string }>(
    `SELECT jws FROM key_documents WHERE node = ANY ($1) GROUP BY jws ORDER BY min(learned_at)`,
    [nodes],
  );
  return rows.map((row) => row.jws);
}

export async function logKey(tx: SharedTx, line: KeyLogLine): Promise<void> {
  await insert(tx, keyLogTable, [line]);
}

/** The log of a node, oldest first; only of one key if it is named. */
export async function readKeyLog(queries: NodeReader, kid: string | null): Promise<KeyLogLine[]> {
  const rows = await queries.reads.keyLogLine.findMany({
    where: kid === null ? {} : { kid },
    orderBy: { id: 'asc' },
    omit: { node: true, id: true },
  });
  return opened(queries, keyLogTable, rows);
}
