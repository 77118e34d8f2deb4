import DataLoader from 'dataloader';
import type { Host, RoleOperation, RoleResult } from '@liandong/schema/wire';
import type { ProblemError } from '@liandong/schema/kernel';
import { MAX_QUERY_CHARACTERS } from '@liandong/schema/wire';
import { isErrorCode, problem } from '@liandong/schema/kernel';
import { observeHost } from '../observability/index.ts';
import type { Transport } from './transport.ts';

/** Most characters of one request to a host. At six bytes a character it stays well below a host's limit. */
const MAX_CHARACTERS = 5 * 1024 * 1024;

/** How requests to hosts are batched and bounded. */
export interface HostCallerOptions {
  /** Longest wait for one host, ms; a shorter deadline of the caller counts first. */
  hostTimeoutMs: number;
  /** Most operations in one request. */
  maxBatch: number;
  /** Most requests under way to one host; further ones wait their turn. */
  maxInFlight: number;
}

interface Asked {
  operation: RoleOperation;
  /** `performance.now()` by when the caller must have an answer. */
  deadline: number;
  /** Aborted when the caller has gone; null for one that is waited for in any case. */
  signal: AbortSignal | null;
}

/** The outcome of one operation: its result, or the problem that kept the host from answering. */
export type HostAnswer = RoleResult | ProblemError;

/**
 * Asks hosts. All operations asked of one host in the same step travel in one request, also those of different callers.
 * An operation so large that the host might refuse the others with it travels alone.
 */
export class HostCaller {
  readonly #transportOf: (host: Host) => Transport;
  readonly #options: HostCallerOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(transportOf: (host: Host) => Transport, options: HostCallerOptions) {
    this.#transportOf = transportOf;
    this.#options = options;
  }

  /** @param signal aborted when the caller has gone: a request that all its callers left is cancelled */
  async ask(
    host: Host,
    operation: RoleOperation,
    deadline: number,
    signal: AbortSignal | null = null,
  ): Promise<HostAnswer> {
    if (signal?.aborted) return gone(host);
    if (operation.query.length > MAX_QUERY_CHARACTERS) {
      return problem('QUERY_TOO_LARGE', 'The question is longer than a host reads.');
    }
    const key = `${host.id} ${host.url ?? ''}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = new Lane(host, this.#transportOf(host), this.#options);
      this.#lanes.set(key, lane);
    }
    return lane.ask({ operation, deadline, signal });
  }
}

/** The line to one host. */
class Lane {
  readonly #host: Host;
  readonly #transport: Transport;
  readonly #options: HostCallerOptions;
  // DataLoader takes a returned Error for a rejection, so answers travel in a box
  readonly #loader: DataLoader<Asked, { answer: HostAnswer }>;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;

  constructor(host: Host, transport: Transport, options: HostCallerOptions) {
    this.#host = host;
    this.#transport = transport;
    this.#options = options;
    const sendAll = async (asked: readonly Asked[]) =>
      (await Promise.all(requestsOf(asked).map((together) => this.#send(together)))).flat();
    this.#loader = new DataLoader(async (asked) => (await sendAll(asked)).map((answer) => ({ answer })), {
      cache: false,
      maxBatchSize: options.maxBatch,
      batchScheduleFn: (callback) => setImmediate(callback),
    });
  }

  /** Each caller waits no longer than its own deadline, and not once it has gone, also when others travel in the same request. */
  async ask(asked: Asked): Promise<HostAnswer> {
    const end = new WaitEnd(asked, this.#host);
    try {
      return await Promise.race([this.#loader.load(asked).then(({ answer }) => answer), end.came]);
    } finally {
      end.clear();
    }
  }

  async #send(asked: readonly Asked[]): Promise<HostAnswer[]> {
    await this.#enter();
    const begun = performance.now();
    let outcome = 'ok';
    const left = new AllLeft(asked);
    try {
      if (left.signal?.aborted) throw gone(this.#host);
      // callers that are nearly out of time do not cut the others short: the latest deadline counts for the request
      const most = Math.max(...asked.map((a) => a.deadline)) - performance.now();
      const timeoutMs = Math.min(most, this.#options.hostTimeoutMs);
      if (timeoutMs <= 0) throw problem('DEADLINE_EXCEEDED', `No time was left to ask host ${this.#host.id}.`);
      const request = { operations: asked.map((a) => a.operation), budgetMs: Math.round(timeoutMs) };
      const reply = await this.#transport.send(this.#host, request, timeoutMs, left.signal);
      if ('problem' in reply) {
        const { code, message } = reply.problem;
        throw problem(isErrorCode(code) ? code : 'INTERNAL', message);
      }
      return asked.map(
        (_, i) => reply.results[i] ?? problem('MESSAGE_INVALID', `Host ${this.#host.id} left out an answer.`),
      );
    } catch (error) {
      const met = unreachable(error, this.#host);
      outcome = met.code;
      return asked.map(() => met);
    } finally {
      left.clear();
      observeHost(this.#host.id, outcome, performance.now() - begun);
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#inFlight >= this.#options.maxInFlight) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#inFlight++;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#inFlight--;
  }
}

/** Splits simultaneous operations into requests, in order; an operation above the bound travels alone. */
function requestsOf(asked: readonly Asked[]): Asked[][] {
  const requests: Asked[][] = [];
  let room = 0;
  for (const each of asked) {
    const characters = charactersOf(each.operation);
    const last = requests.at(-1);
    room -= characters;
    if (last && room >= 0) last.push(each);
    else {
      requests.push([each]);
      room = MAX_CHARACTERS - characters;
    }
  }
  return requests;
}

/** Characters of all texts in a value, plus an allowance for the punctuation between them. */
function charactersOf(content: unknown): number {
  let sum = 0;
  const open = [content];
  while (open.length > 0) {
    const value = open.pop();
    sum += 8;
    if (typeof value === 'string') sum += value.length;
    else if (Array.isArray(value)) open.push(...(value as unknown[]));
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inside] of Object.entries(value)) open.push(name, inside);
    }
  }
  return sum;
}

