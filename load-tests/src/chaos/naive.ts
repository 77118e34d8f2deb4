import type { HandOffPorts } from '@liandong/nodes';
import { storedInbox } from '@liandong/nodes';

export type NaiveVariant = 'trusting' | 'forgetful';

/** Hosts that do what one would do without having thought of faults, to show that the suite finds out. */
export const NAIVE: Readonly<Record<NaiveVariant, Partial<HandOffPorts>>> = {
  /** What the broker has taken counts as delivered. */
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
    // written down, so that the suite can tell what was done, and never looked at
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
