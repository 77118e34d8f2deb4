import { problem } from '@liandong/schema/kernel';
import type { RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from './networks.ts';

/** Most requests in a minute; 0 means no limit. */
export interface RateLimits {
  /** A person's requests, from all addresses together. */
  perPerson: number;
  /** Requests of one address; a hall with many windows may share it. */
  perAddress: number;
  /** Requests without a login from one address: limits guessing of tracking codes. */
  perStranger: number;
}

const MINUTE = 60;

/**
 * Counts requests by person and by address (of IPv6 by network), in this process: behind several gateways each counts
 * for itself.
 */
export class Rates {
  readonly #people: RateLimiterMemory | null;
  readonly #addresses: RateLimiterMemory | null;
  readonly #strangers: RateLimiterMemory | null;

  constructor({ perPerson, perAddress, perStranger }: RateLimits) {
    this.#people = limiter('person', perPerson);
    this.#addresses = limiter('address', perAddress);
    this.#strangers = limiter('stranger', perStranger);
  }

  /** Counts a request of an address, before the request is read. @throws {ProblemError} RATE_LIMITED */
  async ofAddress(address: string): Promise<void> {
    await take(this.#addresses, networkOf(address));
  }

  /** Counts a question of a person, or of a caller without a login. @throws {ProblemError} RATE_LIMITED */
  async ofAsker(sub: string | null, address: string): Promise<void> {
    await (sub === null ? take(this.#strangers, networkOf(address)) : take(this.#people, sub));
  }
}

function limiter(keyPrefix: string, points: number): RateLimiterMemory | null {
  return points === 0 ? null : new RateLimiterMemory({ keyPrefix, points, duration: MINUTE });
}

async function take(limit: RateLimiterMemory | null, key: string): Promise<void> {
  try {
    await limit?.consume(key);
  } catch (refused) {
    if (refused instanceof Error) throw refused;
    throw rateLimited((refused as RateLimiterRes).msBeforeNext, 'Too many requests.');
  }
}

/** How long the caller has to wait. It is the problem's cause, and becomes a header of the answer. */
export class Wait extends Error {
  readonly seconds: number;

  constructor(ms: number) {
    super('wait');
    this.seconds = Math.max(1, Math.ceil(ms / 1000));
  }
}

export function rateLimited(ms: number, what: string) {
  const cause = new Wait(ms);
  return problem('RATE_LIMITED', `${what} Try again in ${cause.seconds} s.`, { cause });
}

/** The seconds to wait in a refusal; null for other errors. */
export function waitOf(error: unknown): number | null {
  return error instanceof Error && error.cause instanceof Wait ? error.cause.seconds : null;
}