/** Ends a caller's wait at its deadline, or when it has gone. */
class WaitEnd {
  readonly came: Promise<ProblemError>;
  readonly #signal: AbortSignal | null;
  #timer: NodeJS.Timeout | undefined;
  #onLeft = () => {};

  constructor({ deadline, signal }: Asked, host: Host) {
    this.#signal = signal;
    this.came = new Promise((resolve) => {
      const ms = Math.max(0, deadline - performance.now());
      this.#timer = setTimeout(() => {
        resolve(problem('DEADLINE_EXCEEDED', `Host ${host.id} gave no answer in time.`));
      }, ms);
      this.#onLeft = () => resolve(gone(host));
    });
    signal?.addEventListener('abort', this.#onLeft);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onLeft);
  }
}

/** Notices that all callers of a request have gone. */
class AllLeft {
  /** Null if one of them is waited for in any case. */
  readonly signal: AbortSignal | null;
  readonly #signals: readonly AbortSignal[];
  readonly #all = new AbortController();
  readonly #check = () => {
    if (this.#signals.every(({ aborted }) => aborted)) this.#all.abort();
  };

  constructor(asked: readonly Asked[]) {
    this.#signals = [...new Set(asked.flatMap(({ signal }) => signal ?? []))];
    this.signal = asked.every(({ signal }) => signal !== null) ? this.#all.signal : null;
    for (const signal of this.#signals) signal.addEventListener('abort', this.#check);
    this.#check();
  }

  clear(): void {
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#check);
  }
}

/** What nobody reads: the caller went before the answer came. */
function gone(host: Host): ProblemError {
  return problem('DEADLINE_EXCEEDED', `The caller left before host ${host.id} answered.`);
}

function unreachable(error: unknown, host: Host): ProblemError {
  if (error instanceof Error && 'problems' in error) return error as ProblemError;
  return problem('NODE_UNREACHABLE', `Host ${host.id} could not be reached.`, { cause: error });
}
