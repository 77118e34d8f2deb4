import { headers } from '@nats-io/transport-node';
import type { Answer, Envelope, Message, Receipt } from '@liandong/schema/wire';
import type { DivisionCode, Divisions, ProblemError } from '@liandong/schema/kernel';
import {
  envelopeSchema,
  FIRST_PROTOCOL,
  jsonBytes,
  messageSubject,
  PROTOCOL,
  receiptSchema,
  receiptSubject,
  SIGNED_TYPES,
  textRoom,
  TOGETHER_BYTES,
} from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { Bus } from '../bus/index.ts';
import type { Trust } from '../trust/index.ts';
import { payloadOf } from '../trust/index.ts';
import { Roads } from './roads.ts';

/** Header with the signed envelope, where the payload is the bytes of a material. */
const ENVELOPE_HEADER = 'Ld-Envelope';

/** W3C Trace Context over NATS, if all messages of an envelope were left in one trace. */
export const TRACE_HEADER = 'traceparent';

/** Most messages of one envelope, and answers of one receipt. */
const MOST_TOGETHER = 100;

/** A message ready to travel, and the bytes it carries beside its body. */
export interface Parcel {
  message: Message;
  bytes: Uint8Array | null;
  /** Id for the broker's own de-duplication: a resend that is needed has another one. */
  broker: string;
}

/** A message that is too large for the broker, even alone. */
export interface Oversize {
  message: Message;
  /** Its size on the way: signed, encoded, with its headers. */
  bytes: number;
  /** The most that the broker takes. */
  most: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Signs messages and receipts and puts them on the road. */
export class Carrier {
  readonly #bus: Bus;
  readonly #trust: Trust;
  readonly #divisions: Divisions;
  readonly #incarnationOf: (node: DivisionCode) => number | undefined;
  readonly #protocol: number;
  /** The ways to other nodes, and which of them are cut. */
  readonly roads = new Roads();

  /**
   * @param incarnationOf the present incarnation of a node's database, stated in everything the node signs
   * @param protocol the newest that this host knows, stated likewise
   */
  constructor(
    bus: Bus,
    trust: Trust,
    divisions: Divisions,
    incarnationOf: (node: DivisionCode) => number | undefined = () => undefined,
    protocol: number = PROTOCOL,
  ) {
    this.#bus = bus;
    this.#trust = trust;
    this.#divisions = divisions;
    this.#incarnationOf = incarnationOf;
    this.#protocol = protocol;
  }

