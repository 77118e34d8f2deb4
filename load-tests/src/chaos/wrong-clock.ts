/** The clock as it was before it could be wrong. */
const RightDate = Date;
let aheadMs = 0;

/** A clock that can be wrong: whatever in this process asks for the time or the date gets it from here. */
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

/** Puts the clock that can be wrong in the place of this process's own. Timers go by the monotonic clock, as ever. */
export function installClock(): void {
  globalThis.Date = WrongDate as DateConstructor;
}

/** @param ms how far ahead the clock is from now on; negative for behind */
export function setClock(ms: number): void {
  aheadMs = ms;
}
