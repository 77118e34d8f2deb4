import type { JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { problem } from '../kernel/errors.ts';
import type { Viewer } from '../operation/permissions.ts';
import { TOKEN_ALGORITHMS, TOKEN_AUDIENCE, TOKEN_LEEWAY_SECONDS, viewerOfClaims } from './claims.ts';
import type { RemoteKeys } from './issuer-keys.ts';
import { lastGoodKeys } from './issuer-keys.ts';

/**
 * Issuers whose tokens are accepted. Their keys are in the file (works without a network), or fetched from the issuer
 * and cached.
 */
const issuersSchema = z
  .array(
    z.union([
      z.object({
        issuer: z.string().min(1),
        jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }),
      }),
      z.object({ issuer: z.string().min(1), jwksUri: z.url() }),
    ]),
  )
  .min(1);
export type Issuers = z.infer<typeof issuersSchema>;

/** Number of recently checked tokens kept; a desk sends the same one with every request. */
const MAX_REMEMBERED = 1_000;
const REMEMBERED_MS = 60_000;

/** Checks people's tokens, at the gateway and again at every node: signature, issuer, audience, dates, claims. */
export class TokenVerifier {
  readonly #remembered = new Map<string, { viewer: Viewer; until: number }>();
  readonly #remoteKeys: (uri: URL) => RemoteKeys;
  readonly #told: (issuer: string, away: boolean, why?: unknown) => void;
  /** Each issuer with its entry in the list, to detect a change. */
  #issuers: ReadonlyMap<string, { listed: string; keys: JWTVerifyGetKey }>;

  /**
   * @param remoteKeys fetches keys from an issuer that names an address; the caller gives it, since this module does no
   * I/O
   * @param told called when an issuer can't be reached, with the error, and when it is back
   */
  constructor(
    issuers: Issuers,
    remoteKeys: (uri: URL) => RemoteKeys,
    told: (issuer: string, away: boolean, why?: unknown) => void = () => undefined,
  ) {
    this.#remoteKeys = remoteKeys;
    this.#told = told;
    this.#issuers = new Map();
    this.renew(issuers);
  }

  /**
   * Takes over a changed list of issuers: a removed issuer or key is refused from now on. Fetched keys of an issuer
   * with an unchanged entry are kept.
   */
  renew(issuers: Issuers): void {
    const before = this.#issuers;
    this.#issuers = new Map(
      issuers.map((entry) => {
        const listed = JSON.stringify(entry);
        const known = before.get(entry.issuer);
        return [entry.issuer, known?.listed === listed ? known : { listed, keys: this.#keysOf(entry) }];
      }),
    );
    this.#remembered.clear();
  }

  #keysOf(entry: Issuers[number]): JWTVerifyGetKey {
    if ('jwks' in entry) return createLocalJWKSet(entry.jwks);
    const { issuer } = entry;
    return lastGoodKeys(issuer, this.#remoteKeys(new URL(entry.jwksUri)), (away, why) => this.#told(issuer, away, why));
  }

  /**
   * The person a token names.
   * @throws {ProblemError} UNAUTHENTICATED, ISSUER_UNREACHABLE
   */
  async verify(token: string): Promise<Viewer> {
    const known = this.#remembered.get(token);
    if (known && known.until > Date.now()) return known.viewer;
    const { issuer, keys } = this.#issuerOf(token);
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: TOKEN_AUDIENCE,
        algorithms: TOKEN_ALGORITHMS,
        clockTolerance: TOKEN_LEEWAY_SECONDS,
        requiredClaims: ['exp', 'sub'],
      });
      const viewer = viewerOfClaims(payload);
      // a token whose issuer changed meanwhile is checked again
      if (this.#issuers.get(issuer)?.keys === keys) this.#remember(token, viewer, payload.exp ?? 0);
      return viewer;
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw problem('UNAUTHENTICATED', 'The token has expired.', { cause });
      if (cause instanceof errors.JOSEError) throw problem('UNAUTHENTICATED', 'The token is not valid.', { cause });
      throw cause;
    }
  }

  #issuerOf(token: string): { issuer: string; keys: JWTVerifyGetKey } {
    let issuer: string | undefined;
    try {
      issuer = decodeJwt(token).iss;
    } catch (cause) {
      throw problem('UNAUTHENTICATED', 'Not a token.', { cause });
    }
    const known = issuer === undefined ? undefined : this.#issuers.get(issuer);
    if (issuer === undefined || !known)
      throw problem('UNAUTHENTICATED', 'The token is of an issuer that is not trusted here.');
    return { issuer, keys: known.keys };
  }

  #remember(token: string, viewer: Viewer, expires: number): void {
    const oldest = this.#remembered.keys().next();
    if (this.#remembered.size >= MAX_REMEMBERED && !oldest.done) this.#remembered.delete(oldest.value);
    this.#remembered.set(token, { viewer, until: Math.min(Date.now() + REMEMBERED_MS, expires * 1000) });
  }
}

/**
 * @param content parsed JSON
 * @throws {ProblemError} BAD_CONFIG
 */
export function parseIssuers(content: unknown): Issuers {
  const parsed = issuersSchema.safeParse(content);
  if (!parsed.success) {
    throw problem('BAD_CONFIG', 'The issuers file does not list issuers with their keys.', { cause: parsed.error });
  }
  return parsed.data;
}
