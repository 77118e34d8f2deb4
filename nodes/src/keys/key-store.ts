import type { DivisionCode } from '@liandong/schema/kernel';
import type { KeyDocument } from '@liandong/schema/trust';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';

export type KeyAction =
  | 'MADE'
  | 'REQUESTED'
  | 'CERTIFIED'
  | 'REVOKED'
  | 'LEARNED'
  | 'TAKEN_UP'
  // about a node, which its parent closed
  | 'NODE_CLOSED'
  // about data keys
  | 'DATA_KEY_MADE'
  | 'DATA_KEY_RETIRED';

/** A line of the log of keys (密钥日志). */
export interface KeyLogLine {
  at: Date;
  /** The person who gave the command, or `node`. */
  actor: string;
  action: KeyAction;
  subject: DivisionCode;
  kid: string;
  why: string;
}

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
  await tx.query(
    `INSERT INTO key_log (node, at, actor, action, subject, kid, why) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [line.at, line.actor, line.action, line.subject, line.kid, line.why],
  );
}

/** The log of a node, oldest first; only of one key if it is named. */
export function readKeyLog(queries: NodeQueries, kid: string | null): Promise<KeyLogLine[]> {
  return queries.query<KeyLogLine>(
    `SELECT at, actor, action, subject, kid, why FROM key_log
     WHERE node = $1 AND ($2::text IS NULL OR kid = $2) ORDER BY id`,
    [kid],
  );
}
