import { randomUUID } from 'node:crypto';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Answer, DivisionCode, Divisions, Envelope, MessageKind } from '@liandong/schema';
import { ERRORS, ProblemError, messageSubject } from '@liandong/schema';
import type { Logger } from 'pino';
import type { Bus, Road } from '../bus/index.ts';
import type { HostDb, NodeTx } from '../db/index.ts';
import { kidOf, sha256 } from '../trust/index.ts';
import { Loop } from './loop.ts';
import type { Incoming, Receiver, Settler, Verdict } from './messages.ts';
import { isAboutKeys, parkMessage, readParked, resolveParked, setRetry, strangersOf } from './parked.ts';
import type { Carrier } from './parcels.ts';
import { envelopeHeader, readUnchecked } from './parcels.ts';
import { settle } from './relay.ts';

/** Broker messages taken into one transaction. */
const BATCH = 50;
/** Messages fetched ahead of the transaction. */
const AHEAD = 200;
/** A parked message that is not ready yet when it is tried again waits this long, ms. */
const LATER_MS = 60_000;
/** Most open messages that are kept of one sender nobody can vouch for: nobody fills the disk with them. */
const MAX_STRANGERS = 1_000;
/** Pause before a lost road is looked for again, ms. */
const RETRY_MS = 100;

export interface IntakeParts {
  node: DivisionCode;
  divisions: Divisions;
  db: HostDb;
  bus: Bus;
  carrier: Carrier;
  receivers: Readonly<Record<MessageKind, Receiver>>;
  settlers: Partial<Record<MessageKind, Settler>>;
  /** A receipt's answers that speak of feeds. */
  watermark: (tx: NodeTx, subscriber: DivisionCode, answer: Answer & { outcome: 'WATERMARK' }) => Promise<void>;
  now: () => Date;
  log: Logger;
}

interface Opened {
  raw: JsMsg;
  envelope: Envelope;
  bytes: Uint8Array | null;
}

