import { randomUUID } from 'node:crypto';
import { currentTrace } from '@liandong/runtime';
import type { DivisionCode, Role } from '@liandong/schema/kernel';
import type { LogAction, Material } from '@liandong/schema/case';
import type { CaseNoteMessage, Note } from '@liandong/schema/domains/notes';
import type { Carried, MaterialPart, MessageKind } from '@liandong/schema/wire';
import { FIRST_PROTOCOL, jsonBytes, MAX_PAYLOAD, PROTOCOL, protocolOf, textRoom } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';
import { coalesced } from '../db/index.ts';
import { payloadOf } from '../trust/index.ts';

/** A message a node owes another. */
export interface Outgoing {
  receiver: DivisionCode;
  kind: MessageKind;
  /** The case the message is about, so that people see what is under way for it. */
  caseId: string | null;
  body: unknown;
}

/** A message in the outbox. */
export interface Owed {
  node: DivisionCode;
  id: string;
  receiver: DivisionCode;
  kind: MessageKind;
  body: string;
  /** How often the relay got it, this time included. */
  attempts: number;
  trace: string | null;
}

/** A message left in the outbox; it waits if its receiver does not know its protocol yet. */
type Left = Owed & Pick<Outgoing, 'caseId'> & { waitsFor: number | null };

/** First wait before a message is sent again, ms. */
export const BACKOFF_MS = 2_000;

/** Stores the messages to send, and hands them to the relay when they are durable. */
export class Outbox {
  #carry: ((messages: readonly Owed[]) => void) | null = null;
  #room: () => number = () => textRoom(MAX_PAYLOAD);
  #protocolOf: (node: DivisionCode, peer: DivisionCode) => number = () => FIRST_PROTOCOL;

  /** Sets the relay of this process: new messages are claimed for it, as if it had found them itself. */
  onEnqueued(carry: (messages: readonly Owed[]) => void): void {
    this.#carry = carry;
  }

  /** @param room most bytes of JSON text that the broker takes under one signature, once it is known */
  reckonWith(room: () => number): void {
    this.#room = room;
  }

  /**
   * @param protocolOf the newest protocol that a peer of a node has stated; a newer message waits until the peer knows
   *   it
   */
  heedProtocols(protocolOf: (node: DivisionCode, peer: DivisionCode) => number): void {
    this.#protocolOf = protocolOf;
  }

  /** Whether a message of a kind would wait for its receiver to know it. */
  waits(node: DivisionCode, receiver: DivisionCode, kind: MessageKind): boolean {
    return protocolOf(kind, () => NOTHING) > this.#protocolOf(node, receiver);
  }

  /**
   * Leaves messages in the caller's transaction: they are sent if and only if it commits. There is no other way to send
   * one.
   * @param even `TOO_LARGE` stores a message that is too large to send as well, and its failure to go is reported: for
   *   callers without a user to refuse, whose other messages must go
   * @throws {ProblemError} PAYLOAD_TOO_LARGE for a message that no broker message could carry; nothing is left then
   */
  async enqueue(tx: SharedTx, messages: readonly Outgoing[], even: 'TOO_LARGE' | null = null): Promise<void> {
    if (messages.length === 0) return;
    const trace = currentTrace();
    const carry = this.#carry;
    const owed = messages.map(({ receiver, kind, caseId, body }): Left => {
      // never read from the database here: the commit may come right behind the writes below
      const known = this.#protocolOf(tx.node, receiver);
      // a peer that knows this program's version takes everything
      const needed = known >= PROTOCOL ? known : protocolOf(kind, () => carriedBy(kind, body));
      const waitsFor = needed <= known ? null : needed;
      const attempts = carry && waitsFor === null ? 1 : 0;
      const text = JSON.stringify(body);
      return { node: tx.node, id: randomUUID(), receiver, kind, caseId, body: text, attempts, trace, waitsFor };
    });
    if (even === null) for (const message of owed) this.#requireRoom(tx, message);
    await insertOwed(tx, owed);
    // if this process loses it, its lease ends and a relay finds it again
    if (carry) tx.afterCommit(() => carry(owed.filter(({ waitsFor }) => waitsFor === null)));
  }

