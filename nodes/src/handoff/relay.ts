import type { DivisionCode } from '@liandong/schema/kernel';
import type { MessageKind } from '@liandong/schema/wire';
import { bringsBytes, HEALING_KINDS } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { HostDb, NodeQueries } from '../db/index.ts';
import { isLost } from './answers.ts';
import { grouped } from './grouped.ts';
import { Loop } from './loop.ts';
import type { Outbox, Owed } from './outbox.ts';
import { BACKOFF_MS } from './outbox.ts';
import { KEY_CODES } from './parked.ts';
import type { Carrier, Parcel } from './parcels.ts';
import { tooLarge } from './parcels.ts';
import type { HandOffPorts } from './ports.ts';
import { inPatience } from './roads.ts';
import type { SendFaults, Sending } from './send-faults.ts';

/** Messages claimed at a time. */
const BATCH = 100;
/** Time between two searches of the outbox, ms; messages enqueued in this process are handed over without a search. */
const IDLE_MS = 250;
/** Shortest time between two sends under load, ms: the messages of one road go in one envelope. */
const PACE_MS = 10;
/** The wait before a message is sent again doubles up to this, ms. */
const MAX_BACKOFF_MS = 60_000;
/** Most messages that wait in memory to be sent; the others are found in the outbox when their lease ends. */
const MAX_WAITING = 2_000;

export interface RelayParts {
  db: HostDb;
  carrier: Carrier;
  outbox: Outbox;
  faults: SendFaults;
  /** Live: nodes come to the host and leave it. */
  nodes: readonly DivisionCode[];
  /** Bytes a message carries beside its body; null if they are not here. */
  readBytes: (queries: NodeQueries, kind: MessageKind, body: unknown) => Promise<Uint8Array | null>;
  /** Healing nodes, which wait for what others hold of them: they send only the messages that heal them. */
  healing: () => readonly DivisionCode[];
  onRoad: HandOffPorts['onRoad'];
  log: Logger;
}

