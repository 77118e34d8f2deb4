import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Answer, Envelope, MessageKind, Receipt } from '@liandong/schema/wire';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { HEALING_KINDS, messageSubject } from '@liandong/schema/wire';
import { ProblemError } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { Bus, Road } from '../bus/index.ts';
import type { HostDb, NodeTx } from '../db/index.ts';
import { kidOf, sha256 } from '../trust/index.ts';
import type { BatchMode } from './batch-transaction.ts';
import { transactBatch } from './batch-transaction.ts';
import { grouped } from './grouped.ts';
import type { Inbox } from './inbox.ts';
import { Loop } from './loop.ts';
import type { LockCases, Receivers, Settler } from './messages.ts';
import { refusalOf } from './parked-decisions.ts';
import type { ParkedMessage } from './parked.ts';
import { isAboutKeys, parkMessage, readParked, resolveParked, setRetry, strangersOf } from './parked.ts';
import type { Carrier } from './parcels.ts';
import { envelopeHeader, readUnchecked } from './parcels.ts';
import type { Protocols } from './protocols.ts';
import { inPatience } from './roads.ts';
import type { SendFaults, Sending } from './send-faults.ts';
import type { SignedAnswers } from './settling.ts';
import { Settlement } from './settling.ts';
import type { Arrived } from './taking.ts';
import { Taking } from './taking.ts';

/** Broker messages taken into one transaction. */
const BATCH = 50;
/**
 * About how many messages and answers one transaction takes: an envelope brings up to a hundred and is never divided.
 */
const TOGETHER = 200;
/** Messages fetched ahead of the transaction. */
const AHEAD = 200;
/** Time until a message to a healing node is tried again, ms. (A healing node waits for what others hold of it.) */
const HEALING_RETRY_MS = 500;
/** Time until a message is delivered again that was done, but whose answer could not be sent, ms. */
const UNANSWERED_MS = 2_000;
/** Time until a parked message that is still not ready is tried again, ms. */
const LATER_MS = 60_000;
/** The most open messages kept from one sender without a certified key, so that such a sender can't fill the disk. */
const MAX_STRANGERS = 1_000;
/** Time until a batch that could not be taken, for example because the database is away, comes again, ms. */
const FAILED_RETRY_MS = 1_000;
/** Shortest time between two batches under load, ms: messages that came meanwhile are taken together. */
const PACE_MS = 20;
/** Pause before a lost road is opened again, ms; longer if the broker lacks something for it. */
const RETRY_MS = 100;
const LACKING_RETRY_MS = 1_000;

export interface IntakeParts {
  node: DivisionCode;
  divisions: Divisions;
  db: HostDb;
  bus: Bus;
  carrier: Carrier;
  protocols: Protocols;
  faults: SendFaults;
  inbox: Inbox;
  receivers: Receivers;
  settlers: Partial<Record<MessageKind, Settler>>;
  lockCases: LockCases;
  /** Takes a receipt's answers on feeds. */
  watermark: (tx: NodeTx, subscriber: DivisionCode, answer: Answer & { outcome: 'WATERMARK' }) => Promise<void>;
  /** Which incarnations of databases are over, and whether this node is healing: waiting for what others hold of it. */
  incarnations: {
    isHealing(node: DivisionCode): boolean;
    isOver(node: DivisionCode, peer: DivisionCode, life: number | undefined): boolean;
  };
  now: () => Date;
  log: Logger;
}

interface Opened {
  raw: JsMsg;
  envelope: Envelope;
  bytes: Uint8Array | null;
}

