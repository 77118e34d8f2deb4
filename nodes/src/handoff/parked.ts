import type { Answer, DivisionCode, MessageKind } from '@liandong/schema';
import { problem } from '@liandong/schema';
import type { Logger } from 'pino';
import type { HostDb, NodeTx } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';
import { answerOf, parkedBy } from './answers.ts';
import type { Settled } from './answers.ts';
import { Loop } from './loop.ts';
import type { Receiver } from './messages.ts';
import type { Carrier } from './parcels.ts';

/** How often decisions of people are looked for, ms. */
const IDLE_MS = 2_000;

/** A message that was set aside, as people see it. */
export interface ParkedMessage {
  id: string;
  sender: DivisionCode;
  kind: MessageKind;
  body: string;
  code: string;
  reason: string;
  parkedAt: Date;
  decision: ParkedDecision | null;
  resolvedAt: Date | null;
}
export type ParkedDecision = 'RETRY' | 'REFUSE';

interface Row {
  id: string;
  sender: DivisionCode;
  kind: MessageKind;
  body: string;
  code: string;
  reason: string;
  parked_at: Date;
  decision: ParkedDecision | null;
  decision_reason: string | null;
  resolved_at: Date | null;
}

const COLUMNS = 'id, sender, kind, body, code, reason, parked_at, decision, decision_reason, resolved_at';

const shown = (r: Row): ParkedMessage => ({
  id: r.id,
  sender: r.sender,
  kind: r.kind,
  body: r.body,
  code: r.code,
  reason: r.reason,
  parkedAt: r.parked_at,
  decision: r.decision,
  resolvedAt: r.resolved_at,
});

/** Messages of a node that wait for people, oldest first. */
export async function listParked(db: HostDb, node: DivisionCode): Promise<ParkedMessage[]> {
  const rows = await db
    .queries(node)
    .query<Row>(`SELECT ${COLUMNS} FROM parked WHERE node = $1 AND resolved_at IS NULL ORDER BY parked_at`);
  return rows.map(shown);
}

/** @throws {ProblemError} NOT_FOUND */
export async function getParked(db: HostDb, node: DivisionCode, id: string): Promise<ParkedMessage> {
  if (!/^[0-9a-f-]{36}$/.test(id))
    throw problem('BAD_INPUT', 'A message is named by its id (a UUID).', { field: 'id' });
  const [row] = await db
    .queries(node)
    .query<Row>(`SELECT ${COLUMNS} FROM parked WHERE node = $1 AND id = $2::uuid`, [id]);
  if (!row) throw problem('NOT_FOUND', `${node} has not parked a message ${id}.`);
  return shown(row);
}

/**
 * Records what people decided: try it once more, or refuse it with a reason its sender is told. The host carries it
 * out within seconds.
 * @throws {ProblemError} NOT_FOUND, BAD_INPUT for one that is settled already
 */
export async function decideParked(
  db: HostDb,
  node: DivisionCode,
  id: string,
  decision: ParkedDecision,
  by: string,
  reason: string | null,
): Promise<void> {
  const parked = await getParked(db, node, id);
  if (parked.resolvedAt) throw problem('BAD_INPUT', `Message ${id} is settled already.`);
  await db.transact(node, (tx) =>
    tx.query(
      `UPDATE parked SET decision = $3, decided_by = $4, decided_at = now(), decision_reason = $5
       WHERE node = $1 AND id = $2`,
      [id, decision, by, reason],
    ),
  );
}

export interface ParkedDeskParts {
  db: HostDb;
  nodes: readonly DivisionCode[];
  carrier: Pick<Carrier, 'answer'>;
  receivers: Readonly<Record<MessageKind, Receiver>>;
  isHealing: (node: DivisionCode) => boolean;
  now: () => Date;
  log: Logger;
}

/** Carries out what people decided about parked messages, and tells their senders (G7). */
export class ParkedDesk {
  readonly #parts: ParkedDeskParts;
  readonly #loop: Loop;

