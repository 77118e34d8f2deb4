import { rateLimited } from '../plugins/index.ts';

/** Limits how much work runs at once and how much waits for its turn; the rest is refused. */
export class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws {ProblemError} RATE_LIMITED when too many wait @throws what `work` throws */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++;
    else if (this.#waiting.length >= this.#mostWaiting) throw rateLimited(1_000, 'Too many logins at once.');
    else await new Promise<void>((go) => this.#waiting.push(go));
    try {
      return await work();
    } finally {
      // the place goes to the next one, or becomes free
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
