import { headers } from '@nats-io/transport-node';
import type { Answer, DivisionCode, Divisions, Envelope, Message, Receipt } from '@liandong/schema';
import { SIGNED_TYPES, envelopeSchema, messageSubject, problem, receiptSchema, receiptSubject } from '@liandong/schema';
import type { Bus } from '../bus/index.ts';
import type { Trust } from '../trust/index.ts';
import { payloadOf } from '../trust/index.ts';
import { Roads } from './roads.ts';

/** Header with the signed envelope, where the payload is the bytes of a material. */
const ENVELOPE_HEADER = 'Ld-Envelope';

/** W3C Trace Context over NATS, where all messages of an envelope were left in one trace. */
export const TRACE_HEADER = 'traceparent';

/** Most text of one envelope or receipt, well below what a broker takes after base64. */
const MOST_CHARACTERS = 256 * 1024;
/** Most messages of one envelope, and answers of one receipt. */
const MOST_TOGETHER = 100;

/** A message ready to travel, and the bytes it carries beside its body. */
export interface Parcel {
  message: Message;
  bytes: Uint8Array | null;
  /** Of the broker's own de-duplication: never the same for a needed resend. */
  broker: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Signs messages and receipts and puts them on the road. */
export class Carrier {
  readonly #bus: Bus;
  readonly #trust: Trust;
  readonly #divisions: Divisions;
  readonly #lifeOf: (node: DivisionCode) => number | undefined;
  /** The ways to other nodes, and which of them are cut. */
  readonly roads = new Roads();

  /** @param lifeOf the present life of a node's database, said in whatever the node signs */
  constructor(
    bus: Bus,
    trust: Trust,
    divisions: Divisions,
    lifeOf: (node: DivisionCode) => number | undefined = () => undefined,
  ) {
    this.#bus = bus;
    this.#trust = trust;
    this.#divisions = divisions;
    this.#lifeOf = lifeOf;
  }

  /**
   * Publishes a node's messages to another, as few envelopes as they fit in. The broker's acknowledgement only says
   * that the road took them; a message is settled by the receiver's receipt alone.
   * @throws {ProblemError} BROKER_UNAVAILABLE at once where the way to the receiver is known to be cut
   */
  async send(from: DivisionCode, to: DivisionCode, parcels: readonly Parcel[]): Promise<void> {
    await this.roads.over(to, () => this.#send(from, to, parcels));
  }

  async #send(from: DivisionCode, to: DivisionCode, parcels: readonly Parcel[]): Promise<void> {
    const subject = messageSubject(from, to, this.#divisions);
    await Promise.all(
      bundles(parcels).map(async (bundle) => {
        const envelope = await this.#sign(
          from,
          to,
          bundle.map((p) => p.message),
        );
        const [only] = bundle;
        const msgID = bundle.length === 1 && only ? only.broker : `${only?.broker ?? ''}+${bundle.length}`;
        const carried = headers();
        const trace = commonTrace(bundle);
        if (trace !== null) carried.set(TRACE_HEADER, trace);
        if (only?.bytes) {
          carried.set(ENVELOPE_HEADER, envelope);
          await this.#bus.publish(subject, only.bytes, { headers: carried, msgID });
        } else {
          await this.#bus.publish(subject, encoder.encode(envelope), {
            msgID,
            ...(trace === null ? {} : { headers: carried }),
          });
        }
      }),
    );
  }

  /**
   * Publishes a node's signed answers to another, as few receipts as they fit in.
   * @throws {ProblemError} BROKER_UNAVAILABLE at once where the way to it is known to be cut
   */
  async answer(from: DivisionCode, to: DivisionCode, answers: readonly Answer[], now: Date): Promise<void> {
    const receipts = portions(answers, (answer) => JSON.stringify(answer).length);
    await this.roads.over(to, async () => {
      await Promise.all(receipts.map((some) => this.#answer(from, to, some, now)));
    });
  }

  async #answer(from: DivisionCode, to: DivisionCode, answers: readonly Answer[], now: Date): Promise<void> {
    const receipt: Receipt = { v: 1, from, to, at: now.toISOString(), ...this.#life(from), answers: [...answers] };
    const jws = await this.#trust.sign(from, SIGNED_TYPES.receipt, receipt);
    await this.#bus.publish(receiptSubject(from, to, this.#divisions), encoder.encode(jws), {});
  }

  /** @throws {ProblemError} MESSAGE_INVALID, KEY_UNKNOWN, SIGNATURE_INVALID */
  async openEnvelope(
    to: DivisionCode,
    payload: Uint8Array,
    header: string | null,
  ): Promise<{ envelope: Envelope; bytes: Uint8Array | null }> {
    const jws = header ?? decoder.decode(payload);
    const { node, payload: content } = await this.#trust.verify(jws, SIGNED_TYPES.envelope);
    const parsed = envelopeSchema.safeParse(content);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not an envelope of messages.', { cause: parsed.error });
    requireParties(parsed.data, node, to);
    return { envelope: parsed.data, bytes: header === null ? null : payload };
  }

  /** @throws {ProblemError} MESSAGE_INVALID, KEY_UNKNOWN, SIGNATURE_INVALID */
  async openReceipt(to: DivisionCode, payload: Uint8Array): Promise<{ receipt: Receipt; jws: string }> {
    const jws = decoder.decode(payload);
    const { node, payload: content } = await this.#trust.verify(jws, SIGNED_TYPES.receipt);
    const parsed = receiptSchema.safeParse(content);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not a receipt.', { cause: parsed.error });
    requireParties(parsed.data, node, to);
    return { receipt: parsed.data, jws };
  }

  #sign(from: DivisionCode, to: DivisionCode, messages: Message[]): Promise<string> {
    const envelope: Envelope = { v: 1, from, to, at: new Date().toISOString(), ...this.#life(from), messages };
    return this.#trust.sign(from, SIGNED_TYPES.envelope, envelope);
  }

  #life(node: DivisionCode): { life?: number } {
    const life = this.#lifeOf(node);
    return life === undefined ? {} : { life };
  }
}

