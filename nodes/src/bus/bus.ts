import type { BrokerOptions } from '@liandong/runtime';
import { connectBroker } from '@liandong/runtime';
import type {
  ConsumerMessages,
  JetStreamClient,
  JetStreamManager,
  JetStreamPublishOptions,
  StreamInfo,
} from '@nats-io/jetstream';
import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  jetstream,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { errors, nanos } from '@nats-io/transport-node';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { consumerName, inboundFilter, MAX_PAYLOAD, MESSAGE_STREAM, RECEIPT_STREAM } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import { clockOffset } from '../observability/index.ts';

/** The two roads between nodes, each a stream at every broker. */
export const ROADS = { m: { stream: MESSAGE_STREAM }, r: { stream: RECEIPT_STREAM } } as const;
export type Road = keyof typeof ROADS;

/** Most bytes of a road. A full road takes no more messages, and the outboxes keep what waits. */
const ROAD_BYTES = 2 * 1024 ** 3;

const GIB = 1024 ** 3;
/** The most disk that the roads of a broker take. */
export const ROADS_NEED = `${(2 * ROAD_BYTES) / GIB} GiB`;

/** The stream of a road, at a broker that takes in these subjects. */
export function roadConfig(road: Road, subjects: readonly string[]) {
  return {
    name: ROADS[road].stream,
    subjects: [...subjects],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: ROAD_BYTES,
    duplicate_window: nanos(120_000),
  };
}

/** Time between two readings of the broker's clock, ms. */
const CLOCK_MS = 30_000;

/** Time until a thing the broker lacks is reported, ms. */
const PATIENCE_MS = 2_000;

/** An unacknowledged message comes again after this long; the sender's outbox is usually sooner. */
const ACK_WAIT_MS = 10_000;

export interface BusOptions extends Pick<BrokerOptions, 'urls' | 'name' | 'seedFile'> {
  /** The subjects that the roads of this broker take in: those of the nodes that belong to it. */
  subjects: Readonly<Record<Road, readonly string[]>>;
}

/** A host's connection to its broker. It never gives up, however long the broker is away. */
export class Bus {
  readonly connection: NatsConnection;
  readonly #jetstream: JetStreamClient;
  #subjects: BusOptions['subjects'];
  readonly #log: Logger;
  readonly #reconnected = new Set<() => void>();
  #connected = true;
  /** The last reading of the broker's clock, and when it was taken by this process's own clock. */
  #clock: { theirs: number; asked: number; answered: number } | null = null;
  #clockAskedAt = 0;
  /** What the broker lacks, by stream or by stream and consumer. */
  readonly #lacks = new Map<string, { reason: string; since: number; told: boolean }>();
  /** Called when the connection to the broker is lost: for calls that wait for an answer of it. */
  readonly #waiting = new Set<() => void>();

  private constructor(connection: NatsConnection, subjects: BusOptions['subjects'], log: Logger) {
    this.connection = connection;
    this.#subjects = subjects;
    this.#jetstream = jetstream(connection, { timeout: 5_000 });
    this.#log = log;
    void this.#watch();
  }