  /** Removes the messages to a receiver that follow a dossier it refused. */
  async withdraw(
    tx: SharedTx,
    { receiver, kind, caseId }: Pick<Outgoing, 'receiver' | 'kind' | 'caseId'>,
    code: string,
  ): Promise<void> {
    await tx.query(
      `UPDATE outbox SET settled_at = now(), outcome = 'REFUSED', code = $5
       WHERE node = $1 AND receiver = $2 AND kind = $3 AND case_id = $4 AND settled_at IS NULL`,
      [receiver, kind, caseId, code],
    );
  }

  #requireRoom(tx: SharedTx, { id, kind, receiver, body, trace }: Owed): void {
    const most = this.#room();
    // counting the bytes of a short text costs more than seeing that it is short
    if (body.length * MOST_GROWTH < most) return;
    const bytes = jsonBytes({ id, kind, body, trace });
    if (bytes <= most) return;
    const message = `${kind} to ${receiver} has ${bytes} bytes as it travels; a message may have ${most}.`;
    tx.refuse(problem('PAYLOAD_TOO_LARGE', message, { node: tx.node }));
  }
}

/**
 * Most bytes that a character of JSON text may take in a message: three in UTF-8, and room for what stands beside the
 * text.
 */
const MOST_GROWTH = 4;

const NOTHING: Carried = { actions: [], posts: [], answers: false, largest: 0, late: false };

/** What a message of a kind that carries something has in it. */
function carriedBy(kind: MessageKind, body: unknown): Carried {
  if (kind === 'MATERIAL') return { ...NOTHING, largest: (body as MaterialPart).size };
  if (kind === 'CASE_NOTE') {
    return { ...NOTHING, posts: [(payloadOf((body as CaseNoteMessage).note) as Note).author.role] };
  }
  const lines = (body as { lines: readonly string[] }).lines.map((jws) => payloadOf(jws) as CarriedLine);
  // lines of joint handling name materials by their digests alone
  const sizes = lines.flatMap(({ data }) => [
    ...(data?.materials?.map((m) => (typeof m === 'string' ? 0 : m.size)) ?? []),
    data?.document?.size ?? 0,
  ]);
  return {
    actions: lines.map(({ action }) => action),
    posts: lines.flatMap(({ actor }) => actor?.role ?? []),
    answers: lines.some(({ data }) => data?.answered !== undefined),
    largest: Math.max(0, ...sizes),
    late: lines.some(({ action, data }) => action === 'FILED' && data?.late !== undefined),
  };
}

/** The parts of a line that say what its reader must know. */
interface CarriedLine {
  action: LogAction;
  actor?: { role: Role | null };
  data?: {
    materials?: readonly (Pick<Material, 'size'> | string)[];
    document?: Pick<Material, 'size'>;
    /** Of a filing that is answered. */
    answered?: object;
    late?: object;
  };
}

const insertOwed = coalesced(async (tx: SharedTx, given: readonly (readonly Left[])[]) => {
  const owed = given.flat();
  await tx.query(
    `INSERT INTO outbox (node, id, receiver, kind, case_id, body, trace, attempts, next_at, outcome, protocol)
     SELECT $1, id, receiver, kind, case_id, body, trace, attempts,
       CASE WHEN protocol IS NULL THEN now() + attempts * ${BACKOFF_MS} * interval '1 millisecond' ELSE 'infinity' END,
       CASE WHEN protocol IS NULL THEN NULL ELSE 'WAITS' END, protocol
     FROM json_to_recordset($2) AS m (id uuid, receiver text, kind text, case_id text, body text, trace text,
       attempts int, place int, protocol int)
     ORDER BY place`,
    [
      JSON.stringify(
        owed.map(({ id, receiver, kind, caseId, body, trace, attempts, waitsFor: protocol }, place) => {
          const sealed = tx.vault.seal('outbox.body', id, body);
          return { id, receiver, kind, case_id: caseId, body: sealed, trace, attempts, place, protocol };
        }),
      ),
    ],
  );
  return given.map(() => undefined);
});
