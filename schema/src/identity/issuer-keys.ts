import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, errors } from 'jose';
import { problem } from '../kernel/errors.ts';

/**
 * Options for fetching an issuer's keys (`createRemoteJWKSet`), ms. Keys are fetched once per `cacheMaxAge`, and for an
 * unknown key.
 */
export const ISSUER_KEYS = { timeoutDuration: 2_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 };

/** Pause before an issuer that did not answer is asked again, ms. */
const RETRY_MS = 5_000;
/** How long the last known keys of an unreachable issuer stay valid, ms: longer than any of its tokens lasts. */
const LAST_GOOD_MS = 24 * 3_600_000;

/** Keys fetched from an issuer and cached; `jwks` is the last fetched set. */
export interface RemoteKeys extends JWTVerifyGetKey {
  jwks: () => JSONWebKeySet | undefined;
}

/**
 * Keys of an issuer that may be unreachable. Its last known keys stay valid for a day at most, and no caller waits for
 * it meanwhile. A withdrawn key is refused as soon as the issuer answers again.
 * @param told called when the issuer becomes unreachable, with the error, and when it is back
 * @throws {ProblemError} ISSUER_UNREACHABLE if the last known keys can't decide
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
        // a key added since then is not known here, so only the issuer can decide
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
      // a caller whose token the known keys can decide does not wait; the fetched keys serve the next caller
      answered.catch(() => undefined);
    }
    return byKnown(asked);
  };
}

/** Whether the error is the keys' verdict on a token, and not a failure to fetch the keys. */
function isVerdict(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
