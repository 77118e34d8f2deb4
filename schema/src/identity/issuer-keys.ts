import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, errors } from 'jose';
import { problem } from '../kernel/errors.ts';

/** How an issuer's keys are fetched (`createRemoteJWKSet`), ms: once in `cacheMaxAge`, and for a key nobody knows yet. */
export const ISSUER_KEYS = { timeoutDuration: 2_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 };

/** How long an issuer that did not answer is left alone, ms. */
const RETRY_MS = 5_000;
/** How long the last known keys of an issuer serve that can't be reached, ms: longer than any token of it lasts. */
const LAST_GOOD_MS = 24 * 3_600_000;

/** Keys that are fetched from an issuer and cached; `jwks` is what came last. */
export interface RemoteKeys extends JWTVerifyGetKey {
  jwks: () => JSONWebKeySet | undefined;
}

/**
 * Keys of an issuer that may be away: what it said last serves on, for a day at most, and nobody waits for it meanwhile.
 * What it took back is not believed as soon as it answers again.
 * @param told hears when the issuer goes away, with what was thrown, and when it comes back
 * @throws {ProblemError} ISSUER_UNREACHABLE where the last known keys do not tell
 */
export function lastGoodKeys(
  issuer: string,
  remote: RemoteKeys,
  told: (away: boolean, why?: unknown) => void,
): JWTVerifyGetKey {
  let heardAt = 0;
  let retryAt = 0;
  let away: { known: JWTVerifyGetKey | null } | null = null;

  const heard = () => {
    heardAt = Date.now();
    retryAt = 0;
    if (away) told(false);
    away = null;
  };
  const failed = (why: unknown) => {
    retryAt = Date.now() + RETRY_MS;
    if (away) return;
    const known = remote.jwks();
    away = { known: known ? createLocalJWKSet(known) : null };
    told(true, why);
  };
  type Asked = Parameters<JWTVerifyGetKey>;
  const byKnown = async (asked: Asked) => {
    const known = away?.known;
    if (known && Date.now() - heardAt <= LAST_GOOD_MS) {
      try {
        return await known(...asked);
      } catch (error) {
        // a key that came since then is not known here: only the issuer can tell
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    throw problem('ISSUER_UNREACHABLE', `The issuer ${issuer} can't be asked for its keys at the moment.`);
  };
  const ask = async (asked: Asked) => {
    try {
      const key = await remote(...asked);
      heard();
      return key;
    } catch (error) {
      if (!isVerdict(error)) {
        failed(error);
        return byKnown(asked);
      }
      heard();
      throw error;
    }
  };

  return async (...asked) => {
    if (!away) return ask(asked);
    if (Date.now() >= retryAt) {
      retryAt = Date.now() + RETRY_MS;
      const answered = ask(asked);
      if (!away.known) return answered;
      // whoever can go by what is known waits for nobody; what comes of the question shows the next time
      answered.catch(() => undefined);
    }
    return byKnown(asked);
  };
}

/** What the issuer's keys say of a token, as against that they could not be had. */
function isVerdict(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