  /**
   * Connects, waiting for the broker as long as it takes: a host without one still serves its own people.
   * @throws {ProblemError} BAD_CONFIG for credentials that can't be read, BROKER_UNAVAILABLE when they are refused
   */
  static async connect(options: BusOptions, log: Logger): Promise<Bus> {
    return new Bus(await connectBroker(options), options.subjects, log);
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Most bytes of one message, as the broker states it. */
  get maxPayload(): number {
    return this.connection.info?.max_payload ?? MAX_PAYLOAD;
  }

  /**
   * Publishes to a road and waits until the broker has stored the message.
   * @throws if it was not stored, also when the connection is lost meanwhile
   */
  async publish(subject: string, payload: Uint8Array, options: Partial<JetStreamPublishOptions>): Promise<void> {
    const asked = Date.now();
    const { stream } = await this.#whileConnected(() => this.#jetstream.publish(subject, payload, options));
    if (asked - this.#clockAskedAt >= CLOCK_MS) {
      this.#clockAskedAt = asked;
      await this.#lookAtClock(stream, asked);
    }
  }

  /** Publishes a message that no stream keeps. Without a broker it is lost, and so it is where nobody listens. */
  tell(subject: string, payload: Uint8Array): void {
    if (this.#connected && !this.connection.isClosed()) this.connection.publish(subject, payload);
  }

  /**
   * How far the caller's clock is proved ahead of the broker's, ms; null before the broker took a message.
   * @param now the caller's clock
   */
  clockOffset(now: () => Date): number | null {
    if (!this.#clock) return null;
    // the process's own clock took the sample; tests bring another clock
    const shift = now().getTime() - Date.now();
    const { theirs, asked, answered } = this.#clock;
    return clockOffset({ theirs, asked: asked + shift, answered: answered + shift });
  }

  /** The broker dates the messages it stores: its last date lies between sending the message and now. */
  async #lookAtClock(stream: string, asked: number): Promise<void> {
    try {
      const manager = await this.#manager();
      const { state } = await manager.streams.info(stream);
      const theirs = Date.parse(state.last_ts);
      if (Number.isFinite(theirs)) this.#clock = { theirs, asked, answered: Date.now() };
    } catch (error) {
      this.#log.debug({ err: error }, 'broker clock not read');
    }
  }

  /** Keeps the subjects of a later topology, for when the roads have to be made again. */
  takeIn(subjects: BusOptions['subjects']): void {
    this.#subjects = subjects;
  }

  /** Called each time the broker is back. */
  onReconnect(work: () => void): void {
    this.#reconnected.add(work);
  }

  /** Why the roads of this host do not carry messages, in words for people; empty while they do. */
  lacking(): string[] {
    return [...this.#lacks.values()].map(({ reason }) => reason);
  }

  /**
   * Makes the streams that are missing: after the broker loses its store, the first host to connect makes them again.
   */
  async ensureRoads(): Promise<void> {
    for (const road of Object.keys(ROADS) as Road[]) {
      const config = roadConfig(road, this.#subjects[road]);
      const { name } = config;
      await this.#found(name, `the stream ${name}`, async () => {
        const manager = await this.#manager();
        // a stream that exists stays as the operator made it
        if (!(await findStream(manager, name))) await manager.streams.add(config);
      });
    }
  }

  /** Makes a node's durable consumer on a road where it is missing. */
  async ensureConsumer(road: Road, node: DivisionCode, divisions: Divisions): Promise<void> {
    await this.#whileConnected(async () => {
      const manager = await this.#manager();
      await manager.consumers.add(ROADS[road].stream, {
        durable_name: consumerName(node),
        name: consumerName(node),
        filter_subject: inboundFilter(road, node, divisions),
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ACK_WAIT_MS),
        max_ack_pending: 2_000,
      });
    });
  }

  /**
   * Starts to read a node's messages on a road, from the first unacknowledged one; makes the stream or consumer it
   * misses.
   */
  async openRoad(road: Road, node: DivisionCode, divisions: Divisions, ahead: number): Promise<ConsumerMessages> {
    await this.ensureRoads();
    const { stream } = ROADS[road];
    return this.#found(`${stream} ${node}`, `what comes to ${node} on ${stream}`, async () => {
      await this.ensureConsumer(road, node, divisions);
      const consumer = await this.#jetstream.consumers.get(stream, consumerName(node));
      return consumer.consume({ max_messages: ahead, expires: 5_000, abort_on_missing_resource: true });
    });
  }

  /** Stops serving a node here: whatever the broker lacks for it no longer matters. */
  forget(node: DivisionCode): void {
    for (const { stream } of Object.values(ROADS)) this.#lacks.delete(`${stream} ${node}`);
  }

  /**
   * Looks something up at the broker and remembers what is missing. Each missing thing is reported once, however often
   * callers look.
   */
  async #found<T>(key: string, what: string, look: () => Promise<T>): Promise<T> {
    try {
      const found = await this.#whileConnected(look);
      if (this.#lacks.delete(key)) this.#log.info({ what }, 'broker meets the need now');
      return found;
    } catch (error) {
      this.#note(key, what, error);
      throw error;
    }
  }

  #note(key: string, what: string, error: unknown): void {
    // a lost connection to the broker is reported elsewhere
    if (!this.#connected || !isAnswer(error)) return;
    const reason = lackOf(what, error);
    const before = this.#lacks.get(key);
    const lack = before?.reason === reason ? before : { reason, since: performance.now(), told: false };
    this.#lacks.set(key, lack);
    // a broker that was just started does not answer for its streams at once
    const lasts = hasNoRoom(error) || performance.now() - lack.since >= PATIENCE_MS;
    if (lack.told || !lasts) return;
    lack.told = true;
    this.#log.error({ err: error, reason }, 'broker lacks what the streams need');
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  #manager(): Promise<JetStreamManager> {
    return this.#jetstream.jetstreamManager(false);
  }

  /** Does work that waits for the broker's answer; throws as soon as the connection is lost. */
  async #whileConnected<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#connected) throw problem('BROKER_UNAVAILABLE', 'The broker is away.');
    return new Promise<T>((resolve, reject) => {
      const lose = () => reject(problem('BROKER_UNAVAILABLE', 'The broker was lost.'));
      this.#waiting.add(lose);
      work()
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(lose));
    });
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      switch (status.type) {
        case 'disconnect':
          this.#connected = false;
          for (const lose of this.#waiting) lose();
          this.#log.warn('broker connection lost, reconnecting');
          break;
        case 'reconnect':
          this.#connected = true;
          this.#log.info('broker connection restored');
          for (const work of this.#reconnected) work();
          break;
        case 'error':
          this.#log.warn({ error: status.error.message }, 'broker refused an operation');
          break;
        default:
          break;
      }
    }
  }
}

/** JetStream's error code for a stream it does not have. */
const STREAM_NOT_FOUND: number = JetStreamApiCodes.StreamNotFound;

/** JetStream's error codes for a store without room. */
const NO_ROOM: readonly number[] = [10_023, 10_028, 10_047];

/** Whether an error tells what the broker has, and is not only a fault of the line to it. */
function isAnswer(error: unknown): boolean {
  const kinds = [JetStreamApiError, errors.TimeoutError, errors.NoRespondersError, errors.RequestError];
  const named = error instanceof Error && error.name === 'JetStreamNotEnabled';
  return named || kinds.some((kind) => error instanceof kind);
}

function hasNoRoom(error: unknown): boolean {
  return error instanceof JetStreamApiError && NO_ROOM.includes(error.code);
}

/** What the broker lacks, and what to do. */
function lackOf(what: string, error: unknown): string {
  if (!(error instanceof JetStreamApiError)) {
    return `The broker does not answer for ${what}. Does it run with JetStream on, and does its configuration let this host?`;
  }
  if (hasNoRoom(error)) {
    return `The broker has no room for ${what}: both roads together take up to ${ROADS_NEED}. Set max_file_store in its jetstream block to at least that, and see that its disk has as much.`;
  }
  return `The broker refuses ${what} (JetStream error ${error.code}). Generate its configuration again from the topology and reload it.`;
}

/** A stream as the broker has it, or null if the broker does not have it. */
export async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | null> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return null;
    throw error;
  }
}
