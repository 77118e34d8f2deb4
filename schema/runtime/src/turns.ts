/** Limits how much work runs at once and how much waits for its turn; the rest is refused. */
export class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #refusal: () => Error;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param refusal thrown when too many wait */
  constructor(atOnce: number, mostWaiting: number, refusal: () => Error) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
    this.#refusal = refusal;
  }

  /** @throws what `work` throws, or the refusal when too many wait */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++;
    else if (this.#waiting.length >= this.#mostWaiting) throw this.#refusal();
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
