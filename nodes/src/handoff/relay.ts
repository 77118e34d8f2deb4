import type { Answer, DivisionCode, MessageKind } from '@liandong/schema';
import type { Logger } from 'pino';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import { Loop } from './loop.ts';
import type { Answered, Settler } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { KEY_CODES } from './parked.ts';
import type { Carrier, Parcel } from './parcels.ts';

/** Messages claimed at a time. */
const BATCH = 100;
/** With nothing to do the outbox is looked at this often, ms; an enqueued message wakes the relay at once. */
const IDLE_MS = 250;
/** First wait before a message is sent again, ms; doubles up to a minute. */
const BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;
/** A parked message is offered again this often, ms, in case people mended what was wrong. */
const PARKED_RETRY_MS = 3_600_000;

interface Row {
  node: DivisionCode;
  id: string;
  receiver: DivisionCode;
  kind: MessageKind;
  body: string;
  attempts: number;
}

export interface RelayParts {
  db: HostDb;
  carrier: Carrier;
  outbox: Outbox;
  nodes: readonly DivisionCode[];
  /** Bytes a message carries beside its body; null when they are not here. */
  readBytes: (queries: NodeQueries, body: unknown) => Promise<Uint8Array | null>;
  log: Logger;
}

/**
 * Carries the outboxes of a host. Claiming a row sets its next attempt ahead, so a lease and a retry are one thing: a
 * relay that dies leaves nothing to clean up. Nothing leaves the outbox but by a receipt (G1).
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #loop: Loop;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#loop = new Loop(
      () => this.#carry(),
      IDLE_MS,
      (error) => parts.log.warn({ err: error }, 'relay'),
    );
    parts.outbox.onEnqueued(() => this.#loop.wake());
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** Makes everything undelivered fall due at once: on start, and when the broker is back. */
  async resendAll(): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE outbox SET next_at = now() WHERE settled_at IS NULL AND next_at > now() AND outcome IS NULL AND node = ANY ($1)`,
      [this.#parts.nodes],
    );
    this.#loop.wake();
  }

  /** Offers again what receivers set aside for the key it was signed with: there is another now. */
  async resendParked(): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE outbox SET next_at = now() WHERE settled_at IS NULL AND outcome = 'PARKED' AND code = ANY ($2)
         AND node = ANY ($1)`,
      [this.#parts.nodes, KEY_CODES],
    );
    this.#loop.wake();
  }

  async #carry(): Promise<boolean> {
    const { db, carrier, log } = this.#parts;
    const rows = await db.queryHost<Row>(
      `UPDATE outbox SET attempts = attempts + 1,
         next_at = now() + least($2 * power(2, least(attempts, 10)), $3) * (0.75 + random() / 2) * interval '1 millisecond'
       WHERE (node, id) IN (
         SELECT node, id FROM outbox WHERE settled_at IS NULL AND next_at <= now() AND node = ANY ($1)
         ORDER BY next_at, ordinal LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
       RETURNING node, id, ordinal, receiver, kind, body, attempts`,
      [this.#parts.nodes, BACKOFF_MS, MAX_BACKOFF_MS],
    );
    if (rows.length === 0) return false;
    const ordered = (rows as (Row & { ordinal: number })[]).sort((a, b) => a.ordinal - b.ordinal);
    const roads = new Map<string, Row[]>();
    for (const row of ordered) {
      const road = `${row.node} ${row.receiver}`;
      const list = roads.get(road);
      if (list) list.push(row);
      else roads.set(road, [row]);
    }
    const sent = await Promise.allSettled(
      [...roads.values()].map(async (list) => {
        const [first] = list;
        if (!first) return;
        const parcels = await Promise.all(list.map((row) => this.#parcel(row)));
        await carrier.send(
          first.node,
          first.receiver,
          parcels.filter((p) => p !== null),
        );
      }),
    );
    // the rows fall due again by themselves; what went wrong with the road is only told
    for (const result of sent) if (result.status === 'rejected') log.debug({ err: result.reason as unknown }, 'road');
    return rows.length === BATCH;
  }

  async #parcel(row: Row): Promise<Parcel | null> {
    const message = { id: row.id, kind: row.kind, body: row.body };
    const broker = row.attempts === 1 ? row.id : `${row.id}.${row.attempts}`;
    if (row.kind !== 'MATERIAL') return { message, bytes: null, broker };
    const bytes = await this.#parts.readBytes(this.#parts.db.queries(row.node), JSON.parse(row.body));
    if (!bytes) {
      this.#parts.log.error({ node: row.node, message: row.id }, 'a material that is owed is not here');
      return null;
    }
    return { message, bytes, broker };
  }
}

/**
 * Settles a node's messages by what their receivers answered, in one transaction with what the answers lead to.
 * @param receiptId the receipt that is kept as proof
 */
export async function settle(
  tx: NodeTx,
  sender: DivisionCode,
  answers: readonly Answer[],
  receiptId: string,
  settlers: Partial<Record<MessageKind, Settler>>,
  log: Logger,
): Promise<void> {
  const rows = await tx.query<{ id: string; kind: MessageKind; case_id: string | null; body: string }>(
    `SELECT id, kind, case_id, body FROM outbox
     WHERE node = $1 AND id = ANY ($2::uuid[]) AND receiver = $3 AND settled_at IS NULL FOR UPDATE`,
    [answers.map((a) => a.id), sender],
  );
  for (const answer of answers) {
    const row = rows.find((r) => r.id === answer.id);
    if (!row) continue;
    const answered: Answered = {
      id: row.id,
      receiver: sender,
      kind: row.kind,
      caseId: row.case_id,
      body: JSON.parse(row.body),
      answer,
    };
    try {
      await tx.attempt(async () => {
        await settlers[row.kind]?.(tx, answered);
        await mark(tx, answer, receiptId);
      });
    } catch (error) {
      // the message stays owed and is answered again; what is wrong is shown
      log.error({ err: error, node: tx.node, message: row.id, kind: row.kind }, 'an answer could not be taken');
    }
  }
}

async function mark(tx: NodeTx, answer: Answer, receiptId: string): Promise<void> {
  switch (answer.outcome) {
    case 'DONE':
    case 'REFUSED':
      await tx.query(
        `UPDATE outbox SET settled_at = now(), outcome = $3, code = $4, receipt_id = $5 WHERE node = $1 AND id = $2`,
        [answer.id, answer.outcome, answer.outcome === 'REFUSED' ? answer.code : null, receiptId],
      );
      return;
    case 'PARKED':
      await tx.query(
        `UPDATE outbox SET outcome = 'PARKED', code = $3, receipt_id = $4,
           next_at = now() + ${PARKED_RETRY_MS} * interval '1 millisecond' WHERE node = $1 AND id = $2`,
        [answer.id, answer.code, receiptId],
      );
      return;
    case 'WANTS':
      // the materials were enqueued behind it; it follows them
      await tx.query(`UPDATE outbox SET next_at = now() + interval '200 milliseconds' WHERE node = $1 AND id = $2`, [
        answer.id,
      ]);
      return;
    case 'WATERMARK':
      return;
    default:
      answer satisfies never;
  }
}
