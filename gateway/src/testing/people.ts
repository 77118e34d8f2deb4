import type { DivisionCode, Role } from '@liandong/schema/kernel';
import type { Issuers } from '@liandong/schema/identity';
import type { Viewer } from '@liandong/schema/operation';
import { TOKEN_AUDIENCE, TokenVerifier } from '@liandong/schema/identity';
import type { CryptoKey, JWK } from 'jose';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

export const ISSUER = 'test-issuer';

/** A person with one post at a desk. */
export function personAt(division: DivisionCode, role: Role, department: string | null = null): Viewer {
  const sub = `${division}-${role}`;
  return { issuer: ISSUER, sub, name: sub, division, roles: [role], department };
}

export interface TokenChange {
  issuer?: string;
  audience?: string;
  /** Seconds from now; negative for an expired token. */
  expiresIn?: number;
  key?: CryptoKey;
  /** Claims in place of the person's own. */
  claims?: Record<string, unknown>;
}

/** Signs real tokens, by the issuer the tests' gateways and hosts trust. */
export class TokenOffice {
  readonly #privateKey: CryptoKey;
  readonly #publicJwk: JWK;

  private constructor(privateKey: CryptoKey, publicJwk: JWK) {
    this.#privateKey = privateKey;
    this.#publicJwk = publicJwk;
  }

  static async open(): Promise<TokenOffice> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    return new TokenOffice(privateKey, await exportJWK(publicKey));
  }

  /** A verifier of its own, with an empty cache. */
  verifier(): TokenVerifier {
    return new TokenVerifier(this.issuers(), () => {
      throw new Error('no issuer of these tests is asked for its keys');
    });
  }

  issuers(): Issuers {
    return [{ issuer: ISSUER, jwks: { keys: [{ kty: 'OKP', ...this.#publicJwk }] } }];
  }

  async token(viewer: Viewer, change: TokenChange = {}): Promise<string> {
    const { sub, name, division, roles, department } = viewer;
    const claims = change.claims ?? { name, division, roles, ...(department === null ? {} : { department }) };
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(change.issuer ?? ISSUER)
      .setAudience(change.audience ?? TOKEN_AUDIENCE)
      .setSubject(sub)
      .setIssuedAt(now - 3600)
      .setExpirationTime(now + (change.expiresIn ?? 600))
      .sign(change.key ?? this.#privateKey);
  }
}