  constructor(parts: ParkedDeskParts) {
    this.#parts = parts;
    this.#loop = new Loop(
      () => this.#work(),
      IDLE_MS,
      (error) => parts.log.warn({ err: error }, 'parked messages'),
    );
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #work(): Promise<boolean> {
    const { carrier, db, isHealing, log, nodes, now } = this.#parts;
    const decided = await db.queryHost<{ node: DivisionCode; id: string }>(
      `SELECT node, id FROM parked WHERE node = ANY ($1) AND decision IS NOT NULL AND resolved_at IS NULL LIMIT 50`,
      [nodes.filter((node) => !isHealing(node))],
    );
    for (const { node, id } of decided) {
      const done = await db.transact(node, (tx) => this.#carryOut(tx, id));
      if (!done) continue;
      log.info({ node, message: id, outcome: done.answer.outcome }, 'a parked message was settled by people');
      // lost on the way, the sender hears it when it offers the message again
      await carrier.answer(node, done.sender, [done.answer], now()).catch((error: unknown) => {
        log.debug({ err: error }, 'road');
      });
    }
    return false;
  }

  async #carryOut(tx: NodeTx, id: string): Promise<{ sender: DivisionCode; answer: Answer } | null> {
    const [row] = await tx.query<Row>(
      `SELECT ${COLUMNS} FROM parked WHERE node = $1 AND id = $2 AND resolved_at IS NULL FOR UPDATE`,
      [id],
    );
    if (!row) return null;
    const verdict = await this.#verdict(tx, row);
    const answer = answerOf(row.id, sha256(row.body), verdict);
    const lasting = answer !== null && (answer.outcome === 'DONE' || answer.outcome === 'REFUSED');
    if (lasting) {
      await tx.query(`UPDATE parked SET resolved_at = now() WHERE node = $1 AND id = $2`, [id]);
      await tx.query(`UPDATE inbox SET answer = $3 WHERE node = $1 AND id = $2`, [id, JSON.stringify(answer)]);
      return { sender: row.sender, answer };
    }
    // it can't be done now either: it waits for the next decision, with the reason of today
    const why = 'reason' in verdict ? verdict.reason : 'It waits for materials.';
    const code = verdict.outcome === 'PARKED' ? verdict.code : row.code;
    await tx.query(`UPDATE parked SET decision = NULL, code = $3, reason = $4 WHERE node = $1 AND id = $2`, [
      id,
      code,
      why,
    ]);
    if (answer?.outcome !== 'WANTS') return null;
    // the sender sends them and offers the message again, which is then looked at anew
    await tx.query(`DELETE FROM inbox WHERE node = $1 AND id = $2`, [id]);
    await tx.query(`UPDATE parked SET resolved_at = now() WHERE node = $1 AND id = $2`, [id]);
    return { sender: row.sender, answer };
  }

  async #verdict(tx: NodeTx, row: Row): Promise<Settled> {
    if (row.decision === 'REFUSE') {
      return { outcome: 'REFUSED', code: row.code, reason: row.decision_reason ?? row.reason };
    }
    const [life] = await tx.query(`SELECT 1 FROM peer_lives WHERE node = $1 AND peer = $2 AND told_at > $3`, [
      row.sender,
      row.parked_at,
    ]);
    if (life) {
      const reason = `${row.sender} was restored since and has forgotten this message.`;
      return { outcome: 'REFUSED', code: 'MESSAGE_INVALID', reason };
    }
    // the bytes were not kept: the sender has them and brings them again
    if (row.kind === 'MATERIAL') return { outcome: 'WANTS', materials: [materialOf(row.body)] };
    try {
      return await tx.attempt(() =>
        this.#parts.receivers[row.kind](tx, {
          id: row.id,
          from: row.sender,
          to: tx.node,
          kind: row.kind,
          body: JSON.parse(row.body),
          bytes: null,
        }),
      );
    } catch (error) {
      this.#parts.log.warn({ err: error, node: tx.node, message: row.id, kind: row.kind }, 'parked again');
      return parkedBy(error);
    }
  }
}

function materialOf(body: string): string {
  return (JSON.parse(body) as { sha256: string }).sha256;
}
