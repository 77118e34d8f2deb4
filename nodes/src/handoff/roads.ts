import type { DivisionCode } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import { errors } from '@nats-io/transport-node';

/** Time until a way without any listener is tried again, ms. */
const PROBE_MS = 1_000;
/**
 * A way whose answer timed out is tried less often, ms: a broker gives a link up only after it heard nothing on it and
 * sent nothing over it for some of its pings.
 */
const SILENT_PROBE_MS = 10_000;

/** Time until other sends go on without a slow one, ms. */
const PATIENCE_MS = 1_000;

/** Waits for all of the work, but no longer than the others can wait. */
export async function inPatience(work: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    Promise.all(work),
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    }),
  ]);
  clearTimeout(timer);
}

/**
 * The ways from this host's broker to those of other nodes. A leaf's link may be cut while the host's own connection
 * holds, so the host gets no notice; only its messages to the other side fail. One message a second tries whether the
 * way is back. The others wait for it and do not hold up messages that stay on this side.
 */
export class Roads {
  /** When a cut way is tried next, by receiver. */
  readonly #cut = new Map<DivisionCode, number>();
  readonly #healed = new Set<(receiver: DivisionCode) => void>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Receivers that get no messages at this moment. */
  cut(): DivisionCode[] {
    const now = this.#now();
    return [...this.#cut].filter(([, probeAt]) => probeAt > now).map(([receiver]) => receiver);
  }

  /** Whether the last message to a receiver found no listener. */
  isCut(receiver: DivisionCode): boolean {
    return this.#cut.has(receiver);
  }

  /** Called when a message got through again. */
  onHealed(told: (receiver: DivisionCode) => void): void {
    this.#healed.add(told);
  }

  /** Forgets all cut ways: the broker itself was away and is back. */
  forget(): void {
    this.#cut.clear();
  }

  /**
   * Sends something to a receiver.
   * @throws {ProblemError} BROKER_UNAVAILABLE at once where the way is cut, and what the sending throws
   */
  async over<T>(receiver: DivisionCode, send: () => Promise<T>): Promise<T> {
    const probeAt = this.#cut.get(receiver);
    if (probeAt !== undefined) {
      if (probeAt > this.#now()) throw problem('BROKER_UNAVAILABLE', `The way to ${receiver} is cut.`);
      // one caller tries; the others wait for its result
      this.#cut.set(receiver, this.#now() + SILENT_PROBE_MS);
    }
    try {
      const sent = await send();
      if (this.#cut.delete(receiver)) for (const told of this.#healed) told(receiver);
      return sent;
    } catch (error) {
      const wait = waitAfter(error);
      if (wait === null) this.#cut.delete(receiver);
      else this.#cut.set(receiver, this.#now() + wait);
      throw error;
    }
  }
}

/** How long a way rests after an error, ms; null if the error says nothing about the way. */
function waitAfter(error: unknown): number | null {
  if (error instanceof errors.TimeoutError) return SILENT_PROBE_MS;
  // no listener: JetStream's client has another name for that
  const nobody =
    error instanceof errors.NoRespondersError ||
    (error instanceof errors.RequestError && error.isNoResponders()) ||
    (error instanceof Error && error.name === 'JetStreamNotEnabled');
  return nobody ? PROBE_MS : null;
}
