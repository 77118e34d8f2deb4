import { rateLimited } from '../plugins/rates.ts';

/** Wrong passwords that cost nothing: people mistype. */
const FREE = 4;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** An address whose logins fail this often waits as well, whichever names it tries. */
const FREE_OF_ADDRESS = 40;
/** What is remembered of a failure is forgotten after this long. */
const MEMORY_MS = 60 * 60_000;
/** Most names and addresses remembered: nobody fills the memory with them. */
const MOST = 50_000;

interface Failures {
  count: number;
  until: number;
  last: number;
}

/**
 * Slows down whoever tries out passwords: after some failures each further one doubles the wait, for the name from that
 * address and for the address. A name alone is never locked, so that nobody can lock a colleague out from elsewhere.
 */
export class LoginGuard {
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => number;

  /** @param now ms; tests bring their own */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws {ProblemError} RATE_LIMITED while name or address has to wait; the password is not even looked at */
  requireTurn(username: string, address: string): void {
    const wait = Math.max(...keysOf(username, address).map(([key]) => (this.#known(key)?.until ?? 0) - this.#now()));
    if (wait > 0) throw rateLimited(wait, 'Too many failed logins.');
  }

  failed(username: string, address: string): void {
    for (const [key, free] of keysOf(username, address)) {
      const count = (this.#known(key)?.count ?? 0) + 1;
      const over = count - free;
      const wait = over <= 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (over - 1), LONGEST_WAIT_MS);
      const oldest = this.#failures.keys().next();
      if (this.#failures.size >= MOST && !oldest.done) this.#failures.delete(oldest.value);
      this.#failures.delete(key);
      this.#failures.set(key, { count, until: this.#now() + wait, last: this.#now() });
    }
  }

  /** A right password clears the name there; the address is cleared by time alone. */
  succeeded(username: string, address: string): void {
    const [[key]] = keysOf(username, address);
    this.#failures.delete(key);
  }

  #known(key: string): Failures | undefined {
    const found = this.#failures.get(key);
    if (found && this.#now() - found.last > MEMORY_MS) this.#failures.delete(key);
    return this.#failures.get(key);
  }
}

function keysOf(username: string, address: string): [[string, number], [string, number]] {
  return [
    [`name ${address} ${username}`, FREE],
    [`address ${address}`, FREE_OF_ADDRESS],
  ];
}
