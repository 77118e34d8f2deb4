import { randomUUID } from 'node:crypto';
import type { DivisionCode, MessageKind } from '@liandong/schema';
import type { NodeTx } from '../db/index.ts';
import { gathered } from '../db/index.ts';
import { currentTrace } from '../observability/index.ts';

/** A message a node owes another. */
export interface Outgoing {
  receiver: DivisionCode;
  kind: MessageKind;
  /** The case it speaks of, so that people can see what is under way for it. */
  caseId: string | null;
  body: unknown;
}

/** A message as it lies in the outbox. */
export interface Owed {
  node: DivisionCode;
  id: string;
  receiver: DivisionCode;
  kind: MessageKind;
  body: string;
  /** How often it was handed to the relay, this time included. */
  attempts: number;
  trace: string | null;
}

/** First wait before a message is sent again, ms. */
export const BACKOFF_MS = 2_000;

/** Where messages are left to be carried; hands them to the relay when they are durable. */
export class Outbox {
  #carry: ((messages: readonly Owed[]) => void) | null = null;

  /** The relay of this process: what is left from here on is claimed for it, as if it had looked for it itself. */
  onEnqueued(carry: (messages: readonly Owed[]) => void): void {
    this.#carry = carry;
  }

  /**
   * Leaves messages in the caller's transaction: they are sent if and only if it commits. There is no other way to
   * send one.
   */
  async enqueue(tx: NodeTx, messages: readonly Outgoing[]): Promise<void> {
    if (messages.length === 0) return;
    const trace = currentTrace();
    const carry = this.#carry;
    const owed = messages.map(({ receiver, kind, caseId, body }) => ({
      node: tx.node,
      id: randomUUID(),
      receiver,
      kind,
      caseId,
      body: JSON.stringify(body),
      attempts: carry ? 1 : 0,
      trace,
    }));
    await insertOwed(tx, owed);
    // should it be lost with this process, its lease ends and it is looked for
    if (carry) tx.afterCommit(() => carry(owed));
  }

  /** Owes a receiver no longer what follows a dossier it refused. */
  async withdraw(
    tx: NodeTx,
    { receiver, kind, caseId }: Pick<Outgoing, 'receiver' | 'kind' | 'caseId'>,
    code: string,
  ): Promise<void> {
    await tx.query(
      `UPDATE outbox SET settled_at = now(), outcome = 'REFUSED', code = $5
       WHERE node = $1 AND receiver = $2 AND kind = $3 AND case_id = $4 AND settled_at IS NULL`,
      [receiver, kind, caseId, code],
    );
  }
}

const insertOwed = gathered(async (tx: NodeTx, given: readonly (readonly (Owed & Pick<Outgoing, 'caseId'>)[])[]) => {
  const owed = given.flat();
  await tx.query(
    `INSERT INTO outbox (node, id, receiver, kind, case_id, body, trace, attempts, next_at)
     SELECT $1, id, receiver, kind, case_id, body, trace, attempts,
       now() + attempts * ${BACKOFF_MS} * interval '1 millisecond'
     FROM json_to_recordset($2) AS m (id uuid, receiver text, kind text, case_id text, body text, trace text,
       attempts int, place int)
     ORDER BY place`,
    [
      JSON.stringify(
        owed.map(({ id, receiver, kind, caseId, body, trace, attempts }, place) => {
          const sealed = tx.vault.seal('outbox.body', id, body);
          return { id, receiver, kind, case_id: caseId, body: sealed, trace, attempts, place };
        }),
      ),
    ],
  );
  return given.map(() => undefined);
});
