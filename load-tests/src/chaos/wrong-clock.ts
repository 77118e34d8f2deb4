/** The real clock, before it is replaced. */
const RightDate = Date;
let aheadMs = 0;

/** A clock that can be wrong: all code in this process gets its time and date from here. */
class WrongDate extends RightDate {
  constructor(...parts: [] | ConstructorParameters<typeof RightDate>) {
    if (parts.length === 0) super(WrongDate.now());
    else super(...parts);
  }

  static override now(): number {
    return RightDate.now() + aheadMs;
  }

  /** A date is a date, whichever clock it was read from. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof RightDate;
  }
}

/** Replaces this process's clock with the one that can be wrong. Timers still use the monotonic clock. */
export function installClock(): void {
  globalThis.Date = WrongDate as DateConstructor;
}

/** @param ms how far ahead the clock is from now on; negative for behind */
export function setClock(ms: number): void {
  aheadMs = ms;
}
