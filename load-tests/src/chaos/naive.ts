import type { HandOffPorts } from '@liandong/nodes';
import { storedInbox } from '@liandong/nodes';

export type NaiveVariant = 'trusting' | 'forgetful';

/** Naive hosts, written without thought of faults, to show that the suite finds them out. */
export const NAIVE: Readonly<Record<NaiveVariant, Partial<HandOffPorts>>> = {
  /** Counts a message as delivered once the broker has taken it. */
  trusting: {
    onRoad: async (db, node, ids) => {
      await db
        .queries(node)
        .query(
          `UPDATE outbox SET settled_at = now(), outcome = 'DONE' WHERE node = $1 AND id = ANY ($2::uuid[]) AND settled_at IS NULL`,
          [ids],
        );
    },
  },
  /** Processes a message each time it arrives: neither the inbox nor the case remembers that it was processed. */
  forgetful: {
    // stored, so that the suite can tell what was done, but never read
    inbox: { ...storedInbox, find: async () => [] },
    receivers: (own) => ({
      ...own,
      DOSSIER: async (tx, message) => {
        const { case: id } = message.body as { case: string };
        await tx.query(`DELETE FROM case_log WHERE node = $1 AND case_id = $2`, [id]);
        await tx.query(`DELETE FROM cases WHERE node = $1 AND id = $2`, [id]);
        return own.DOSSIER(tx, message);
      },
    }),
  },
};
