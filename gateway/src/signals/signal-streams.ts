import type { ExecutionRequest, ExecutionResult } from '@graphql-tools/utils';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { isErrorCode, problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { SignalHint } from '@liandong/schema/wire';
import { isHinted, signalHintSchema, signalSubject } from '@liandong/schema/wire';
import { parse } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { HintSource } from '../transport/index.ts';
import type { NextPage, StreamParts } from './signal-stream.ts';
import { SignalStream } from './signal-stream.ts';

/** Most signals of one event. */
const PAGE = 50;
/** Interval of the look at who waits for what, ms. */
const TICK_MS = 250;
/** Time over which all readers are asked for after the broker is back, ms. */
const SPREAD_MS = 3_000;

/** When streams ask by themselves, and when a reader is let go. */
export interface StreamTiming {
  /** Longest time between two questions to a node without a hint, ms: a lost hint comes late by so much. */
  checkMs: number;
  /** Time until a node that could not be asked is asked again, ms. */
  againMs: number;
  /** A reader that takes nothing for so long is let go, ms. */
  slowMs: number;
}
export const STREAM_TIMING: StreamTiming = { checkMs: 60_000, againMs: 2_000, slowMs: 60_000 };

/** Most streams at once of one person, and of this gateway. */
export const MOST_STREAMS = { ofPerson: 20, all: 5_000 };

const PAGE_AFTER = parse(`query ($after: String!, $first: Int!) {
  signals(after: $after, first: $first, unread: false) { edges { cursor } }
}`);

export interface SignalStreamsParts {
  /** Asks the graph's role that signals belong to. */
  ask: (request: ExecutionRequest) => Promise<ExecutionResult>;
  hints: HintSource;
  divisions: Divisions;
  /** Longest time for one question to a node, ms. */
  requestTimeoutMs: number;
  timing: StreamTiming;
}

type Asker = StreamParts['context'];

/** The streams of one person at one desk: what one of them asks the node serves all of them. */
interface Upstream {
  viewer: Viewer;
  streams: Set<SignalStream>;
  /** Questions under way, by cursor. */
  asked: Map<string, Promise<NextPage>>;
  /** When the node is asked without a hint, by `performance.now()`. */
  dueAt: number;
}

/**
 * New signals, pushed to readers (SSE). A host's hint says only that there may be some: what is new is asked of the node
 * behind the reader's last cursor, with the reader's own token. So a lost hint, and a restart of host, broker or
 * gateway, leaves no gap.
 */
export class SignalStreams {
  readonly #parts: SignalStreamsParts;
  readonly #upstreams = new Map<string, Upstream>();
  /** Nodes that are heard, with their upstreams. */
  readonly #nodes = new Map<DivisionCode, { stop: () => void; upstreams: Set<Upstream> }>();
  #open = 0;
  #isClosed = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: SignalStreamsParts) {
    this.#parts = parts;
    parts.hints.onBack(() => {
      const now = performance.now();
      for (const upstream of this.#upstreams.values()) upstream.dueAt = now + Math.random() * this.#spread();
    });
  }

  /** How many streams are open. */
  get size(): number {
    return this.#open;
  }

  /**
   * Opens a stream of what comes behind a cursor, beginning with what came already.
   * @throws {ProblemError} UNAUTHENTICATED, RATE_LIMITED, STREAM_ENDED
   */
  open({ viewer, token }: Asker, after: string): SignalStream {
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    if (this.#isClosed) throw stopping();
    const key = JSON.stringify(viewer);
    const upstream = this.#upstreams.get(key) ?? this.#upstreamOf(key, viewer);
    if (this.#open >= MOST_STREAMS.all || upstream.streams.size >= MOST_STREAMS.ofPerson) {
      throw problem('RATE_LIMITED', 'Too many streams are open; let the tabs of a browser share one.');
    }
    const stream = new SignalStream({
      context: { viewer, token },
      after,
      pageAfter: (cursor, asker) => this.#pageAfter(upstream, cursor, asker),
      onSilence: () => {
        upstream.dueAt = Math.min(upstream.dueAt, performance.now() + this.#parts.timing.againMs * (1 + Math.random()));
      },
      onOver: (over) => this.#leave(key, upstream, over),
    });
    upstream.streams.add(stream);
    this.#open++;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    return stream;
  }

  /** The context of an event's own question. */
  contextOf({ viewer, token }: Asker): GatewayContext {
    return { viewer, token, deadline: performance.now() + this.#parts.requestTimeoutMs, signal: null };
  }

  /** Ends every stream, with a code by which readers go on elsewhere or later. */
  close(): void {
    this.#isClosed = true;
    // a set may lose members while it is gone through
    for (const { streams } of this.#upstreams.values()) for (const stream of streams) stream.end(stopping());
  }

  #upstreamOf(key: string, viewer: Viewer): Upstream {
    const upstream: Upstream = { viewer, streams: new Set(), asked: new Map(), dueAt: this.#nextCheck() };
    this.#upstreams.set(key, upstream);
    const { division } = viewer;
    let node = this.#nodes.get(division);
    if (!node) {
      const upstreams = new Set<Upstream>();
      const subject = signalSubject(division, this.#parts.divisions);
      const stop = this.#parts.hints.hear(subject, (payload) => hint(payload, upstreams));
      this.#nodes.set(division, (node = { stop, upstreams }));
    }
    node.upstreams.add(upstream);
    return upstream;
  }

  #leave(key: string, upstream: Upstream, stream: SignalStream): void {
    if (!upstream.streams.delete(stream)) return;
    this.#open--;
    if (upstream.streams.size > 0) return;
    this.#upstreams.delete(key);
    const { division } = upstream.viewer;
    const node = this.#nodes.get(division);
    node?.upstreams.delete(upstream);
    if (node?.upstreams.size === 0) {
      node.stop();
      this.#nodes.delete(division);
    }
    if (this.#open > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Wakes readers whose regular question is due, and lets those go that take nothing. */
  #tick(): void {
    const now = performance.now();
    for (const upstream of this.#upstreams.values()) {
      if (upstream.dueAt <= now) {
        upstream.dueAt = this.#nextCheck();
        wake(upstream);
      }
      for (const stream of upstream.streams) {
        if (stream.waitsSince !== null && now - stream.waitsSince > this.#parts.timing.slowMs) stream.end(slow());
      }
    }
  }

  /** Not all at the same moment. */
  #nextCheck(): number {
    return performance.now() + this.#parts.timing.checkMs * (0.7 + 0.3 * Math.random());
  }

  #spread(): number {
    return Math.min(SPREAD_MS, this.#open * 10);
  }

  /** Asks the node once for all readers that stand at the same cursor. */
  async #pageAfter(upstream: Upstream, after: string, asker: Asker): Promise<NextPage> {
    const underWay = upstream.asked.get(after);
    // another reader's token may be over where this one's is not
    if (underWay) return underWay.catch(() => this.#ask(after, asker));
    const asked = this.#ask(after, asker).finally(() => upstream.asked.delete(after));
    upstream.asked.set(after, asked);
    return asked;
  }

  async #ask(after: string, asker: Asker): Promise<NextPage> {
    const context = this.contextOf(asker);
    const { data, errors } = await this.#parts.ask({
      document: PAGE_AFTER,
      variables: { after, first: PAGE },
      context,
    });
    const { signals } = (data ?? {}) as { signals?: { edges: { cursor: string }[] } | null };
    if (signals) {
      const { edges } = signals;
      const last = edges.at(-1);
      return last ? { count: edges.length, endCursor: last.cursor } : null;
    }
    const [error] = errors ?? [];
    const code = error?.extensions?.['code'];
    throw problem(isErrorCode(code) ? code : 'INTERNAL', error?.message ?? 'Internal error.');
  }
}

/** Wakes the readers a hint is for; a message that is none is for nobody. */
function hint(payload: Uint8Array, upstreams: ReadonlySet<Upstream>): void {
  const heard = readHint(payload);
  if (!heard) return;
  for (const upstream of upstreams) if (isHinted(heard, upstream.viewer)) wake(upstream);
}

function readHint(payload: Uint8Array): SignalHint | null {
  try {
    return signalHintSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch {
    // not by the protocol: readers wait for the regular question
    return null;
  }
}

function wake({ streams }: Upstream): void {
  for (const stream of streams) stream.wake();
}

const stopping = () => problem('STREAM_ENDED', 'This gateway stops. Go on behind the last cursor.');
const slow = () => problem('STREAM_ENDED', 'The reader took nothing for a while. Go on behind the last cursor.');