/**
 * Takes in what comes to one node, on both roads. A message and its effect are one transaction; after it commits, the
 * signed receipt goes out and the broker is told. Lost receipts cost nothing: the sender sends again, and the inbox
 * answers the second copy without doing it again (G2).
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #lanes: Lane[];
  /** Whether a message may be parked here, which one that is done would resolve. */
  #holdsParked = true;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#lanes = [
      new Lane(parts, 'm', (raws) => this.#takeMessages(raws)),
      new Lane(parts, 'r', (raws) => this.#takeReceipts(raws)),
    ];
  }

  get node(): DivisionCode {
    return this.#parts.node;
  }

  start(): void {
    for (const lane of this.#lanes) lane.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop()));
  }

  async #takeMessages(raws: readonly JsMsg[]): Promise<void> {
    const { node, db, carrier, now } = this.#parts;
    const opened = (await Promise.all(raws.map((raw) => this.#open(raw)))).filter((o) => o !== null);
    if (opened.length === 0) return;
    // pieces of materials before the dossiers that need them
    opened.sort((a, b) => Number(b.bytes !== null) - Number(a.bytes !== null));
    const answers = await db.transact(node, async (tx) => {
      const made = new Map<DivisionCode, Answer[]>();
      for (const { envelope, bytes } of opened) {
        const list = made.get(envelope.from) ?? [];
        made.set(envelope.from, list);
        for (const message of envelope.messages) {
          const answer = await this.#take(tx, envelope.from, message, bytes);
          if (answer) list.push(answer);
        }
      }
      await this.#resolve(tx, [...made.values()].flat());
      return made;
    });
    await Promise.all(
      [...answers].filter(([, list]) => list.length > 0).map(([to, list]) => carrier.answer(node, to, list, now())),
    );
    for (const { raw } of opened) raw.ack();
  }

  /**
   * Tries a parked message again, as if it had come now.
   * @returns false where it is not parked any more
   */
  async retry(id: string): Promise<boolean> {
    const { node, db, carrier, now, log } = this.#parts;
    const row = await readParked(db.queries(node), id);
    if (!row) return false;
    let { bytes } = row;
    if (row.envelope !== null) {
      try {
        const payload = bytes ?? new TextEncoder().encode(row.envelope);
        bytes = (await carrier.openEnvelope(node, payload, bytes === null ? null : row.envelope)).bytes;
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        const { code, message: reason } = error.problem;
        await db.transact(node, (tx) => parkMessage(tx, { ...row, code, reason }));
        return true;
      }
    }
    const { sender, kind, body } = row;
    const answer = await db.transact(node, async (tx) => {
      await tx.query(`DELETE FROM inbox WHERE node = $1 AND id = $2 AND answer ->> 'outcome' = 'PARKED'`, [id]);
      const made = await this.#take(tx, sender, { id, kind, body }, bytes);
      // it waits for something else, or for materials that its sender brings with it
      await setRetry(tx, id, made === null ? new Date(now().getTime() + LATER_MS) : null);
      await resolveParked(tx, made ? [made] : []);
      return made;
    });
    log.info({ node, message: id, kind, outcome: answer?.outcome ?? 'LATER' }, 'a parked message was tried again');
    if (answer) await carrier.answer(node, sender, [answer], now());
    return true;
  }

  async #resolve(tx: NodeTx, answers: readonly Answer[]): Promise<void> {
    if (!this.#holdsParked) return;
    this.#holdsParked = (await resolveParked(tx, answers)) > 0;
  }

  /**
   * The envelope, checked. One whose key is not known or no longer in effect is parked; any other that can't be
   * believed leads to nothing but a line in the log.
   */
  async #open(raw: JsMsg): Promise<Opened | null> {
    const { node, carrier, log } = this.#parts;
    try {
      return { raw, ...(await carrier.openEnvelope(node, raw.data, envelopeHeader(raw))) };
    } catch (error) {
      const code = error instanceof ProblemError ? error.code : 'INTERNAL';
      log.warn({ node, code, subject: raw.subject }, 'a message that can not be believed');
      if (error instanceof ProblemError && isAboutKeys(error.code)) await this.#parkStrangers(raw, error);
      // an unknown key is the only fault that may pass, and it was parked
      raw.term();
      return null;
    }
  }

  /**
   * Sets the messages of an envelope aside whose signature can't be checked, as they came; a feed states its entries
   * again by itself. The broker holds each host to the names of its own nodes, so the sender is who the subject says.
   */
  async #parkStrangers(raw: JsMsg, error: ProblemError): Promise<void> {
    const { node, db, carrier, divisions, now } = this.#parts;
    const header = envelopeHeader(raw);
    const jws = header ?? raw.string();
    const envelope = readUnchecked(jws);
    if (!envelope || envelope.to !== node || raw.subject !== messageSubject(envelope.from, node, divisions)) return;
    const messages = envelope.messages.filter((message) => message.kind !== 'FEED');
    if (messages.length === 0) return;
    const { code, message: reason } = error.problem;
    const answers = await db.transact(node, async (tx) => {
      if ((await strangersOf(tx, envelope.from)) >= MAX_STRANGERS) return [];
      for (const { id, kind, body } of messages) {
        const bytes = header === null ? null : raw.data;
        const sender = envelope.from;
        await parkMessage(tx, { id, sender, kind, body, code, reason, kid: kidOf(jws), envelope: jws, bytes });
      }
      return messages.map(({ id, body }): Answer => ({ id, outcome: 'PARKED', digest: sha256(body), code }));
    });
    this.#holdsParked = true;
    if (answers.length > 0) await carrier.answer(node, envelope.from, answers, now());
  }

  async #take(
    tx: NodeTx,
    from: DivisionCode,
    message: Envelope['messages'][number],
    bytes: Uint8Array | null,
  ): Promise<Answer | null> {
    const digest = sha256(message.body);
    const { receivers, log } = this.#parts;
    // feeds are numbered: a second copy of a stretch is recognized without remembering it
    const remembered = message.kind !== 'FEED';
    if (remembered) {
      const [known] = await tx.query<{ answer: Answer }>(
        `SELECT answer FROM inbox WHERE node = $1 AND id = $2 AND sender = $3`,
        [message.id, from],
      );
      if (known) return known.answer;
    }
    let verdict: Verdict | { outcome: 'PARKED'; code: string; reason: string };
    try {
      verdict = await tx.attempt(() => {
        const incoming: Incoming = {
          id: message.id,
          from,
          to: tx.node,
          kind: message.kind,
          body: JSON.parse(message.body),
          bytes,
        };
        return receivers[message.kind](tx, incoming);
      });
    } catch (error) {
      // nothing is wrong with the message: the whole batch is tried again
      if (error instanceof ProblemError && error.code === 'DATABASE_UNAVAILABLE') throw error;
      verdict = parkedBy(error, message.kind);
      log.error({ err: error, node: tx.node, from, message: message.id, kind: message.kind }, 'message parked');
    }
    const answer = answerOf(message.id, digest, verdict);
    if (!answer) return null;
    if (verdict.outcome === 'PARKED') {
      const { code, reason } = verdict;
      const { id, kind, body } = message;
      await parkMessage(tx, { id, sender: from, kind, body, code, reason, kid: null, envelope: null, bytes });
      this.#holdsParked = true;
    }
    // what waits for a key is looked at anew when it comes again
    const waits = answer.outcome === 'PARKED' && isAboutKeys(answer.code);
    const lasting =
      answer.outcome === 'DONE' || answer.outcome === 'REFUSED' || (answer.outcome === 'PARKED' && !waits);
    if (remembered && lasting) {
      await tx.query(`INSERT INTO inbox (node, id, sender, kind, answer) VALUES ($1, $2, $3, $4, $5)`, [
        message.id,
        from,
        message.kind,
        JSON.stringify(answer),
      ]);
    }
    return answer;
  }

  async #takeReceipts(raws: readonly JsMsg[]): Promise<void> {
    const { node, db, carrier, settlers, watermark, log } = this.#parts;
    const opened = await Promise.all(
      raws.map(async (raw) => {
        try {
          return await carrier.openReceipt(node, raw.data);
        } catch (error) {
          log.warn(
            { node, code: error instanceof ProblemError ? error.code : 'INTERNAL' },
            'a receipt that can not be believed',
          );
          return null;
        }
      }),
    );
    await db.transact(node, async (tx) => {
      for (const item of opened) {
        if (!item) continue;
        const { receipt, jws } = item;
        for (const answer of receipt.answers) {
          if (answer.outcome === 'WATERMARK') await watermark(tx, receipt.from, answer);
        }
        const others = receipt.answers.filter((a) => a.outcome !== 'WATERMARK');
        if (others.length === 0) continue;
        const receiptId = randomUUID();
        await settle(tx, receipt.from, others, receiptId, settlers, log);
        await tx.query(
          `INSERT INTO receipts (node, id, sender, jws)
           SELECT $1::text, $2::uuid, $3::text, $4::text
           WHERE EXISTS (SELECT 1 FROM outbox WHERE node = $1 AND receipt_id = $2)`,
          [receiptId, receipt.from, jws],
        );
      }
    });
    for (const raw of raws) raw.ack();
  }
}

