/**
 * A job that runs when it is woken, and also at a fixed interval. Two runs never overlap; woken while it runs, it runs
 * once more. With a pace, it runs at once after a quiet moment, and under load no more often than the pace, so that one
 * run does all the work that has come meanwhile.
 */
export class Loop {
  readonly #work: () => Promise<boolean>;
  readonly #idleMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #paceMs: number;
  #woken = false;
  #stopped = false;
  #rouse: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #present: Promise<boolean> | null = null;

  /**
   * @param work says whether there may be more to do at once
   * @param idleMs longest pause between two runs, ms
   * @param paceMs shortest time from one run's beginning to the next one's, ms
   */
  constructor(work: () => Promise<boolean>, idleMs: number, onError: (error: unknown) => void, paceMs = 0) {
    this.#work = work;
    this.#idleMs = idleMs;
    this.#onError = onError;
    this.#paceMs = paceMs;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#rouse?.();
  }

  /** Ends after the run that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#rouse?.();
    await this.#running;
  }

  /** Waits for the run under way: after it, work that was taken from the loop is not touched any more. */
  async turn(): Promise<void> {
    await this.#present?.catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      const begun = performance.now();
      let more = false;
      try {
        this.#present = this.#work();
        more = await this.#present;
      } catch (error) {
        this.#onError(error);
      }
      if (more) continue;
      if (!this.#woken) await this.#pause(this.#idleMs, () => this.#woken);
      const early = begun + this.#paceMs - performance.now();
      if (early > 0) await this.#pause(early, () => false);
    }
  }

  /** Waits, but no longer than until a stop or the event that should wake it. */
  async #pause(ms: number, isOver: () => boolean): Promise<void> {
    if (this.#stopped || isOver()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#rouse = () => {
        if (!this.#stopped && !isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#rouse = null;
  }
}