/**
 * Sends the outboxes of a host. Claiming a row sets its next attempt ahead, so a lease and a retry are one thing: a
 * relay that dies leaves nothing to clean up. Only a receipt removes a message from the outbox (G1).
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #loop: Loop;
  /** Messages that this process enqueued and has not sent yet, in the order they became durable. */
  #handed: Owed[] = [];
  #lookedAt = -Infinity;
  /** Receivers whose last messages are still being sent. */
  readonly #underWay = new Set<DivisionCode>();

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#loop = new Loop(
      () => this.#carry(),
      IDLE_MS,
      (error) => parts.log.warn({ err: error }, 'outbox relay failed, retrying'),
      PACE_MS,
    );
    parts.outbox.onEnqueued((messages) => this.#hand(messages));
    parts.carrier.roads.onHealed((receiver) => {
      this.#resendTo(receiver).catch((error: unknown) =>
        parts.log.warn({ err: error }, 'resending after a reconnect failed'),
      );
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** Waits for the messages being sent at this moment. */
  async turn(): Promise<void> {
    await this.#loop.turn();
  }

  /** Makes all undelivered messages of the nodes due at once: on start, and when the broker is back. */
  async resendAll(nodes = this.#parts.nodes): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE outbox SET next_at = now() WHERE settled_at IS NULL AND next_at > now() AND outcome IS NULL AND node = ANY ($1)`,
      [nodes],
    );
    this.#look();
  }

  /** Looks for due messages at once. */
  look(): void {
    this.#look();
  }

  /** Offers messages again that receivers set aside because of the signing key: there is another key now. */
  async resendParked(): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE outbox SET next_at = now() WHERE settled_at IS NULL AND outcome = 'PARKED' AND code = ANY ($2)
         AND node = ANY ($1)`,
      [this.#parts.nodes, KEY_CODES],
    );
    this.#look();
  }

  /** Makes all messages to a receiver due at once: the way to it was cut and is back. */
  async #resendTo(receiver: DivisionCode): Promise<void> {
    await this.#parts.db.queryHost(
      `UPDATE outbox SET next_at = now()
       WHERE settled_at IS NULL AND next_at > now() AND outcome IS NULL AND node = ANY ($1) AND receiver = $2`,
      [this.#parts.nodes, receiver],
    );
    this.#look();
  }

  #look(): void {
    this.#lookedAt = -Infinity;
    this.#loop.wake();
  }

  #hand(messages: readonly Owed[]): void {
    if (this.#handed.length + messages.length > MAX_WAITING) return;
    this.#handed.push(...messages);
    this.#loop.wake();
  }

  async #carry(): Promise<boolean> {
    const handed = this.#handed.splice(0, BATCH);
    const healing = this.#parts.healing();
    await this.#send(
      handed.filter(({ node, kind }) => !healing.includes(node) || HEALING_KINDS.some((k) => k === kind)),
    );
    const moreHanded = this.#handed.length > 0;
    if (performance.now() - this.#lookedAt < IDLE_MS) return moreHanded;
    const found = await this.#claim();
    // after a full batch, the next search comes at once
    this.#lookedAt = found.length === BATCH ? -Infinity : performance.now();
    await this.#send(found);
    return moreHanded || found.length === BATCH;
  }

  /** Claims due messages: sent without a receipt, left by another process, or never sent. */
  async #claim(): Promise<Owed[]> {
    const rows = await this.#parts.db.queryHost<Owed & { ordinal: number }>(
      `UPDATE outbox SET attempts = attempts + 1,
         next_at = now() + least($2 * power(2, least(attempts, 10)), $3) * (0.75 + random() / 2) * interval '1 millisecond'
       WHERE (node, id) IN (
         SELECT node, id FROM outbox WHERE settled_at IS NULL AND next_at <= now() AND node = ANY ($1)
           AND (node <> ALL ($4) OR kind = ANY ($5)) AND receiver <> ALL ($6)
         ORDER BY next_at, ordinal LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
       RETURNING node, id, ordinal, receiver, kind, body, attempts, trace`,
      [
        this.#parts.nodes,
        BACKOFF_MS,
        MAX_BACKOFF_MS,
        this.#parts.healing(),
        HEALING_KINDS,
        [...this.#parts.carrier.roads.cut(), ...this.#underWay],
      ],
    );
    const opened = await Promise.all(rows.map((row) => this.#open(row)));
    return opened.filter((row) => row !== null).sort((a, b) => a.ordinal - b.ordinal);
  }

  /** Opens a message from the outbox. A message that can't be opened is reported and gives null; the others go on. */
  async #open<T extends Owed>(row: T): Promise<T | null> {
    try {
      return { ...row, body: await this.#parts.db.vault(row.node).open('outbox.body', row.id, row.body) };
    } catch (error) {
      await this.#parts.faults.failed(sendingOf(row), error);
      return null;
    }
  }

  async #send(messages: readonly Owed[]): Promise<void> {
    const roads = grouped(messages, ({ node, receiver }) => `${node} ${receiver}`);
    // messages that hang on a silent line must not delay the others
    await inPatience([...roads.values()].map((list) => this.#sendOver(list)));
  }

  /** Sends what one node owes another. */
  async #sendOver(list: readonly Owed[]): Promise<void> {
    const { db, carrier, faults, nodes, onRoad, log } = this.#parts;
    const [first] = list;
    // a node that left the host takes its messages along
    if (!first || !nodes.includes(first.node)) return;
    this.#underWay.add(first.receiver);
    try {
      const parcels = await Promise.all(list.map((row) => this.#soundParcel(row)));
      const ready = parcels.filter((p) => p !== null);
      const oversize = await carrier.send(first.node, first.receiver, ready);
      const left = new Map(oversize.map(({ message, bytes, most }) => [message.id, tooLarge(bytes, most)]));
      await onRoad(
        db,
        first.node,
        ready.flatMap(({ message }) => (left.has(message.id) ? [] : [message.id])),
      );
      for (const { message } of ready) {
        const sending = sendingOf({ ...first, ...message });
        const error = left.get(message.id);
        await (error ? faults.failed(sending, error) : faults.went(sending));
      }
      await faults.went({ ...sendingOf(first), subject: '' });
    } catch (error) {
      // the rows fall due again without further action
      await faults.failed({ ...sendingOf(first), subject: '' }, error);
      if (!carrier.roads.isCut(first.receiver) || !nodes.includes(first.node)) return;
      await db
        .queryHost(
          `UPDATE outbox SET next_at = now() + interval '1 second'
           WHERE (node, id) IN (SELECT $1::text, unnest($2::uuid[])) AND settled_at IS NULL`,
          [first.node, list.map((row) => row.id)],
        )
        .catch((failed: unknown) => log.debug({ err: failed }, 'message not published'));
    } finally {
      this.#underWay.delete(first.receiver);
    }
  }

  /** Makes a message ready to send. A message for which that fails is reported and gives null; the others go on. */
  async #soundParcel(row: Owed): Promise<Parcel | null> {
    try {
      return await this.#parcel(row);
    } catch (error) {
      if (isLost(error)) throw error;
      this.#parts.log.error({ err: error, node: row.node, message: row.id }, 'outbox message cannot be sent');
      return null;
    }
  }

  async #parcel(row: Owed): Promise<Parcel | null> {
    const { db, faults } = this.#parts;
    const { body } = row;
    const message = {
      id: row.id,
      kind: row.kind,
      body,
      ...(row.trace === null ? {} : { trace: row.trace }),
    };
    const broker = row.attempts === 1 ? row.id : `${row.id}.${row.attempts}`;
    if (!bringsBytes(row.kind)) return { message, bytes: null, broker };
    const bytes = await this.#parts.readBytes(db.queries(row.node), row.kind, JSON.parse(body));
    if (!bytes) {
      await faults.failed(sendingOf(row), problem('NOT_FOUND', 'The bytes that are owed are not here.'));
      return null;
    }
    return { message, bytes, broker };
  }
}

function sendingOf({ node, receiver, kind, id }: Pick<Owed, 'node' | 'receiver' | 'kind' | 'id'>): Sending {
  return { node, receiver, kind, subject: id };
}
