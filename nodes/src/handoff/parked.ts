import type { Answer, MessageKind } from '@liandong/schema/wire';
import type { DivisionCode, ErrorCode } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import { Loop } from './loop.ts';

/** Time between two searches for parked messages to try again, ms; a newly learned key wakes the search at once. */
const IDLE_MS = 5_000;
const BATCH = 50;

/** Why a message waits for a key: the key has no certificate here yet, or it has ended. */
export const KEY_CODES: ErrorCode[] = ['KEY_UNKNOWN', 'KEY_NOT_IN_EFFECT'];

export function isAboutKeys(code: string): boolean {
  return KEY_CODES.some((known) => known === code);
}

/** A message that was set aside (搁置). */
export interface ParkedMessage {
  id: string;
  sender: DivisionCode;
  kind: MessageKind;
  body: string;
  code: string;
  reason: string;
  /** The key it was signed with, if that key is the reason. */
  kid: string | null;
  /** The signed envelope it came in; null if its signature was checked. */
  envelope: string | null;
  bytes: Uint8Array | null;
}

/** Sets a message aside; the same message again replaces the stored reason. */
export async function parkMessage(tx: SharedTx, message: ParkedMessage): Promise<void> {
  const { id, sender, kind, code, reason, kid } = message;
  const body = tx.vault.seal('parked.body', id, message.body);
  const envelope = message.envelope === null ? null : tx.vault.seal('parked.envelope', id, message.envelope);
  const bytes = message.bytes === null ? null : tx.vault.sealBytes('parked.bytes', id, message.bytes);
  await tx.query(
    `INSERT INTO parked (node, id, sender, kind, body, code, reason, kid, envelope, bytes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (node, id) DO UPDATE SET body = excluded.body, code = excluded.code, reason = excluded.reason,
       kid = excluded.kid, envelope = excluded.envelope, bytes = excluded.bytes, resolved_at = NULL, retry_at = NULL
     WHERE parked.sender = excluded.sender AND parked.kind = excluded.kind`,
    [id, sender, kind, body, code, reason, kid, envelope, bytes],
  );
}

/** How many messages of a sender without a certified key are set aside here. */
export async function strangersOf(tx: SharedTx, sender: DivisionCode): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*) AS count FROM parked
     WHERE node = $1 AND sender = $2 AND envelope IS NOT NULL AND resolved_at IS NULL`,
    [sender],
  );
  return row?.count ?? 0;
}

/** A message that is set aside and not resolved yet. */
export async function readParked(queries: NodeQueries, id: string): Promise<ParkedMessage | null> {
  const [row] = await queries.query<Omit<ParkedMessage, 'bytes'> & { bytes: Buffer | null }>(
    `SELECT id, sender, kind, body, code, reason, kid, envelope, bytes FROM parked
     WHERE node = $1 AND id = $2 AND resolved_at IS NULL`,
    [id],
  );
  if (!row) return null;
  const { vault } = queries;
  return {
    ...row,
    body: await vault.open('parked.body', id, row.body),
    envelope: await vault.openNullable('parked.envelope', id, row.envelope),
    bytes: row.bytes && (await vault.openBytes('parked.bytes', id, row.bytes)),
  };
}

/**
 * Resolves parked messages that were done or refused after all.
 * @returns how many messages are set aside still
 */
export async function resolveParked(tx: SharedTx, answers: readonly Answer[]): Promise<number> {
  const over = answers.filter((a) => a.outcome === 'DONE' || a.outcome === 'REFUSED').map((a) => a.id);
  await tx.query(
    `UPDATE parked SET resolved_at = now(), retry_at = NULL, bytes = NULL
     WHERE node = $1 AND id = ANY ($2::uuid[]) AND resolved_at IS NULL`,
    [over],
  );
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*) AS count FROM (SELECT 1 FROM parked WHERE node = $1 AND resolved_at IS NULL LIMIT 1) AS open`,
  );
  return row?.count ?? 0;
}

export async function setRetry(tx: SharedTx, id: string, at: Date | null): Promise<void> {
  await tx.query(`UPDATE parked SET retry_at = $3 WHERE node = $1 AND id = $2`, [id, at]);
}

/**
 * Makes all messages that wait for a key due again.
 * @returns how many messages that is
 */
export async function requestRetry(db: HostDb, nodes: readonly DivisionCode[]): Promise<number> {
  const rows = await db.queryHost(
    `UPDATE parked SET retry_at = now() WHERE node = ANY ($1) AND resolved_at IS NULL AND code = ANY ($2) RETURNING id`,
    [nodes, KEY_CODES],
  );
  return rows.length;
}

export interface ParkedRetriesParts {
  db: HostDb;
  nodes: readonly DivisionCode[];
  /** Tries one message again. */
  retry: (node: DivisionCode, id: string) => Promise<unknown>;
  log: Logger;
}

/** Tries parked messages again when their time has come. */
export class ParkedRetries {
  readonly #parts: ParkedRetriesParts;
  readonly #loop: Loop;

  constructor(parts: ParkedRetriesParts) {
    this.#parts = parts;
    this.#loop = new Loop(
      () => this.#retry(),
      IDLE_MS,
      (error) => parts.log.warn({ err: error }, 'retrying parked messages failed'),
    );
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** Waits for the messages being tried at this moment. */
  async turn(): Promise<void> {
    await this.#loop.turn();
  }

  /** A key became known or ended: tries again the messages that wait for one. */
  async keysLearned(): Promise<void> {
    if ((await requestRetry(this.#parts.db, this.#parts.nodes)) > 0) this.#loop.wake();
  }

  async #retry(): Promise<boolean> {
    const { db, nodes, retry, log } = this.#parts;
    const due = await db.queryHost<{ node: DivisionCode; id: string }>(
      `UPDATE parked SET retry_at = now() + interval '1 minute' WHERE (node, id) IN (
         SELECT node, id FROM parked
         WHERE retry_at <= now() AND resolved_at IS NULL AND node = ANY ($1)
         ORDER BY (kind = 'DOSSIER'), retry_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
       RETURNING node, id`,
      [nodes],
    );
    for (const { node, id } of due) {
      await retry(node, id).catch((error: unknown) =>
        log.warn({ err: error, node, message: id }, 'retrying a parked message failed'),
      );
    }
    return due.length === BATCH;
  }
}
