import { randomUUID } from 'node:crypto';
import { connectBroker, inboxPrefix } from '@liandong/runtime';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { headers } from '@nats-io/transport-node';
import type { Host, HostReply, HostRequest } from '@liandong/schema/wire';
import type { ProblemError } from '@liandong/schema/kernel';
import { graphqlSubject, PART_HEADER, PartsCollector, splitParts } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { HintSource, Transport } from './transport.ts';
import { readReply } from './transport.ts';

/** Bytes of one message: half of the broker's usual maximum. */
const PART_BYTES = 512 * 1024;

interface Waiting {
  parts: PartsCollector;
  resolve: (bytes: Uint8Array) => void;
  reject: (error: Error) => void;
}

/** Asks hosts over NATS request/reply: for hosts without an open port. Long texts travel in numbered parts. */
export class NatsTransport implements Transport, HintSource {
  readonly #connection: NatsConnection;
  readonly #inbox: string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #back = new Set<() => void>();
  #count = 0;
  #up = true;

  private constructor(connection: NatsConnection, inbox: string) {
    this.#connection = connection;
    this.#inbox = `${inbox}.${randomUUID().replaceAll('-', '')}`;
    connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.#take(message);
      },
    });
    void this.#watch();
  }

  /**
   * Connects, and waits for the broker without a time limit.
   * @param name the gateway's name in the topology; the broker lets it read the inbox of that name only
   * @throws {ProblemError} BAD_CONFIG, BROKER_UNAVAILABLE
   */
  static async connect(urls: readonly string[], seedFile: string | null, name = 'gateway'): Promise<NatsTransport> {
    const connection = await connectBroker({ urls, name, seedFile });
    return new NatsTransport(connection, inboxPrefix(name));
  }

  async send(
    host: Host,
    request: HostRequest,
    timeoutMs: number,
    signal: AbortSignal | null = null,
  ): Promise<HostReply> {
    if (!this.#up || this.#connection.isClosed()) throw noBroker();
    const reply = `${this.#inbox}.${this.#count++}`;
    let timer: NodeJS.Timeout | undefined;
    let cancel = () => {};
    try {
      const bytes = await new Promise<Uint8Array>((resolve, reject) => {
        this.#waiting.set(reply, { parts: new PartsCollector(), resolve, reject });
        timer = setTimeout(() => {
          reject(problem('DEADLINE_EXCEEDED', `Host ${host.id} gave no answer within ${Math.round(timeoutMs)} ms.`));
        }, timeoutMs);
        cancel = () =>
          reject(problem('DEADLINE_EXCEEDED', `The client has gone: the answer of host ${host.id} is not waited for.`));
        signal?.addEventListener('abort', cancel, { once: true });
        this.#publish(host, request, reply);
      });
      return readReply(host, new TextDecoder().decode(bytes));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      // a late answer finds no caller
      this.#waiting.delete(reply);
    }
  }

  hear(subject: string, take: (payload: Uint8Array) => void): () => void {
    // a broker without the permission refuses the subscription; readers then wait for the regular question
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) take(message.data);
      },
    });
    return () => {
      if (!this.#connection.isClosed()) subscription.unsubscribe();
    };
  }

  onBack(work: () => void): void {
    this.#back.add(work);
  }

  isUp(): boolean {
    return this.#up && !this.#connection.isClosed();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** When the broker is lost, running requests fail at once, and new ones are refused until it is back. */
  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === 'reconnect') {
        this.#up = true;
        for (const work of this.#back) work();
      }
      if (type !== 'disconnect') continue;
      this.#up = false;
      for (const { reject } of this.#waiting.values()) reject(noBroker());
    }
  }

  #publish(host: Host, request: HostRequest, reply: string): void {
    const subject = graphqlSubject(host.id);
    for (const { header, bytes } of splitParts(new TextEncoder().encode(JSON.stringify(request)), PART_BYTES)) {
      if (header === null) {
        this.#connection.publish(subject, bytes, { reply });
        continue;
      }
      const carried = headers();
      carried.set(PART_HEADER, header);
      this.#connection.publish(subject, bytes, { reply, headers: carried });
    }
  }

  #take(message: Msg): void {
    const waiting = this.#waiting.get(message.subject);
    if (!waiting) return;
    // the broker itself answers with 503 when no host listens
    if (message.data.length === 0 && message.headers?.code === 503) {
      waiting.reject(problem('NODE_UNREACHABLE', 'No host listens there.'));
      return;
    }
    try {
      const whole = waiting.parts.add(message.headers?.get(PART_HEADER) || null, message.data);
      if (whole) waiting.resolve(whole);
    } catch (error) {
      waiting.reject(error as Error);
    }
  }
}

function noBroker(): ProblemError {
  return problem('NODE_UNREACHABLE', 'The gateway has no broker.');
}
