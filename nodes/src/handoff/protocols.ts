import type { DivisionCode } from '@liandong/schema/kernel';
import { FIRST_PROTOCOL } from '@liandong/schema/wire';
import type { HostDb } from '../db/index.ts';

/** Which protocol the peers of this host's nodes know, as they state it in what they sign. */
export class Protocols {
  readonly #db: HostDb;
  /** The stored statements, by node and peer. */
  readonly #known = new Map<string, number>();
  /** Called when waiting messages may go. */
  readonly #onReleased: () => void;

  constructor(db: HostDb, onReleased: () => void) {
    this.#db = db;
    this.#onReleased = onReleased;
  }

  /** Loads the statements from before this start, and releases messages that need not wait any more. */
  async load(nodes: readonly DivisionCode[]): Promise<void> {
    const rows = await this.#db.queryHost<{ node: DivisionCode; peer: DivisionCode; protocol: number }>(
      `SELECT node, peer, protocol FROM peer_protocols WHERE node = ANY ($1)`,
      [nodes],
    );
    for (const { node, peer, protocol } of rows) this.#known.set(`${node} ${peer}`, protocol);
    await this.release(nodes);
  }

  /** The newest protocol a peer has stated; the first one if it has stated none yet. */
  readonly of = (node: DivisionCode, peer: DivisionCode): number =>
    this.#known.get(`${node} ${peer}`) ?? FIRST_PROTOCOL;

  /**
   * Records the protocol that a peer states, and releases messages that waited for it.
   * @param protocol as it signed it; undefined for a program that says none
   */
  async heard(node: DivisionCode, peer: DivisionCode, protocol: number = FIRST_PROTOCOL): Promise<void> {
    const key = `${node} ${peer}`;
    if (this.#known.get(key) === protocol) return;
    await this.#db.queryHost(
      `INSERT INTO peer_protocols (node, peer, protocol) VALUES ($1, $2, $3)
       ON CONFLICT (node, peer) DO UPDATE SET protocol = excluded.protocol, said_at = now()
       WHERE peer_protocols.protocol <> excluded.protocol`,
      [node, peer, protocol],
    );
    this.#known.set(key, protocol);
    await this.release([node]);
  }

  /**
   * Releases messages that waited for versions their receivers know by now. A message that is being stored while its
   * receiver states its version is found by the next search.
   * @returns how many messages
   */
  async release(nodes: readonly DivisionCode[]): Promise<number> {
    const released = await this.#db.queryHost(
      `UPDATE outbox o SET outcome = NULL, next_at = now() FROM peer_protocols p
       WHERE o.node = ANY ($1) AND o.settled_at IS NULL AND o.outcome = 'WAITS'
         AND p.node = o.node AND p.peer = o.receiver AND p.protocol >= o.protocol RETURNING 1`,
      [nodes],
    );
    if (released.length > 0) this.#onReleased();
    return released.length;
  }
}

/** Peers that messages wait for, each with a case of such a message: they are asked which protocol they know. */
export async function findUnasked(
  db: HostDb,
  node: DivisionCode,
): Promise<{ receiver: DivisionCode; caseId: string }[]> {
  return db.queryHost(
    `SELECT receiver, min(case_id) AS "caseId" FROM outbox
     WHERE node = $1 AND settled_at IS NULL AND outcome = 'WAITS' AND case_id IS NOT NULL
       -- an echo that is still owed asks already
       AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.node = outbox.node AND e.receiver = outbox.receiver
         AND e.kind = 'ECHO' AND e.settled_at IS NULL)
     GROUP BY receiver`,
    [node],
  );
}
