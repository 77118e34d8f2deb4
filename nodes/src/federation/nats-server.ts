import type { Msg, Subscription } from '@nats-io/transport-node';
import { headers } from '@nats-io/transport-node';
import type { HostReply } from '@liandong/schema/wire';
import { graphqlSubject, PART_HEADER, PartsCollector, splitParts } from '@liandong/schema/wire';
import { ProblemError } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { Bus } from '../bus/index.ts';
import { PART_BYTES, encodeReply } from './reply.ts';
import type { Responder } from './responder.ts';

/** Time until a request with missing parts is dropped, ms. */
const COLLECT_MS = 15_000;

/** Answers GraphQL over NATS request/reply. */
export class NatsServer {
  readonly #subscription: Subscription;
  readonly #responder: Responder;
  readonly #log: Logger;
  readonly #collecting = new Map<string, { parts: PartsCollector; timer: NodeJS.Timeout }>();
  readonly #answering = new Set<Promise<void>>();

  constructor(bus: Bus, host: string, responder: Responder, log: Logger) {
    this.#responder = responder;
    this.#log = log;
    this.#subscription = bus.connection.subscribe(graphqlSubject(host), {
      callback: (error, message) => {
        if (error) log.warn({ error: error.message }, 'GraphQL subscription failed');
        else this.#take(message);
      },
    });
  }

  /** Takes no more requests and finishes those under way. */
  async stop(): Promise<void> {
    this.#subscription.unsubscribe();
    for (const { timer } of this.#collecting.values()) clearTimeout(timer);
    await Promise.allSettled(this.#answering);
  }

  #take(message: Msg): void {
    if (message.reply === undefined) return;
    const answering = this.#answer(message, message.reply).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'request not answered');
    });
    this.#answering.add(answering);
    void answering.finally(() => this.#answering.delete(answering));
  }

  async #answer(message: Msg, reply: string): Promise<void> {
    let answer: HostReply;
    try {
      const whole = this.#collect(message, reply);
      if (!whole) return;
      answer = await this.#responder.answer(JSON.parse(new TextDecoder().decode(whole)));
    } catch (error) {
      const { code, message: text } = error instanceof ProblemError ? error.problem : NOT_JSON;
      answer = { problem: { code, message: text } };
    }
    for (const { header, bytes } of splitParts(encodeReply(answer), PART_BYTES)) {
      if (header === null) {
        message.respond(bytes);
        continue;
      }
      const carried = headers();
      carried.set(PART_HEADER, header);
      message.respond(bytes, { headers: carried });
    }
  }

  #collect(message: Msg, reply: string): Uint8Array | null {
    const header = message.headers?.get(PART_HEADER) || null;
    if (header === null) return message.data;
    let open = this.#collecting.get(reply);
    if (!open) {
      const timer = setTimeout(() => this.#collecting.delete(reply), COLLECT_MS);
      open = { parts: new PartsCollector(), timer };
      this.#collecting.set(reply, open);
    }
    const whole = open.parts.add(header, message.data);
    if (whole) {
      clearTimeout(open.timer);
      this.#collecting.delete(reply);
    }
    return whole;
  }
}

const NOT_JSON = { code: 'MESSAGE_INVALID', message: 'The request is no JSON.' } as const;
