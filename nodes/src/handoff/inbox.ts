import type { Answer, MessageKind } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';

/** A message with its final answer. */
export interface AnsweredMessage {
  id: string;
  sender: DivisionCode;
  kind: MessageKind;
  answer: Answer;
}

/** A node's memory of the messages it got: each is done once, however often it comes (G2). */
export interface Inbox {
  /** Those of the messages that were answered, with their answers. */
  find(tx: SharedTx, ids: readonly string[]): Promise<Omit<AnsweredMessage, 'kind'>[]>;
  /** Stores final answers, in the transaction of their messages' effects. */
  remember(tx: SharedTx, answered: readonly AnsweredMessage[]): Promise<void>;
}

/** The table `inbox`. */
export const storedInbox: Inbox = {
  find: (tx, ids) => tx.query(`SELECT id, sender, answer FROM inbox WHERE node = $1 AND id = ANY ($2::uuid[])`, [ids]),

  async remember(tx, answered) {
    await tx.query(
      `INSERT INTO inbox (node, id, sender, kind, answer)
       SELECT $1, id, sender, kind, answer
       FROM json_to_recordset($2) AS i (id uuid, sender text, kind text, answer jsonb)
       ON CONFLICT (node, id) DO NOTHING`,
      [JSON.stringify(answered)],
    );
  },
};