/** The header of a broker's message that holds the envelope. */
export function envelopeHeader(message: { headers?: { get(name: string): string } | undefined }): string | null {
  return message.headers?.get(ENVELOPE_HEADER) || null;
}

/** What an envelope says, believed by nobody: only to set it aside. */
export function readUnchecked(jws: string): Envelope | null {
  try {
    return envelopeSchema.parse(payloadOf(jws));
  } catch {
    return null;
  }
}

function requireParties(parties: { from: string; to: string }, signer: string, to: string): void {
  if (parties.from !== signer) throw problem('SIGNATURE_INVALID', `${signer} signed for ${parties.from}.`);
  if (parties.to !== to) throw problem('MESSAGE_INVALID', `A message for ${parties.to} came to ${to}.`);
}

/** The trace the messages share; null when they come of several. Each message carries its own besides. */
function commonTrace(bundle: readonly Parcel[]): string | null {
  const [first, ...rest] = bundle.map((parcel) => parcel.message.trace ?? null);
  return first !== undefined && first !== null && rest.every((trace) => trace === first) ? first : null;
}

/** Messages without bytes travel together; a piece of a material travels alone. */
function bundles(parcels: readonly Parcel[]): Parcel[][] {
  const pieces = parcels.filter(({ bytes }) => bytes).map((parcel) => [parcel]);
  const others = parcels.filter(({ bytes }) => !bytes);
  return [...pieces, ...portions(others, ({ message }) => message.body.length)];
}

/** As few portions as one signed text of each can hold, in the order given. */
function portions<T>(all: readonly T[], charactersOf: (each: T) => number): T[][] {
  const made: T[][] = [];
  let characters = 0;
  for (const each of all) {
    const own = charactersOf(each);
    const open = made.at(-1);
    if (open && open.length < MOST_TOGETHER && characters + own <= MOST_CHARACTERS) {
      open.push(each);
      characters += own;
    } else {
      made.push([each]);
      characters = own;
    }
  }
  return made;
}