  /** Most bytes of JSON text under one signature that the broker takes. */
  get room(): number {
    return textRoom(this.#bus.maxPayload);
  }

  /**
   * Publishes a node's messages to another, in as few envelopes as possible. The broker's acknowledgement only says
   * that the road took them; only the receiver's receipt settles a message.
   * @returns those that are too large to go at all; the others went
   * @throws {ProblemError} BROKER_UNAVAILABLE at once where the way to the receiver is known to be cut
   */
  async send(from: DivisionCode, to: DivisionCode, parcels: readonly Parcel[]): Promise<Oversize[]> {
    const bundled = bundles(parcels, Math.min(TOGETHER_BYTES, this.room));
    return this.roads.over(to, async () => {
      return (await Promise.all(bundled.map((bundle) => this.#send(from, to, bundle)))).flat();
    });
  }

  async #send(from: DivisionCode, to: DivisionCode, bundle: readonly Parcel[]): Promise<Oversize[]> {
    const subject = messageSubject(from, to, this.#divisions);
    const messages = bundle.map(({ message }) => message);
    const envelope = await this.#sign(from, to, messages);
    const [only] = bundle;
    const msgID = bundle.length === 1 && only ? only.broker : `${only?.broker ?? ''}+${bundle.length}`;
    const carried: [string, string][] = [];
    const trace = commonTrace(bundle);
    if (trace !== null) carried.push([TRACE_HEADER, trace]);
    if (only?.bytes) carried.push([ENVELOPE_HEADER, envelope]);
    const payload = only?.bytes ?? encoder.encode(envelope);
    const bytes = payload.length + headerBytes([...carried, ['Nats-Msg-Id', msgID]]);
    const most = this.#bus.maxPayload;
    if (bytes > most) {
      // the frame was larger than estimated, or the message itself is too large
      const half = Math.ceil(bundle.length / 2);
      const [message] = messages;
      if (bundle.length === 1 && message) return [{ message, bytes, most }];
      return [
        ...(await this.#send(from, to, bundle.slice(0, half))),
        ...(await this.#send(from, to, bundle.slice(half))),
      ];
    }
    const sent = headers();
    for (const [name, value] of carried) sent.set(name, value);
    await this.#bus.publish(subject, payload, { msgID, ...(carried.length === 0 ? {} : { headers: sent }) });
    return [];
  }

  /**
   * Publishes a node's signed answers to another, in as few receipts as possible.
   * @throws {ProblemError} BROKER_UNAVAILABLE at once where the way to it is known to be cut; PAYLOAD_TOO_LARGE for an
   *   answer that the broker can't take, when the others went
   */
  async answer(from: DivisionCode, to: DivisionCode, answers: readonly Answer[], now: Date): Promise<void> {
    const receipts = portions(answers, jsonBytes, Math.min(TOGETHER_BYTES, this.room));
    await this.roads.over(to, async () => {
      const answered = await Promise.allSettled(receipts.map((some) => this.#answer(from, to, some, now)));
      const failed = answered.find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    });
  }

  async #answer(from: DivisionCode, to: DivisionCode, answers: readonly Answer[], now: Date): Promise<void> {
    const receipt: Receipt = { v: 1, from, to, at: now.toISOString(), ...this.#stated(from), answers: [...answers] };
    const jws = encoder.encode(await this.#trust.sign(from, SIGNED_TYPES.receipt, receipt));
    const most = this.#bus.maxPayload;
    if (jws.length > most) throw tooLarge(jws.length, most);
    await this.#bus.publish(receiptSubject(from, to, this.#divisions), jws, {});
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
    const envelope: Envelope = { v: 1, from, to, at: new Date().toISOString(), ...this.#stated(from), messages };
    return this.#trust.sign(from, SIGNED_TYPES.envelope, envelope);
  }

  /** What a node states of itself in everything it signs. */
  #stated(node: DivisionCode): { life?: number; protocol?: number } {
    const life = this.#incarnationOf(node);
    const protocol = this.#protocol;
    return { ...(life === undefined ? {} : { life }), ...(protocol === FIRST_PROTOCOL ? {} : { protocol }) };
  }
}

/** The header of a broker's message that holds the envelope. */
export function envelopeHeader(message: { headers?: { get(name: string): string } | undefined }): string | null {
  return message.headers?.get(ENVELOPE_HEADER) || null;
}

/** Reads an envelope without checking its signature: only to set the message aside. */
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

/** The trace the messages share, or null if they have several. Each message also carries its own. */
function commonTrace(bundle: readonly Parcel[]): string | null {
  const [first, ...rest] = bundle.map((parcel) => parcel.message.trace ?? null);
  return first !== undefined && first !== null && rest.every((trace) => trace === first) ? first : null;
}

/** The error for a message that can never be sent. */
export function tooLarge(bytes: number, most: number): ProblemError {
  return problem('PAYLOAD_TOO_LARGE', `${bytes} bytes as it travels; the broker takes ${most} a message.`);
}

/** Bytes of headers on the wire. */
function headerBytes(all: readonly (readonly [string, string])[]): number {
  const lines = all.map(([name, value]) => Buffer.byteLength(`${name}: ${value}\r\n`));
  return 'NATS/1.0\r\n\r\n'.length + lines.reduce((sum, line) => sum + line, 0);
}

/** Messages without bytes travel together; a piece of a material travels alone. */
function bundles(parcels: readonly Parcel[], most: number): Parcel[][] {
  const pieces = parcels.filter(({ bytes }) => bytes).map((parcel) => [parcel]);
  const others = parcels.filter(({ bytes }) => !bytes);
  return [...pieces, ...portions(others, ({ message }) => jsonBytes(message), most)];
}

/**
 * Splits a list, in its order, into as few portions as fit one signed text each; an element that is too large is a
 * portion alone.
 * @param most bytes of a portion
 */
function portions<T>(all: readonly T[], bytesOf: (each: T) => number, most: number): T[][] {
  const made: T[][] = [];
  let bytes = 0;
  for (const each of all) {
    // and the comma that follows
    const own = bytesOf(each) + 1;
    const open = made.at(-1);
    if (open && open.length < MOST_TOGETHER && bytes + own <= most) {
      open.push(each);
      bytes += own;
    } else {
      made.push([each]);
      bytes = own;
    }
  }
  return made;
}