/** One road of one node: fetches ahead, hands over in batches, comes back when the road was lost. */
class Lane {
  readonly #parts: IntakeParts;
  readonly #road: Road;
  readonly #queue: JsMsg[] = [];
  readonly #loop: Loop;
  #messages: ConsumerMessages | null = null;
  #stopped = false;
  #fetching: Promise<void> | null = null;

  constructor(parts: IntakeParts, road: Road, take: (raws: readonly JsMsg[]) => Promise<void>) {
    this.#parts = parts;
    this.#road = road;
    this.#loop = new Loop(
      async () => {
        const batch = this.#queue.splice(0, BATCH);
        if (batch.length > 0) await take(batch);
        return this.#queue.length > 0;
      },
      60_000,
      // what was not acknowledged comes again
      (error) => parts.log.warn({ err: error, node: parts.node, road }, 'a batch failed'),
    );
  }

  start(): void {
    this.#loop.start();
    // what was being waited for when the broker went away may never come: look for the road anew
    this.#parts.bus.onReconnect(() => this.#messages?.stop());
    this.#fetching ??= this.#fetch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#messages?.stop();
    await this.#fetching;
    await this.#loop.stop();
  }

  async #fetch(): Promise<void> {
    const { bus, node, divisions, log } = this.#parts;
    while (!this.#stopped) {
      try {
        await bus.ensureRoads();
        await bus.ensureConsumer(this.#road, node, divisions);
        this.#messages = await bus.consume(this.#road, node, AHEAD);
        // asked to stop while the road was being found
        if (this.#stopped) this.#messages.stop();
        for await (const message of this.#messages) {
          this.#queue.push(message);
          this.#loop.wake();
        }
      } catch (error) {
        if (!this.#stopped) log.debug({ err: error, node, road: this.#road }, 'road lost');
      }
      if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function answerOf(
  id: string,
  digest: string,
  verdict: Verdict | { outcome: 'PARKED'; code: string; reason: string },
): Answer | null {
  switch (verdict.outcome) {
    case 'DONE':
      return { id, outcome: 'DONE', digest, line: verdict.line ?? null };
    case 'REFUSED':
      return { id, outcome: 'REFUSED', digest, code: verdict.code, reason: verdict.reason };
    case 'PARKED':
      return { id, outcome: 'PARKED', digest, code: verdict.code };
    case 'WANTS':
      return { id, outcome: 'WANTS', materials: verdict.materials };
    case 'WATERMARK':
      return { id, outcome: 'WATERMARK', feed: verdict.feed, publisher: verdict.publisher, seq: verdict.seq };
    case 'LATER':
      return null;
    default:
      return verdict satisfies never;
  }
}

function parkedBy(error: unknown, kind: MessageKind): Verdict | { outcome: 'PARKED'; code: string; reason: string } {
  if (!(error instanceof ProblemError))
    return { outcome: 'PARKED', code: 'INTERNAL', reason: 'See the log of the host.' };
  const { code, message } = error.problem;
  // a feed states its entries again by itself; anything else that waits for a key is shown
  if (isAboutKeys(code)) {
    return kind === 'FEED' ? { outcome: 'LATER', reason: message } : { outcome: 'PARKED', code, reason: message };
  }
  return ERRORS[code].retry ? { outcome: 'LATER', reason: message } : { outcome: 'PARKED', code, reason: message };
}
