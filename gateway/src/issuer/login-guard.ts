import { createHash } from 'node:crypto';
import { networkOf, rateLimited } from '../plugins/index.ts';

/** How one kind of failure slows down further attempts. */
interface Slowing {
  /** Wrong passwords without a wait, because people mistype. */
  free: number;
  longestWaitMs: number;
}

/** A name from one network. */
const OF_PLACE: Slowing = { free: 4, longestWaitMs: 15 * 60_000 };
/** A network with this many failed logins waits too, even if each was for another name. */
const OF_NETWORK: Slowing = { free: 40, longestWaitMs: 15 * 60_000 };
/** A name, tried from any network. The wait is short, because strangers can cause it. */
const OF_NAME: Slowing = { free: 20, longestWaitMs: 10_000 };

const FIRST_WAIT_MS = 1_000;
/** A failure is forgotten after this long. */
const MEMORY_MS = 60 * 60_000;
/** How long a network counts as one where a person usually logs in. */
const USUAL_MS = 30 * 24 * 60 * 60_000;
/** Most names and networks remembered, so that an attacker can't fill the memory. */
const MOST = 50_000;

interface Tally {
  failures: number;
  /** Attempts that have not ended yet. */
  pending: number;
  until: number;
  last: number;
}

/**
 * Slows down password guessing. After some failures each further one doubles the wait, for the name from that network
 * and for the network. For the name alone the wait stays short, and does not apply on networks where its person has
 * logged in, so that an attacker elsewhere can't lock a colleague out. An attempt counts from its start: parallel
 * attempts get no more guesses than sequential ones.
 */
export class LoginGuard {
  readonly #tallies = new Map<string, Tally>();
  /** When a person last logged in from a network. */
  readonly #usual = new Map<string, number>();
  readonly #now: () => number;

  /** @param now clock in ms, which tests replace */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Runs an attempt if name and network may try. An attempt that ends in an error does not count.
   * @param check returns null for a wrong password
   * @throws {ProblemError} RATE_LIMITED while name or network has to wait; the password is then not checked
   */
  async attempt<T>(name: string, address: string, check: () => Promise<T | null>): Promise<T | null> {
    const network = networkOf(address);
    const named = createHash('sha256').update(name).digest('base64');
    const place = `place ${network} ${named}`;
    const kinds: [string, Slowing][] = [
      [place, OF_PLACE],
      [`network ${network}`, OF_NETWORK],
      [`name ${named}`, OF_NAME],
    ];
    const counted = kinds.map(([key, slowing]) => ({ tally: this.#tallyOf(key), slowing }));
    const held = this.#isUsual(place) ? counted.slice(0, 2) : counted;
    const wait = Math.max(...held.map(({ tally, slowing }) => this.#waitOf(tally, slowing)));
    if (wait > 0) throw rateLimited(wait, 'Too many failed logins.');
    for (const { tally } of counted) tally.pending++;
    let outcome: T | null | undefined;
    try {
      outcome = await check();
      return outcome;
    } finally {
      for (const { tally, slowing } of counted) {
        tally.pending--;
        if (outcome === null) this.#fail(tally, slowing);
      }
      if (outcome !== null && outcome !== undefined) this.#succeed(place);
    }
  }

  /**
   * The wait, which begins once failures and pending attempts together exceed the free ones, since all pending ones may
   * fail.
   */
  #waitOf({ failures, pending, until }: Tally, { free }: Slowing): number {
    const underWay = pending > 0 && failures + pending > free ? FIRST_WAIT_MS : 0;
    return Math.max(until - this.#now(), underWay);
  }

  #fail(tally: Tally, { free, longestWaitMs }: Slowing): void {
    tally.failures++;
    const over = tally.failures - free;
    tally.last = this.#now();
    tally.until = this.#now() + (over <= 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (over - 1), longestWaitMs));
  }

  /**
   * A right password clears the failures of the name on that network; those of the network, and of the name elsewhere,
   * only expire.
   */
  #succeed(place: string): void {
    const tally = this.#tallies.get(place);
    if (tally) Object.assign(tally, { failures: 0, until: 0 });
    keep(this.#usual, place, this.#now());
  }

  #isUsual(place: string): boolean {
    return this.#now() - (this.#usual.get(place) ?? -Infinity) < USUAL_MS;
  }

  #tallyOf(key: string): Tally {
    const found = this.#tallies.get(key);
    const tally = found ?? { failures: 0, pending: 0, until: 0, last: this.#now() };
    if (this.#now() - tally.last > MEMORY_MS) Object.assign(tally, { failures: 0, until: 0, last: this.#now() });
    keep(this.#tallies, key, tally);
    return tally;
  }
}

/** Stores an entry as the newest; the oldest is dropped if there are too many. */
function keep<V>(entries: Map<string, V>, key: string, value: V): void {
  entries.delete(key);
  entries.set(key, value);
  const oldest = entries.keys().next();
  if (entries.size > MOST && !oldest.done) entries.delete(oldest.value);
}
