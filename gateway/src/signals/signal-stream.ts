import { ERRORS, problem, ProblemError } from '@liandong/schema/kernel';
import type { GatewayContext } from '../context.ts';

/** Signals to show, as a page of the viewer's: those behind a cursor. */
export interface NewSignals {
  after: string;
  first: number;
}

/** An event of a stream: new signals, or why the stream ends. */
export type StreamEvent = NewSignals | { problem: ProblemError };

/** The signals behind a cursor: how many, and where they end. Null if there are none. */
export type NextPage = { count: number; endCursor: string } | null;

export interface StreamParts {
  context: Pick<GatewayContext, 'viewer' | 'token'>;
  /** The cursor the reader goes on behind. */
  after: string;
  /** @throws {ProblemError} why the node can't say */
  pageAfter: (after: string, context: StreamParts['context']) => Promise<NextPage>;
  /** The node can't be asked now: the stream waits to be woken again soon. */
  onSilence: () => void;
  onOver: (stream: SignalStream) => void;
}

const OVER = { done: true, value: undefined } as const;

/**
 * The new signals of one reader. Nothing is queued: the reader takes one page after the other, each behind the last
 * cursor, so that a slow one costs no memory and misses nothing.
 */
export class SignalStream implements AsyncIterableIterator<StreamEvent, undefined> {
  readonly #parts: StreamParts;
  #after: string;
  #news = true;
  #rouse: (() => void) | null = null;
  #ending: ProblemError | null = null;
  #isOver = false;
  /** When the last page was given that the reader has not asked beyond; null while it waits for more. */
  #givenAt: number | null = performance.now();

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#after = parts.after;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** There may be new signals. */
  wake(): void {
    this.#news = true;
    this.#rouse?.();
  }

  /** Ends the stream: the reader's next event says why. */
  end(why: ProblemError): void {
    this.#ending ??= why;
    this.#parts.onOver(this);
    this.#rouse?.();
  }

  /** Since when the reader has not taken what it was given, by `performance.now()`; null if it has. */
  get waitsSince(): number | null {
    return this.#givenAt;
  }

  async next(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#givenAt = null;
    for (;;) {
      if (this.#isOver) return OVER;
      if (this.#ending) return this.#last(this.#ending);
      this.#news = false;
      const page = await this.#page();
      if (page && !this.#isOver && !this.#ending) {
        const after = this.#after;
        this.#after = page.endCursor;
        this.#givenAt = performance.now();
        return { done: false, value: { after, first: page.count } };
      }
      await this.#woken();
    }
  }

  /** The reader is gone. */
  return(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#isOver = true;
    this.#parts.onOver(this);
    this.#rouse?.();
    return Promise.resolve(OVER);
  }

  async #page(): Promise<NextPage> {
    try {
      return await this.#parts.pageAfter(this.#after, this.#parts.context);
    } catch (error) {
      const why = error instanceof ProblemError ? error : problem('INTERNAL', 'Internal error.', { cause: error });
      if (ERRORS[why.code].retry) this.#parts.onSilence();
      else this.end(why);
      return null;
    }
  }

  async #woken(): Promise<void> {
    if (this.#news || this.#isOver || this.#ending) return;
    await new Promise<void>((resolve) => {
      this.#rouse = resolve;
    });
    this.#rouse = null;
  }

  #last(why: ProblemError): IteratorResult<StreamEvent, undefined> {
    this.#isOver = true;
    return { done: false, value: { problem: why } };
  }
}
