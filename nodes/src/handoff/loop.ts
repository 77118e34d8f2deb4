/**
 * A job that runs when it is woken, and in any case every so often. Never twice at a time; woken while it runs, it
 * runs once more.
 */
export class Loop {
  readonly #work: () => Promise<boolean>;
  readonly #idleMs: number;
  readonly #onError: (error: unknown) => void;
  #woken = false;
  #stopped = false;
  #rouse: (() => void) | null = null;
  #running: Promise<void> | null = null;

  /**
   * @param work says whether there may be more to do at once
   * @param idleMs longest pause between two runs, ms
   */
  constructor(work: () => Promise<boolean>, idleMs: number, onError: (error: unknown) => void) {
    this.#work = work;
    this.#idleMs = idleMs;
    this.#onError = onError;
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

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      let more = false;
      try {
        more = await this.#work();
      } catch (error) {
        this.#onError(error);
      }
      if (more || this.#woken || this.#stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#idleMs);
        this.#rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#rouse = null;
    }
  }
}