/**
 * Takes in the messages to one node, on both roads. A message and its effect are one transaction; after it commits, the
 * signed receipt goes out and the broker is told. Lost receipts cost nothing: the sender sends again, and the inbox
 * answers the second copy without doing it again (G2).
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #lanes: Lane[];
  readonly #taking: Taking;
  readonly #settlement: Settlement;
  /** Whether messages may be parked here that a finished message would resolve. */
  #holdsParked = true;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#taking = new Taking(parts.receivers, parts.inbox, parts.lockCases, parts.log);
    this.#settlement = new Settlement(parts.settlers, parts.lockCases, parts.log);
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
    const opened = (await Promise.all(raws.map((raw) => this.#open(raw)))).filter((o) => o !== null);
    // pieces of materials before the dossiers that need them
    opened.sort((a, b) => Number(b.bytes !== null) - Number(a.bytes !== null));
    for (const some of portionsOf(opened, ({ envelope }) => envelope.messages.length)) await this.#takeOpened(some);
  }

  /** Records which protocol peers state, unless they stated it in an incarnation that is over. */
  async #hear(said: readonly Pick<Envelope, 'from' | 'life' | 'protocol'>[]): Promise<void> {
    const { node, incarnations, protocols } = this.#parts;
    for (const { from, life, protocol } of said) {
      if (!incarnations.isOver(node, from, life)) await protocols.heard(node, from, protocol);
    }
  }

  /** Takes opened envelopes in one transaction, and sends the answers. */
  async #takeOpened(opened: readonly Opened[]): Promise<void> {
    const { node, db, carrier, faults, incarnations, now, log } = this.#parts;
    await this.#hear(opened.map(({ envelope }) => envelope));
    const waiting = new Set<JsMsg>();
    const answers = await transactBatch(db, node, log, async (tx, mode) => {
      waiting.clear();
      const arrived = opened.flatMap(({ raw, envelope, bytes }): Arrived[] => {
        const { from, life, messages } = envelope;
        // signed before the sender's database was restored: the sender has forgotten it, and would do it differently
        // now
        if (incarnations.isOver(node, from, life)) return [];
        return messages.flatMap((message) => {
          if (!incarnations.isHealing(node) || isHealing(message.kind)) return [{ from, message, bytes }];
          waiting.add(raw);
          return [];
        });
      });
      return this.#take(tx, arrived, mode);
    });
    const bySender = grouped(answers, ({ to }) => to);
    const unanswered = new Set(bySender.keys());
    await inPatience(
      [...bySender].map(async ([to, list]) => {
        const said = list.map(({ answer }) => answer);
        const sending: Sending = { node, receiver: to, kind: 'RECEIPT', subject: '' };
        try {
          await carrier.answer(node, to, said, now());
          unanswered.delete(to);
          await faults.went(sending);
        } catch (error) {
          await faults.failed(sending, error);
        }
      }),
    );
    for (const { raw, envelope } of opened) {
      if (waiting.has(raw)) raw.nak(HEALING_RETRY_MS);
      // it comes again and is answered from the inbox
      else if (unanswered.has(envelope.from)) raw.nak(UNANSWERED_MS);
      else raw.ack();
    }
  }

  /**
   * Tries a parked message again, as if it had come now.
   * @returns false where it is not parked any more
   */
  async retry(id: string): Promise<boolean> {
    const { node, db, carrier, incarnations, now, log } = this.#parts;
    const row = await readParked(db.queries(node), id);
    if (!row) return false;
    this.#holdsParked = true;
    // a node that does not know yet what it did must not act
    if (incarnations.isHealing(node) && !isHealing(row.kind)) return true;
    if (await this.#refuseParked(row)) return true;
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
      const [made] = await this.#take(tx, [{ from: sender, message: { id, kind, body }, bytes }], 'ONE_BY_ONE');
      // it waits for something else, or for materials that its sender still brings
      await setRetry(tx, id, made === undefined ? new Date(now().getTime() + LATER_MS) : null);
      return made?.answer ?? null;
    });
    log.info({ node, message: id, kind, outcome: answer?.outcome ?? 'LATER' }, 'parked message retried');
    if (answer) await carrier.answer(node, sender, [answer], now());
    return true;
  }

  /** Refuses a parked message because people refused it, or because its sender has forgotten it since. */
  async #refuseParked({ id, sender, body, code }: ParkedMessage): Promise<boolean> {
    const { node, db, carrier, now, log } = this.#parts;
    const reason = await refusalOf(db.queries(node), id, sender);
    if (reason === null) return false;
    const answer: Answer = { id, outcome: 'REFUSED', digest: sha256(body), code, reason };
    await db.transact(node, async (tx) => {
      await tx.query(`UPDATE inbox SET answer = $3 WHERE node = $1 AND id = $2`, [id, JSON.stringify(answer)]);
      await resolveParked(tx, [answer]);
    });
    log.info({ node, message: id }, 'parked message refused');
    // if it is lost on the way, the sender gets it when it offers the message again
    await carrier.answer(node, sender, [answer], now());
    return true;
  }

  /** The answers to each sender for what arrived. */
  async #take(
    tx: NodeTx,
    arrived: readonly Arrived[],
    mode: BatchMode,
  ): Promise<{ to: DivisionCode; answer: Answer }[]> {
    const { answers, parked } = await this.#taking.take(tx, arrived, mode);
    if (parked) this.#holdsParked = true;
    if (this.#holdsParked) {
      const left = await resolveParked(
        tx,
        answers.map(({ answer }) => answer),
      );
      this.#holdsParked = left > 0;
    }
    return answers;
  }

  /**
   * Opens and checks an envelope. An envelope whose key is unknown or no longer in effect is parked; any other that
   * fails the checks leads to nothing but a line in the log.
   */
  async #open(raw: JsMsg): Promise<Opened | null> {
    const { node, carrier, log } = this.#parts;
    try {
      return { raw, ...(await carrier.openEnvelope(node, raw.data, envelopeHeader(raw))) };
    } catch (error) {
      const code = error instanceof ProblemError ? error.code : 'INTERNAL';
      log.warn({ node, code, subject: raw.subject }, 'message parked: its signature cannot be verified');
      if (error instanceof ProblemError && isAboutKeys(error.code)) await this.#parkStrangers(raw, error);
      // an unknown key is the only fault that may pass, and it was parked
      raw.term();
      return null;
    }
  }

  /**
   * Sets aside the messages of an envelope whose signature can't be checked, as they came; entries of a feed are not
   * kept, for the feed states them again. The broker holds each host to the names of its own nodes, so the subject
   * names the true sender.
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

  async #takeReceipts(raws: readonly JsMsg[]): Promise<void> {
    const { node, carrier, log } = this.#parts;
    const opened = await Promise.all(
      raws.map(async (raw) => {
        try {
          return await carrier.openReceipt(node, raw.data);
        } catch (error) {
          log.warn(
            { node, code: error instanceof ProblemError ? error.code : 'INTERNAL' },
            'receipt ignored: its signature cannot be verified',
          );
          return null;
        }
      }),
    );
    const open = opened.filter((item) => item !== null);
    for (const some of portionsOf(open, ({ receipt }) => receipt.answers.length)) await this.#settle(some);
    for (const raw of raws) raw.ack();
  }

  async #settle(opened: readonly { receipt: Receipt; jws: string }[]): Promise<void> {
    const { node, db, incarnations, watermark, log } = this.#parts;
    await this.#hear(opened.map(({ receipt }) => receipt));
    await transactBatch(db, node, log, async (tx, mode) => {
      const healing = incarnations.isHealing(node);
      const receipts = opened.filter(({ receipt }) => !incarnations.isOver(node, receipt.from, receipt.life));
      for (const { receipt } of receipts) {
        for (const answer of receipt.answers) {
          if (answer.outcome === 'WATERMARK' && !healing) await watermark(tx, receipt.from, answer);
        }
      }
      const answered = receipts.map(({ receipt, jws }): SignedAnswers => {
        return { from: receipt.from, jws, answers: receipt.answers.filter((a) => a.outcome !== 'WATERMARK') };
      });
      await this.#settlement.settle(tx, answered, mode, healing ? HEALING_KINDS : null);
    });
  }
}

/** One road of one node: fetches ahead, hands over in batches, opens the road again when it was lost. */
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
        try {
          if (batch.length > 0) await take(batch);
        } catch (error) {
          parts.log.warn({ err: error, node: parts.node, road }, 'batch failed');
          // they come again sooner than without this answer; the messages behind them need not wait
          for (const raw of batch) raw.nak(FAILED_RETRY_MS);
        }
        return this.#queue.length > 0;
      },
      60_000,
      (error) => parts.log.warn({ err: error, node: parts.node, road }, 'consumer lost, retrying'),
      PACE_MS,
    );
  }

  start(): void {
    this.#loop.start();
    // the messages awaited when the connection broke may never come: open the road again
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
      let wait = RETRY_MS;
      try {
        this.#messages = await bus.openRoad(this.#road, node, divisions, AHEAD);
        // the intake was stopped while the road was being opened
        if (this.#stopped) this.#messages.stop();
        for await (const message of this.#messages) {
          this.#queue.push(message);
          this.#loop.wake();
        }
      } catch (error) {
        if (!this.#stopped) log.debug({ err: error, node, road: this.#road }, 'consumer lost, retrying');
        if (bus.lacking().length > 0) wait = LACKING_RETRY_MS;
      }
      if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function isHealing(kind: MessageKind): boolean {
  return HEALING_KINDS.some((healing) => healing === kind);
}

/** Splits what came together into portions of about one transaction each. */
function portionsOf<T>(all: readonly T[], sizeOf: (each: T) => number): T[][] {
  const portions: T[][] = [];
  let size = TOGETHER;
  for (const each of all) {
    if (size >= TOGETHER) {
      portions.push([]);
      size = 0;
    }
    portions.at(-1)?.push(each);
    size += sizeOf(each);
  }
  return portions;
}
