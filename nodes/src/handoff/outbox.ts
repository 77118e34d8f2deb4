import { randomUUID } from 'node:crypto';
import type { DivisionCode, MessageKind } from '@liandong/schema';
import type { NodeTx } from '../db/index.ts';
import { currentTrace } from '../observability/index.ts';

/** A message a node owes another. */
export interface Outgoing {
  receiver: DivisionCode;
  kind: MessageKind;
  /** The case it speaks of, so that people can see what is under way for it. */
  caseId: string | null;
  body: unknown;
}

/** Where messages are left to be carried; wakes the relay when they are durable. */
export class Outbox {
  #wake: () => void = () => undefined;

  /** The relay's bell. */
  onEnqueued(wake: () => void): void {
    this.#wake = wake;
  }

  /**
   * Leaves messages in the caller's transaction: they are sent if and only if it commits. There is no other way to
   * send one.
   */
  async enqueue(tx: NodeTx, messages: readonly Outgoing[]): Promise<void> {
    if (messages.length === 0) return;
    await tx.query(
      `INSERT INTO outbox (node, id, receiver, kind, case_id, body, trace)
       SELECT $1, id, receiver, kind, case_id, body, $7
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
         AS m (id, receiver, kind, case_id, body, place)
       ORDER BY place`,
      [
        messages.map(() => randomUUID()),
        messages.map((m) => m.receiver),
        messages.map((m) => m.kind),
        messages.map((m) => m.caseId),
        messages.map((m) => JSON.stringify(m.body)),
        currentTrace(),
      ],
    );
    tx.afterCommit(() => this.#wake());
  }
}
